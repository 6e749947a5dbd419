import fc from "fast-check";

const keys = fc.string({ unit: "grapheme-ascii", maxLength: 4 }).filter((key) => key !== "__proto__");

/** What a widget may hold: JSON, numbers that JSON cannot hold, binary. */
export const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 9 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
  ),
}));

export const states = fc.dictionary(keys, values.value, { maxKeys: 4, noNullPrototype: true });

/** A value in a form that can be compared: binary as a list of bytes, negative zero as JSON keeps it. */
export function comparable(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return { binary: bytesOf(value) };
  if (value instanceof ArrayBuffer) return { binary: [...new Uint8Array(value)] };
  if (Array.isArray(value)) return value.map(comparable);
  if (Object.is(value, -0)) return 0;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
  }
  return value;
}

export function bytesOf(view: ArrayBufferView): number[] {
  return [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
}
