import { expect, test } from "vitest";
import { inBytes, timeOf } from "../../src/dev/sizes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_234, "1.23 kB"],
  [123_456, "123 kB"],
  [12_345_678, "12.3 MB"],
])("%d bytes are %s", (count, text) => {
  expect(inBytes(count)).toBe(text);
});

test("a time has its milliseconds", () => {
  expect(timeOf(new Date(2026, 0, 2, 3, 4, 5, 6))).toBe("03:04:05.006");
});
