// Native in new browsers. Elsewhere a loop over bytes, many times faster than a string of one character a byte.
type NativeDecode = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
type NativeEncode = { toBase64?: () => string };

const ALPHABET = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = "=".charCodeAt(0);

/** Decode base64. Throws where the text is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as NativeDecode).fromBase64;
  if (native) return native(text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

/** Encode as base64. */
export function toBase64(bytes: Uint8Array): string {
  const native = (bytes as NativeEncode).toBase64;
  return native ? native.call(bytes) : new TextDecoder().decode(encoded(bytes));
}

/** Three bytes become four letters; what is missing at the end is padding. */
function encoded(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PADDING);
  const letter = (bits: number) => ALPHABET[bits & 63] as number;
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const [first = 0, second = 0, third = 0] = [bytes[from], bytes[from + 1], bytes[from + 2]];
    text[to] = letter(first >> 2);
    text[to + 1] = letter((first << 4) | (second >> 4));
    if (from + 1 < bytes.length) text[to + 2] = letter((second << 2) | (third >> 6));
    if (from + 2 < bytes.length) text[to + 3] = letter(third);
  }
  return text;
}
