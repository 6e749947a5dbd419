import fc from "fast-check";
import { expect, test } from "vitest";
import { changeBetween } from "../../src/edit/merge.ts";

function apply(text: string, change: ReturnType<typeof changeBetween>): string {
  return change ? text.slice(0, change.from) + change.insert + text.slice(change.to) : text;
}

test.each([
  ["a\nb\nc", "a\nB\nc", { from: 2, to: 3, insert: "B" }],
  ["ab", "aab", { from: 1, to: 1, insert: "a" }],
  ["aab", "ab", { from: 1, to: 2, insert: "" }],
  ["", "x", { from: 0, to: 0, insert: "x" }],
  ["x", "", { from: 0, to: 1, insert: "" }],
])("of %j and %j only what differs changes", (before, after, change) => {
  expect(changeBetween(before, after)).toEqual(change);
});

test("equal texts need no change", () => {
  expect(changeBetween("same", "same")).toBeNull();
});

test("a pair of surrogates is replaced whole", () => {
  expect(changeBetween("😀", "😁")).toEqual({ from: 0, to: 2, insert: "😁" });
  // The same low surrogate after different high ones.
  expect(changeBetween("\u{1f600}", "\u{1fa00}")).toEqual({ from: 0, to: 2, insert: "\u{1fa00}" });
});

test("any text becomes any other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "😀", "😁")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = changeBetween(before, after);
      expect(apply(before, change)).toBe(after);
      const halves = change && [before.slice(0, change.from), change.insert, before.slice(change.to)];
      expect(halves?.some((half) => /\p{Surrogate}/u.test(half)) ?? false).toBe(false);
    }),
  );
});
