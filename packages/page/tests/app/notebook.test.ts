import type { CellMessage } from "@anyhost/protocol";
import { describe, expect, test } from "vitest";
import {
  EMPTY_NOTEBOOK,
  fold,
  MAX_CALLBACK_ERRORS,
  MAX_OUTPUTS,
  type Notebook,
  type Output,
  WIDGET_VIEW,
} from "../../src/app/notebook.ts";
import { textOf } from "../../src/console/text.ts";

const CELLS = fold(
  EMPTY_NOTEBOOK,
  {
    op: "notebook",
    seq: 1,
    name: "demo.py",
    cells: [
      { cell_id: "a", kind: "code", source: null, title: "", revision: 0 },
      { cell_id: "b", kind: "code", source: null, title: "", revision: 0 },
    ],
  },
  0,
);

const QUEUED = { method: "queued" } as const;
const RUNNING = { method: "running", elapsed: 0 } as const;
const OK = { method: "finished", status: "ok", elapsed: 1, count: 1 } as const;
const output = (data: Record<string, unknown>, display_id: string | null = null, update = false) =>
  ({ method: "output", data, metadata: {}, display_id, update, result: false }) as const;
const text = (value: string) => output({ "text/plain": value });
const view = (model_id: string) => output({ [WIDGET_VIEW]: { model_id } });
const console_ = (value: string, stream: "stdout" | "stderr" = "stdout") =>
  ({ method: "console", stream, text: value, callback: false }) as const;
const error = (value: string, callback = false): CellMessage => ({
  method: "error",
  name: "ValueError",
  value,
  traceback: [],
  line: 1,
  callback,
  cells: {},
});

function play(notebook: Notebook, cell_id: string, ...messages: CellMessage[]): Notebook {
  return messages.reduce(
    (state, message) => fold(state, { op: "cell-lifecycle", seq: 0, cell_id, message }, 5000),
    notebook,
  );
}

const outputsOf = (notebook: Notebook, index = 0): readonly Output[] => notebook.cells[index]?.outputs ?? [];
const shown = (notebook: Notebook, index = 0) =>
  outputsOf(notebook, index).map((each) => {
    if (each.kind === "data") return each.data["text/plain"] ?? each.key;
    if (each.kind === "console") return each.text.rows.map(textOf).join("|");
    return `${each.name}: ${each.value}`;
  });

describe("a run", () => {
  test("goes through its phases, and a page that joins late knows when it began", () => {
    let notebook = play(CELLS, "a", QUEUED);
    expect(notebook.cells[0]?.phase).toBe("queued");
    notebook = play(notebook, "a", { method: "running", elapsed: 3 });
    expect(notebook.cells[0]).toMatchObject({ phase: "running", startedAt: 2000 });
    notebook = play(notebook, "a", OK);
    expect(notebook.cells[0]).toMatchObject({ phase: "ok", startedAt: null });
  });

  test("what did not change is the same object", () => {
    const notebook = play(CELLS, "a", RUNNING, text("x"));
    expect(notebook.cells[1]).toBe(CELLS.cells[1]);
    expect(CELLS.cells[0]?.outputs).toEqual([]);
  });

  test("the earlier run's outputs stay until the first new one comes", () => {
    const before = play(CELLS, "a", RUNNING, text("old 1"), text("old 2"), OK);
    const running = play(before, "a", QUEUED, RUNNING);
    expect(shown(running)).toEqual(["old 1", "old 2"]);
    expect(shown(play(running, "a", text("new")))).toEqual(["new"]);
    expect(shown(play(running, "a", console_("new")))).toEqual(["new"]);
    expect(shown(play(running, "a", error("new")))).toEqual(["ValueError: new"]);
  });

  test("what no new output has taken the place of yet stays after the new ones, until the run ends", () => {
    const left = (notebook: Notebook) => notebook.cells[0]?.leftovers.map((each) => each.key);
    const before = play(CELLS, "a", RUNNING, console_("old"), text("old"), view("m"), OK, RUNNING);
    expect(left(before)).toEqual([]);
    const printed = play(before, "a", console_("new"));
    expect([shown(printed), left(printed)]).toEqual([["new"], ["data", "model m"]]);
    const plotted = play(printed, "a", text("new"));
    expect(left(plotted)).toEqual(["model m"]);
    expect(left(play(plotted, "a", OK))).toEqual([]);
    expect(left(play(plotted, "a", { method: "clear", wait: false }))).toEqual([]);
  });

  test("a run without output leaves nothing of the earlier one; one that never began leaves it all", () => {
    const before = play(CELLS, "a", RUNNING, text("old"), OK);
    expect(shown(play(before, "a", RUNNING, OK))).toEqual([]);
    expect(shown(play(before, "a", QUEUED, { ...OK, status: "cancelled" }))).toEqual(["old"]);
  });

  test("ends with its kernel, and what is shown stays", () => {
    const running = play(play(CELLS, "a", RUNNING, text("old"), OK, RUNNING), "b", QUEUED);
    const dead = fold(running, { op: "kernel", seq: 9, status: "dead", detail: "killed" }, 0);
    expect(dead.cells.map((cell) => cell.phase)).toEqual(["interrupted", "cancelled"]);
    expect(shown(dead)).toEqual(["old"]);
  });

  test("the same model has the same key in the next run", () => {
    const before = play(CELLS, "a", RUNNING, text("x"), view("m"), OK);
    const after = play(before, "a", RUNNING, view("m"), text("y"), view("m"));
    expect(outputsOf(before).map((each) => each.key)).toEqual(["data", "model m"]);
    expect(outputsOf(after).map((each) => each.key)).toEqual(["model m", "data", "model m 2"]);
  });
});

