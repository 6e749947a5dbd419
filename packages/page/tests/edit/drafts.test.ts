import { describe, expect, test } from "vitest";
import { answered, type Drafts, NO_DRAFTS, rehoused, sent, typed, unsent } from "../../src/edit/drafts.ts";

const texts = (drafts: Drafts) => [...drafts].map(([id, { source }]) => `${id}: ${source}`);

describe("a draft", () => {
  test("lasts until the command that carries its very text is answered", () => {
    let drafts = typed(NO_DRAFTS, "a", "x = 1", "");
    expect(unsent(drafts)).toEqual(["a"]);
    drafts = sent(drafts, "a", 7);
    expect(unsent(drafts)).toEqual([]);
    expect(texts(answered(drafts, 6))).toEqual(["a: x = 1"]);
    expect(texts(answered(drafts, 7))).toEqual([]);
  });

  test("that was typed on since stays when the earlier text is answered", () => {
    const drafts = typed(sent(typed(NO_DRAFTS, "a", "x", ""), "a", 7), "a", "xy", "");
    expect(texts(answered(drafts, 7))).toEqual(["a: xy"]);
    expect(unsent(drafts)).toEqual(["a"]);
  });

  test("that was taken back before anyone was told is none", () => {
    expect(typed(typed(NO_DRAFTS, "a", "x", "same"), "a", "same", "same").size).toBe(0);
  });

  test("that was taken back after it was sent is told", () => {
    const drafts = typed(sent(typed(NO_DRAFTS, "a", "x", "same"), "a", 7), "a", "same", "same");
    expect(unsent(drafts)).toEqual(["a"]);
  });

  test("of one cell leaves those of others", () => {
    const drafts = typed(typed(NO_DRAFTS, "a", "1", ""), "b", "2", "");
    expect(texts(answered(sent(drafts, "a", 7), 7))).toEqual(["b: 2"]);
  });
});

describe("in another session (promise 7)", () => {
  const cells = [
    { id: "1", source: "first" },
    { id: "2", source: "second" },
  ];

  test("a draft goes to the cell that has the text which it was begun on", () => {
    const moved = rehoused(typed(NO_DRAFTS, "old", "second, better", "second"), cells);
    expect(texts(moved.drafts)).toEqual(["2: second, better"]);
    expect(unsent(moved.drafts)).toEqual(["2"]);
    expect(moved.homeless).toEqual([]);
  });

  test("also to one that has what was last sent of it", () => {
    const drafts = typed(sent(typed(NO_DRAFTS, "old", "second", "before"), "old", 7), "old", "sec", "before");
    expect(texts(rehoused(drafts, cells).drafts)).toEqual(["2: sec"]);
  });

  test("the cell of the same id comes first", () => {
    const twins = [
      { id: "1", source: "x" },
      { id: "2", source: "x" },
    ];
    expect(texts(rehoused(typed(NO_DRAFTS, "2", "xy", "x"), twins).drafts)).toEqual(["2: xy"]);
  });

  test("one that arrived before the end is no draft any more", () => {
    expect(rehoused(typed(NO_DRAFTS, "2", "second", "x"), cells)).toEqual({
      drafts: new Map(),
      homeless: [],
    });
  });

  test("a text for which there is no cell is given back", () => {
    expect(rehoused(typed(NO_DRAFTS, "9", "mine", "gone"), cells).homeless).toEqual(["mine"]);
  });
});
