import { putBuffers } from "./buffers.ts";
import { putFloats } from "./floats.ts";
import type { FloatPatch, ModelCustomMessage, Path } from "./messages.gen.ts";

/**
 * The state of a decoded `open`, `update` or `model-ack`, with its binary and non-finite numbers in their
 * places. It is the message's own state, changed in place: decoded data belongs to who decoded it, and
 * is not cloned, so a message is put together once.
 */
export function putState(message: {
  state: Record<string, unknown>;
  buffer_paths: Path[];
  buffers: DataView<ArrayBuffer>[];
  floats: FloatPatch[];
}): Record<string, unknown> {
  putBuffers(message.state, message.buffer_paths, message.buffers);
  putFloats(message.state, message.floats);
  return message.state;
}

/** The content of a decoded `custom`, with its non-finite numbers in their places; in place, too. */
export function putContent(message: Pick<ModelCustomMessage, "content" | "floats">): unknown {
  const holder = { content: message.content };
  putFloats(
    holder,
    message.floats.map(([path, name, runs]) => [["content", ...path], name, runs]),
  );
  return holder.content;
}