describe("outputs", () => {
  test("neighbouring text of one stream is one output, the other stream begins another", () => {
    const notebook = play(
      CELLS,
      "a",
      console_("10%\r"),
      console_("20%\n"),
      console_("oh", "stderr"),
      console_("on"),
    );
    expect(shown(notebook)).toEqual(["20%|", "oh", "on"]);
  });

  test("a console that grew is another value", () => {
    const before = play(CELLS, "a", console_("a"));
    const after = play(before, "a", console_("b"));
    expect(outputsOf(after)[0]).not.toBe(outputsOf(before)[0]);
  });

  test("update_display replaces every output of its id, in whichever cell, and nothing else", () => {
    let notebook = play(CELLS, "a", output({ "text/plain": "1" }, "d"), text("stays"));
    notebook = play(notebook, "b", output({ "text/plain": "1" }, "d"));
    const keys = outputsOf(notebook).map((each) => each.key);
    notebook = play(notebook, "b", output({ "text/plain": "2" }, "d", true));
    expect([shown(notebook, 0), shown(notebook, 1)]).toEqual([["2", "stays"], ["2"]]);
    expect(outputsOf(notebook).map((each) => each.key)).toEqual(keys);
  });

  test("a display that shows another model is drawn anew", () => {
    let notebook = play(CELLS, "a", output({ [WIDGET_VIEW]: { model_id: "m" } }, "d"));
    notebook = play(notebook, "a", output({ [WIDGET_VIEW]: { model_id: "n" } }, "d", true));
    expect(outputsOf(notebook).map((each) => each.key)).toEqual(["model n"]);
  });

  test("clear empties the cell; with wait it does when the next output comes, or not at all", () => {
    const before = play(CELLS, "a", RUNNING, text("1"));
    expect(shown(play(before, "a", { method: "clear", wait: false }))).toEqual([]);
    const waiting = play(before, "a", { method: "clear", wait: true });
    expect(shown(waiting)).toEqual(["1"]);
    expect(shown(play(waiting, "a", text("2")))).toEqual(["2"]);
    expect(shown(play(waiting, "a", OK))).toEqual(["1"]);
  });

  test("the same error of a callback is counted, not repeated", () => {
    const notebook = play(CELLS, "a", error("x", true), error("x", true), error("y", true), error("x", true));
    expect(outputsOf(notebook)).toMatchObject([
      { value: "x", times: 3 },
      { value: "y", times: 1 },
    ]);
  });

  test("of what callbacks raise the latest is kept, and the cell does not fill up (promises 8 and 9)", () => {
    const refusals = Array.from({ length: 3 * MAX_OUTPUTS }, (_, n) => error(`refused ${n}`, true));
    const notebook = play(CELLS, "a", error("of the run", false), ...refusals, text("still shown"));
    const outputs = outputsOf(notebook);
    expect(outputs).toHaveLength(1 + MAX_CALLBACK_ERRORS + 1);
    expect(outputs[0]).toMatchObject({ value: "of the run" });
    expect(outputs.at(-2)).toMatchObject({ value: `refused ${3 * MAX_OUTPUTS - 1}` });
    expect(new Set(outputs.map((output) => output.key)).size).toBe(outputs.length);
  });

  test("there is a limit, and what is beyond it is counted (promise 8)", () => {
    const many = Array.from({ length: MAX_OUTPUTS + 3 }, (_, index) => text(String(index)));
    const notebook = play(CELLS, "a", RUNNING, ...many);
    expect(outputsOf(notebook)).toHaveLength(MAX_OUTPUTS);
    expect(notebook.cells[0]?.unshown).toBe(3);
    expect(play(notebook, "a", OK, RUNNING, text("new")).cells[0]?.unshown).toBe(0);
  });

  test("a message for a cell that is not there changes nothing", () => {
    expect(play(CELLS, "gone", text("x"))).toBe(CELLS);
  });
});

test("cells that are still in the notebook keep what they show", () => {
  const before = play(CELLS, "a", RUNNING, text("x"), OK);
  const cells = [
    { cell_id: "c", kind: "markdown", source: "# New", title: "", revision: 0 } as const,
    { cell_id: "a", kind: "code", source: "1 + 1", title: "", revision: 0 } as const,
  ];
  const after = fold(before, { op: "notebook", seq: 2, name: "demo.py", cells }, 0);
  expect(after.cells.map((cell) => cell.id)).toEqual(["c", "a"]);
  expect(shown(after, 1)).toEqual(["x"]);
  expect(after.cells[1]?.source).toBe("1 + 1");
});
