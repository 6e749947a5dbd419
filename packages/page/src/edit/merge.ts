/** How one text becomes another: the smallest single replacement, so that a cursor elsewhere stays where it is. */

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Null where nothing has to change. Offsets are those of UTF-16, and never within a surrogate pair. */
export function changeBetween(before: string, after: string): Change | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  if (isLow(before, start) || isLow(after, start)) start--;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  if (isLow(before, before.length - end) || isLow(after, after.length - end)) end--;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** Whether a pair would be cut here. */
function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}
