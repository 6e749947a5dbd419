/**
 * The peer sent something that the protocol does not allow. The text names the field, what was expected
 * and what came; so do the members.
 */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`\`${field}\`: expected ${expected}, got ${got}`);
  }
}

/** A message of a kind that this version does not know: a newer peer's. It is ignored, and reported. */
export class UnknownMessage extends ProtocolError {
  override readonly name = "UnknownMessage";
}

/**
 * Frames came in an order that leaves it unknown where the next message begins. The stream must end: a
 * websocket is closed with code 1002.
 */
export class StreamBroken extends ProtocolError {
  override readonly name = "StreamBroken";
}

/** A message is over the limit. Its bytes are counted off and thrown away; the connection stays. */
export class MessageTooLarge extends ProtocolError {
  override readonly name = "MessageTooLarge";

  constructor(
    readonly size: number,
    readonly limit: number,
  ) {
    super("message", `at most ${limit} bytes`, `one of ${size} bytes`);
  }
}

/** A value in words for an error: short, and never throwing. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === "string") return JSON.stringify(shortened(value));
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
