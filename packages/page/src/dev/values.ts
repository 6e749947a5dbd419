/** Values of traits as text, and back: a text is itself, everything else is JSON. */

/** Characters beyond which a value is not put into a field. */
const LONGEST = 100_000;

/** A value as text that can be edited; null: it cannot. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value.length > LONGEST ? null : value;
  if (holdsBinary(value)) return null;
  const text = JSON.stringify(value) ?? "null";
  return text.length > LONGEST ? null : text;
}

/**
 * What a field's text means, in the place of `value`. Where Python takes texts, too (`type`), what is no JSON is one.
 *
 * Throws `SyntaxError`.
 */
export function parsed(text: string, value: unknown, type: string): unknown {
  if (typeof value === "string") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (TEXTS.test(type)) return text;
    throw error;
  }
}

const TEXTS = /\b(C?Unicode|Any|Enum|str)\b/;

function holdsBinary(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ArrayBuffer.isView(value) || Object.values(value).some(holdsBinary);
}
