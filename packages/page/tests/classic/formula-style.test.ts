// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { FormulaStyle } from "../../src/classic/formula-style.ts";

const root = () => document.createElement("div").attachShadow({ mode: "open" });
const sheets = (of: ShadowRoot) => of.adoptedStyleSheets.length;

test("a root has it from the first formula on, once, for as long as a view is there (promise 10)", async () => {
  const style = new FormulaStyle();
  const [one, other] = [root(), root()];
  const views = [one, one, other].map((each) => {
    const view = new AbortController();
    style.enter(each, view.signal);
    return view;
  });
  expect([one, other].map(sheets)).toEqual([0, 0]);
  views[2]?.abort();
  style.need();
  style.need();
  await expect.poll(() => sheets(one)).toBe(1);
  expect(sheets(other)).toBe(0);
  style.enter(other, new AbortController().signal);
  expect(sheets(other)).toBe(1);
  views[0]?.abort();
  expect(sheets(one)).toBe(1);
  views[1]?.abort();
  expect(sheets(one)).toBe(0);
});
