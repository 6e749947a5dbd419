import { describe, expect, test } from "vitest";
import { PLAIN } from "../../src/console/pen.ts";
import { ConsoleText, MAX_COLUMNS, MAX_ROWS, textOf } from "../../src/console/text.ts";

function shown(...writes: string[]): string[] {
  const text = new ConsoleText();
  for (const write of writes) text.write(write);
  return text.rows.map(textOf);
}

describe("the cursor", () => {
  test.each<[string, string[], string[]]>([
    ["lines", ["one\ntwo\n"], ["one", "two", ""]],
    ["a progress bar overwrites itself", [" 10%|#   |\r", " 90%|### |\r"], [" 90%|### |"]],
    ["what is longer than its replacement stays", ["abcdef\rXY"], ["XYcdef"]],
    ["a carriage return before a line end is only a line end", ["one\r\ntwo\r\n"], ["one", "two", ""]],
    ["backspace goes back without erasing", ["ab\b\bX"], ["Xb"]],
    ["backspace stops at the beginning", ["a\b\b\bX"], ["X"]],
    ["erase to the end of the line", ["abcdef\r\u001b[K12"], ["12"]],
    ["erase the whole line", ["abc\u001b[2K"], [""]],
    ["nested bars move up", ["A\nB\n\u001b[A\u001b[ABAR\n\n"], ["BAR", "B", ""]],
    ["up stops at the first row", ["a\u001b[9Ab"], ["ab"]],
    ["forward leaves a gap", ["a\u001b[3Cb"], ["a   b"]],
    ["clear all", ["a\nb\u001b[2Jc"], ["c"]],
    ["clear below", ["a\nb\nc\u001b[2A\u001b[J"], ["a"]],
    [
      "a bell, a title and a link leave only text",
      ["\u0007a\u001b]0;t\u0007b\u001b]8;;http://x\u001b\\c"],
      ["abc"],
    ],
    ["tabs stay", ["a\tb"], ["a\tb"]],
  ])("%s", (_name, writes, rows) => {
    expect(shown(...writes)).toEqual(rows);
  });

  test("text cut anywhere, also inside an escape sequence, shows the same", () => {
    const whole = "x\u001b[31mred\u001b[0m\n 10%\r 20%\u001b[K\n\u001b]0;title\u0007end";
    for (let cut = 0; cut <= whole.length; cut++) {
      const text = new ConsoleText();
      text.write(whole.slice(0, cut));
      text.write(whole.slice(cut));
      const reference = new ConsoleText();
      reference.write(whole);
      expect(text.rows).toEqual(reference.rows);
    }
  });
});

describe("pens", () => {
  test("colours and marks begin, add up and end", () => {
    const text = new ConsoleText();
    text.write("a\u001b[1;31mb\u001b[4mc\u001b[22md\u001b[39me\u001b[mf");
    expect(text.rows[0]).toEqual([
      { text: "a", pen: PLAIN },
      { text: "b", pen: { color: "var(--console-red)", background: null, marks: ["bold"] } },
      { text: "c", pen: { color: "var(--console-red)", background: null, marks: ["bold", "underline"] } },
      { text: "d", pen: { color: "var(--console-red)", background: null, marks: ["underline"] } },
      { text: "e", pen: { color: null, background: null, marks: ["underline"] } },
      { text: "f", pen: PLAIN },
    ]);
  });

  test.each([
    ["94", { color: "var(--console-bright-blue)" }],
    ["42", { background: "color-mix(in srgb, var(--console-green) 30%, transparent)" }],
    ["38;5;9", { color: "var(--console-bright-red)" }],
    ["38;5;196", { color: "rgb(255 0 0)" }],
    ["48;5;232", { background: "rgb(8 8 8)" }],
    ["38;2;1;2;3", { color: "rgb(1 2 3)" }],
    ["38;2;1;2;3;1", { color: "rgb(1 2 3)", marks: ["bold"] }],
    ["99;123", {}],
  ])("SGR %s", (numbers, pen) => {
    const text = new ConsoleText();
    text.write(`\u001b[${numbers}mx`);
    expect(text.rows[0]?.[0]?.pen).toEqual({ ...PLAIN, ...pen });
  });

  test("a pen holds over lines, and over an overwritten part", () => {
    const text = new ConsoleText();
    text.write("\u001b[32mgreen\nalso\u001b[0m\rX");
    expect(text.rows[1]?.map((run) => [run.text, run.pen.color])).toEqual([
      ["X", null],
      ["lso", "var(--console-green)"],
    ]);
  });
});

describe("limits (promise 8)", () => {
  test("the earliest rows go, and are counted", () => {
    const text = new ConsoleText();
    for (let row = 0; row < MAX_ROWS + 500; row++) text.write(`${row}\n`);
    expect(text.rows.length).toBeLessThanOrEqual(MAX_ROWS);
    expect(textOf(text.rows[0] ?? [])).toBe(String(text.dropped));
    expect(textOf(text.rows.at(-2) ?? [])).toBe(String(MAX_ROWS + 499));
  });

  test("a row without an end keeps its beginning", () => {
    const [row] = shown("x".repeat(MAX_COLUMNS + 10), "y");
    expect(row).toHaveLength(MAX_COLUMNS);
  });

  test("rows that did not change are the same objects", () => {
    const text = new ConsoleText();
    text.write("one\ntwo\n");
    const [first] = text.rows;
    text.write("three");
    expect(text.rows[0]).toBe(first);
  });
});
