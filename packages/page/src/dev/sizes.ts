/** A number of bytes, in three figures or so. */
export function inBytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  const [value, unit] = count < 1_000_000 ? [count / 1_000, "kB"] : [count / 1_000_000, "MB"];
  return `${value.toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;
}

/** A time of day with its milliseconds: what follows what within a second is what an author asks. */
export function timeOf(date: Date): string {
  const digits = (value: number, length: number) => String(value).padStart(length, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part, 2));
  return `${clock.join(":")}.${digits(date.getMilliseconds(), 3)}`;
}
