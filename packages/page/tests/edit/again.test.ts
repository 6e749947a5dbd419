import { expect, test } from "vitest";
import { newCell } from "../../src/app/notebook.ts";
import { again } from "../../src/edit/again.ts";
import type { NotebookCommand } from "../../src/outbox.ts";

type Unnumbered<T> = T extends unknown ? Omit<T, "commandId" | "ack"> : never;

const notebook = (sources: Record<string, string>) =>
  Object.entries(sources).map(([id, source]) => newCell(id, "code", source));
const commands = (...all: Unnumbered<NotebookCommand>[]) =>
  all.map((command, index) => ({ ...command, commandId: index + 1, ack: null }) as NotebookCommand);

// `b` was edited before, so the new server gives it another id.
const BEFORE = notebook({ a: "x = 1", b: "y = 2", c: "z = 3" });
const NOW = notebook({ a: "x = 1", other: "y = 2", c: "z = 4" });

test("a deleted cell is deleted again, known by its text where its id has changed", () => {
  const { cells } = again(commands({ type: "delete-cell", cellId: "b" }), BEFORE, NOW);
  expect(cells).toEqual([{ type: "delete-cell", cellId: "other" }]);
});

test("a deleted cell that another program has changed stays, and that is said", () => {
  const { cells, lost } = again(commands({ type: "delete-cell", cellId: "c" }), BEFORE, NOW);
  expect(cells).toEqual([]);
  expect(lost).toHaveLength(1);
});

test("an added cell comes where it was put, as what it was, and what was done to it is done", () => {
  const { cells } = again(
    commands(
      { type: "add-cell", cellId: "n", kind: "markdown", source: "# New", before: "b" },
      { type: "move-cell", cellId: "n", before: "a" },
      { type: "move-cell", cellId: "a", before: null },
    ),
    BEFORE,
    NOW,
  );
  expect(cells).toEqual([
    { type: "add-cell", cellId: "n", kind: "markdown", source: "# New", before: "other" },
    { type: "move-cell", cellId: "n", before: "a" },
    { type: "move-cell", cellId: "a", before: null },
  ]);
});

test("a cell that the earlier server had added is not added twice", () => {
  const add = commands({ type: "add-cell", cellId: "a", kind: "code", source: "", before: null });
  expect(again(add, BEFORE, NOW).cells).toEqual([]);
});

test("runs come after the cells, for those that are still there", () => {
  const { cells, runs } = again(
    commands(
      { type: "run-cells", which: "these", cellIds: ["b", "gone"] },
      { type: "run-cells", which: "these", cellIds: ["gone"] },
      { type: "run-cells", which: "all", cellIds: [] },
    ),
    BEFORE,
    NOW,
  );
  expect(cells).toEqual([]);
  expect(runs).toEqual([
    { type: "run-cells", which: "these", cellIds: ["other"] },
    { type: "run-cells", which: "all", cellIds: [] },
  ]);
});
