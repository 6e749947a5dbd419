import { ProtocolError, show } from "./errors.ts";
import type { FloatPatch } from "./messages.gen.ts";
import { getAt, setAt } from "./paths.ts";

export type FloatName = FloatPatch[1];

const VALUES: Record<FloatName, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };

/** Put the numbers that JSON cannot hold back into a decoded value, in place. */
export function putFloats(root: unknown, patches: readonly FloatPatch[]): void {
  for (const [path, name, runs] of patches) {
    if (!runs) {
      setAt(root, path, VALUES[name]);
      continue;
    }
    const numbers = getAt(root, path);
    const size = Array.isArray(numbers) ? numbers.length : 0;
    for (const [start, stop] of runs) {
      if (start < 0 || stop < start || stop > size) {
        throw new ProtocolError("floats", `runs within a list of ${size}`, show([start, stop]));
      }
      (numbers as unknown[]).fill(VALUES[name], start, stop);
    }
  }
}

/** The name of a number that JSON cannot hold. */
export function nameOf(value: number): FloatName {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}
