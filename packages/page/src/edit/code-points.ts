/** Python counts code points where the browser counts UTF-16. The wire counts as Python does. */

/** The place in code points of a place in UTF-16. */
export function toCodePoints(text: string, offset: number): number {
  let pairs = 0;
  for (let at = 1; at < offset; at++) if (isPair(text, at)) pairs++;
  return offset - pairs;
}

/** The place in UTF-16 of a place in code points; the end of the text for one beyond it. */
export function fromCodePoints(text: string, place: number): number {
  let at = 0;
  for (let passed = 0; passed < place && at < text.length; passed++) at += isPair(text, at + 1) ? 2 : 1;
  return at;
}

function isPair(text: string, low: number): boolean {
  const [high, next] = [text.charCodeAt(low - 1), text.charCodeAt(low)];
  return high >= 0xd800 && high <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}
