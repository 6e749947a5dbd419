import { ProtocolError } from "./errors.ts";
import type { Path } from "./messages.gen.ts";
import { setAt } from "./paths.ts";

/**
 * Set `buffers[i]` at `paths[i]` of a decoded state, in place (N6). More buffers than paths are ignored
 * (N5); too few are an error.
 */
export function putBuffers(state: unknown, paths: readonly Path[], buffers: readonly DataView[]): void {
  if (buffers.length < paths.length) {
    throw new ProtocolError("buffers", `${paths.length}, one for each path`, `${buffers.length}`);
  }
  paths.forEach((path, index) => {
    setAt(state, path, buffers[index]);
  });
}
