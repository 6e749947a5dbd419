/** Whether a value is an object with keys: what a state, or the envelope of a message, must be. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is the binary of a decoded message. */
export function isViews(value: unknown): value is DataView<ArrayBuffer>[] {
  return Array.isArray(value) && value.every((item) => item instanceof DataView);
}

/** The bytes of a binary value, exactly its window (N8), as a view: nothing is copied. */
export function bytesOf(value: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

/** A copy of a binary value that owns its `ArrayBuffer`, at offset 0 (E6, G4). */
export function ownView(value: ArrayBufferLike | ArrayBufferView): DataView<ArrayBuffer> {
  return new DataView(new Uint8Array(bytesOf(value)).buffer);
}

/** What an object calls itself: "Object", "Map", "ArrayBuffer", of whichever window it is. */
export function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
