import fc from "fast-check";
import { expect, test } from "vitest";
import { fromCodePoints, toCodePoints } from "../../src/edit/code-points.ts";

test("what Python counts once, the browser counts twice", () => {
  expect(toCodePoints("a😀b", 3)).toBe(2);
  expect(fromCodePoints("a😀b", 2)).toBe(3);
});

test("a place beyond the end is the end", () => {
  expect(fromCodePoints("ab", 9)).toBe(2);
});

test("there and back is the same place", () => {
  const text = fc.array(fc.constantFrom("a", "é", "😀", "\n")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.nat(40), (source, place) => {
      const within = Math.min(place, [...source].length);
      const offset = fromCodePoints(source, within);
      expect([...source.slice(0, offset)].length).toBe(within);
      expect(toCodePoints(source, offset)).toBe(within);
    }),
  );
});
