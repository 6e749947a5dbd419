import { expect, test } from "vitest";
import { newCell } from "../../src/app/notebook.ts";
import { areMoved, differences, marked } from "../../src/edit/conflict.ts";

const ours = (cells: Record<string, string>) =>
  Object.entries(cells).map(([id, source]) => newCell(id, "code", source));
const theirs = (cells: Record<string, string>) =>
  Object.entries(cells).map(([cell_id, source]) => ({ cell_id, kind: "code", source }) as const);

test("what is the same on both sides is no difference, whatever blank lines it ends with", () => {
  expect(differences(ours({ a: "1\n\n", b: "2" }), theirs({ b: "2", a: "1" }))).toEqual([]);
});

test("a cell was changed, or is only on one side", () => {
  expect(differences(ours({ a: "1", b: "2", c: "3" }), theirs({ a: "1", c: "33", d: "4" }))).toEqual([
    { id: "b", number: 2, here: "2", file: null },
    { id: "c", number: 3, here: "3", file: "33" },
    { id: "d", number: 3, here: null, file: "4" },
  ]);
});

test("a cell of the other kind differs", () => {
  expect(differences([newCell("a", "markdown", "1")], theirs({ a: "1" }))).toHaveLength(1);
});

test("moved is what both sides have in another order", () => {
  expect(areMoved(ours({ a: "", x: "", b: "" }), theirs({ a: "", b: "", y: "" }))).toBe(false);
  expect(areMoved(ours({ a: "", b: "" }), theirs({ b: "", a: "" }))).toBe(true);
});

test("the lines that differ are marked", () => {
  const [here, file] = marked("a\nb\nc", "a\nB\nBB\nc");
  expect([here.from, here.to, file.from, file.to]).toEqual([1, 2, 1, 3]);
  const [same, other] = marked("a\na", "a\na\na");
  expect([same.from, same.to, other.from, other.to]).toEqual([2, 2, 2, 3]);
});
