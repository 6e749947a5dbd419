// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { newCell } from "../../src/app/notebook.ts";
import type { Editing } from "../../src/edit/editing.ts";
import { placesFrom } from "../../src/edit/places.tsx";

/** A traceback's text in a notebook whose cells have this order; where its links lead. */
function linked(order: string, cells: Record<string, string>, text: string) {
  const went: unknown[] = [];
  const editing = {
    cells: [...order].map((id) => newCell(id, "code", "")),
    goTo: (...where: unknown[]) => went.push(where),
  } as unknown as Editing;
  const el = document.createElement("pre");
  el.textContent = text;
  placesFrom("a", editing).link(el, cells);
  for (const button of el.querySelectorAll("button")) button.click();
  return {
    went,
    text: el.textContent,
    links: [...el.querySelectorAll("button")].map((each) => each.textContent),
  };
}

test("a place in a traceback leads to its cell, and calls it by the number that it has now", () => {
  const cells = { "n.py, cell 1": "a", "n.py, cell 2": "b" };
  const { went, text, links } = linked(
    "xba",
    cells,
    "File n.py, cell 1, line 3, in f\nFile n.py, cell 2, line 1",
  );
  expect(text).toBe("File n.py, cell 3, line 3, in f\nFile n.py, cell 2, line 1");
  expect(links).toEqual(["cell 3, line 3", "cell 2, line 1"]);
  expect(went).toEqual([["a", 3], ["b", 1]]); // biome-ignore format: pairs
});

test("a cell that ran under the number of another one has a name of its own", () => {
  const cells = { "n (1).py, cell 1": "a", "n (1).py, cell 1 (b)": "b" };
  const { went, text } = linked("ba", cells, "n (1).py, cell 1 (b), line 1; n (1).py, cell 1, line 2");
  expect(text).toBe("n (1).py, cell 1, line 1; n (1).py, cell 2, line 2");
  expect(went).toEqual([["b", 1], ["a", 2]]); // biome-ignore format: pairs
});

test("what names no cell, or one that is gone, stays text", () => {
  const text = "n.py, cell 1, line 1; n.py, cell 9, line 1; n.py, cell 2, line 1";
  const { links } = linked("b", { "n.py, cell 1": "gone", "n.py, cell 2": "b" }, text);
  expect(links).toEqual(["cell 1, line 1"]);
  expect(linked("b", {}, text).text).toBe(text);
});
