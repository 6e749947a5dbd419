import { describe, expect, test } from "vitest";
import { type Cell, newCell } from "../../src/app/notebook.ts";
import { NO_DRAFTS, typed } from "../../src/edit/drafts.ts";
import { overlaid } from "../../src/edit/overlay.ts";
import type { NotebookCommand, NotebookRequest } from "../../src/outbox.ts";

const CELLS = ["a", "b", "c"].map((id) => newCell(id, "code", id));
const commands = (...requests: NotebookRequest[]): NotebookCommand[] =>
  requests.map((request, index) => ({ ...request, ack: null, commandId: index + 1 }));
const ids = (cells: readonly Cell[]) => cells.map(({ id }) => id).join("");
const over = (cells: readonly Cell[], ...requests: NotebookRequest[]) =>
  overlaid(cells, commands(...requests), NO_DRAFTS);

const add = (cellId: string, before: string | null): NotebookRequest => ({
  type: "add-cell",
  cellId,
  kind: "code",
  source: "new",
  before,
});
const remove = (cellId: string): NotebookRequest => ({ type: "delete-cell", cellId });
const move = (cellId: string, before: string | null): NotebookRequest => ({
  type: "move-cell",
  cellId,
  before,
});
const run = (which: "these" | "all" | "stale", ...cellIds: string[]): NotebookRequest => ({
  type: "run-cells",
  which,
  cellIds,
});

describe("what was asked and not answered is seen at once", () => {
  test.each([
    [[add("n", "b")], "anbc"],
    [[add("n", null)], "abcn"],
    [[add("n", "gone")], "abcn"],
    [[remove("b")], "ac"],
    [[move("c", "a")], "cab"],
    [[move("a", null)], "bca"],
    [[move("a", "gone")], "bca"],
    [[move("a", "a")], "abc"],
    [[remove("a"), add("a", "c")], "bac"],
  ])("%j", (requests, order) => {
    const once = over(CELLS, ...requests);
    expect(ids(once)).toBe(order);
    // The notebook arrives before the answer: then it has the change already.
    if (requests.length === 1) expect(ids(over(once, ...requests))).toBe(order);
  });

  test("a run is queued, but not what runs already, nor Markdown", () => {
    const [a, b] = CELLS as [Cell, Cell];
    const cells = [a, { ...b, phase: "running" } as Cell, newCell("m", "markdown", "")];
    expect(over(cells, run("all")).map(({ phase }) => phase)).toEqual(["queued", "running", "idle"]);
    expect(over(CELLS, run("these", "b")).map(({ phase }) => phase)).toEqual(["idle", "queued", "idle"]);
    const stale = [{ ...a, stale: true }, b];
    expect(over(stale, run("stale")).map(({ phase }) => phase)).toEqual(["queued", "idle"]);
  });
});

test("a draft is over all, and what nothing changes is the same object", () => {
  const cells = overlaid(CELLS, [], typed(NO_DRAFTS, "b", "mine", "b"));
  expect(cells.map(({ source }) => source)).toEqual(["a", "mine", "c"]);
  expect(cells[0]).toBe(CELLS[0]);
  expect(overlaid(CELLS, [], NO_DRAFTS)).toBe(CELLS);
});
