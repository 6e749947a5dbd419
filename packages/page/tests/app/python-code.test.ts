// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { colour } from "../../src/app/python-code.ts";

const kinds = (source: string) =>
  colour(source).flatMap((part) =>
    typeof part === "string" ? [] : [[part.className.replace("code-", ""), part.textContent]],
  );

test.each([
  ['print("a # b", x)  # c "d"', ["call print", 'string "a # b"', 'comment # c "d"']],
  ["f'{x}' + rb'\\'' + 'open", ["string f'{x}'", "string rb'\\''", "string 'open"]],
  ['"""Doc\n# not a comment"""\nNone', ['string """Doc\n# not a comment"""', "constant None"]],
  ["x1 = 0x1F + 1_000.5e-3 + .2 + 3j", ["number 0x1F", "number 1_000.5e-3", "number .2", "number 3j"]],
  ["@cached\ndef f(): pass", ["decorator @cached", "keyword def", "call f", "keyword pass"]],
  ["a @ b; import_x = classy", []],
])("%j", (source, expected) => {
  expect(kinds(source).map((kind) => kind.join(" "))).toEqual(expected);
});

test("nothing is lost", () => {
  const source = "def f(x):\n    return f'{x}' # ü\n\n\"unterminated";
  expect(
    colour(source)
      .map((part) => (typeof part === "string" ? part : part.textContent))
      .join(""),
  ).toBe(source);
});
