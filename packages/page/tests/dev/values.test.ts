import { expect, test } from "vitest";
import { parsed, textOf } from "../../src/dev/values.ts";

test.each([
  ["a text is itself", "1", "1"],
  ["a number", 1, "1"],
  ["nothing", null, "null"],
  ["what is not there", undefined, "null"],
  ["a list", [1, { a: "b" }], '[1,{"a":"b"}]'],
])("%s as text", (_what, value, text) => {
  expect(textOf(value)).toBe(text);
});

test.each([
  ["binary", new DataView(new ArrayBuffer(2))],
  ["binary within", { a: [new DataView(new ArrayBuffer(2))] }],
  ["a very long text", "x".repeat(100_001)],
  ["a very long list", Array.from({ length: 60_000 }, () => 1)],
])("%s cannot be edited as text", (_what, value) => {
  expect(textOf(value)).toBeNull();
});

test.each([
  ["a text stays one", "5", "old", "Unicode", "5"],
  ["with its lines", "a\nb", "old", "Unicode", "a\nb"],
  ["a number", "5", 1, "Int", 5],
  ["a list", "[1, null]", [], "List(Int)", [1, null]],
  ["a text where there was none", "hello", null, "Unicode | None", "hello"],
  ["a text of a dataclass", "hello", null, "str | None", "hello"],
  ["a text among others", "fast", 2, "Enum('slow', 'fast', 2)", "fast"],
])("%s is read", (_what, text, before, type, value) => {
  expect(parsed(text, before, type)).toEqual(value);
});

test("what is no JSON is refused where no text is taken", () => {
  expect(() => parsed("five", 1, "Int")).toThrow(SyntaxError);
});
