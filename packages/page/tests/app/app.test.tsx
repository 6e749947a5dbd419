// @vitest-environment happy-dom
import type { CellMessage } from "@anyhost/protocol";
import { options, render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { App } from "../../src/app/app.tsx";
import { EMPTY_NOTEBOOK, fold, type Notebook, WIDGET_VIEW } from "../../src/app/notebook.ts";
import type { PageState } from "../../src/app/page.ts";

const RUNNING: CellMessage = { method: "running", elapsed: 0 };
const OK: CellMessage = { method: "finished", status: "ok", elapsed: 1, count: 1 };
const output = (data: Record<string, unknown>): CellMessage => ({
  method: "output",
  data,
  metadata: {},
  display_id: null,
  update: false,
  result: false,
});
const view = (model_id: string) => output({ [WIDGET_VIEW]: { model_id }, "text/plain": "W" });
const text = (value: string) => output({ "text/plain": value });

const CELLS = fold(
  EMPTY_NOTEBOOK,
  {
    op: "notebook",
    seq: 1,
    name: "demo.py",
    cells: [{ cell_id: "a", kind: "code", source: null, title: "", revision: 0 }],
  },
  0,
);
const READY = fold(CELLS, { op: "kernel", seq: 2, status: "idle", detail: "" }, 0);

function play(notebook: Notebook, ...messages: CellMessage[]): Notebook {
  return messages.reduce(
    (state, message) =>
      fold(state, { op: "cell-lifecycle", seq: 0, cell_id: "a", message }, performance.now()),
    notebook,
  );
}

const calls: string[] = [];
const actions = {
  restart: () => void calls.push("restart"),
  dismiss: (notice: number) => void calls.push(`dismiss ${notice}`),
};

/** Draws at once what a page would draw in its next frame. */
function draw(notebook: Notebook, change: Partial<PageState> = {}): HTMLElement {
  const state: PageState = {
    mode: "run",
    title: "demo",
    notebook,
    link: { phase: "live", problem: null },
    waiting: false,
    notices: [],
    ...change,
  };
  render(<App state={state} said="" actions={actions} />, document.body);
  return document.body;
}

const find = (selector: string) => document.body.querySelector<HTMLElement>(selector);
const status = () => find(".status")?.textContent;

beforeEach(() => {
  calls.length = 0;
  options.debounceRendering = (run) => run();
});
afterEach(() => {
  render(null, document.body);
  vi.useRealTimers();
});

describe("outputs are reconciled", () => {
  test("the same model in the same place keeps its view when its cell runs again", () => {
    let notebook = play(READY, RUNNING, text("old"), view("m"), OK);
    draw(notebook);
    const before = find("any-view");
    notebook = play(notebook, RUNNING);
    draw(notebook);
    notebook = play(notebook, view("m"), text("new"), OK);
    draw(notebook);
    expect(find("any-view")).toBe(before);
    expect(document.body.textContent).toContain("new");
    expect(document.body.textContent).not.toContain("old");
  });

  test("another model gets another view", () => {
    draw(play(READY, RUNNING, view("m"), OK));
    const before = find("any-view");
    draw(play(READY, RUNNING, view("n"), OK));
    expect(find("any-view")).not.toBe(before);
    expect(find("any-view")?.getAttribute("model-id")).toBe("n");
  });

  test("what a snapshot brings again as it was is left alone", () => {
    const html = () => output({ "text/html": "<button>drawn</button>" });
    draw(play(READY, RUNNING, html(), OK));
    const before = find(".output-html button");
    draw(play(READY, RUNNING, html(), OK));
    expect(find(".output-html button")).toBe(before);
    draw(play(READY, RUNNING, output({ "text/html": "<button>other</button>" }), OK));
    expect(find(".output-html button")?.textContent).toBe("other");
  });

  test("a console that grows keeps the rows that it has", () => {
    const written = (value: string): CellMessage => ({
      method: "console",
      stream: "stdout",
      text: value,
      callback: false,
    });
    const one = play(READY, RUNNING, written("one\n"));
    draw(one);
    const row = find(".console-row");
    draw(play(one, written("two\n")));
    expect(find(".console-row")).toBe(row);
    expect(find(".console pre")?.textContent).toBe("one\ntwo\n");
  });
});

test("a cell with nothing to show takes no space", () => {
  draw(play(READY, RUNNING, OK));
  expect(find(".cell")?.childNodes).toHaveLength(0);
});

test("a notebook without cells says so, once its name is known", () => {
  draw(EMPTY_NOTEBOOK);
  expect(find("main")?.textContent).toBe("");
  draw({ ...EMPTY_NOTEBOOK, name: "new.py" });
  expect(find("main")?.textContent).toBe("There is nothing in new.py yet.");
});

describe("an error", () => {
  const ERROR: CellMessage & { method: "error" } = {
    method: "error",
    name: "NameError",
    value: "no x\nin two lines",
    traceback: [],
    line: 3,
    callback: true,
    cells: {},
  };

  test("says its name and value once, and then where it came from", () => {
    const traceback = [
      "\u001b[31m------------------------------\u001b[39m",
      "\u001b[31mNameError\u001b[39m        Traceback (most recent call last)",
      "File x\n----> 1 x",
      "\u001b[31mNameError\u001b[39m: no x\nin two lines",
    ];
    draw(play(READY, { ...ERROR, traceback }));
    expect(find(".error summary")?.textContent).toBe("NameError: no x\nin two linesin a callback");
    expect(find(".traceback")?.textContent).toBe("File x\n----> 1 x\n");
  });

  test("says its line in the cell where that can be seen", () => {
    const [cell] = READY.cells;
    draw(play({ ...READY, cells: cell ? [{ ...cell, source: "1\n2\nx" }] : [] }, ERROR));
    expect(find(".error")?.textContent).toContain("in a callback, line 3");
  });

  test("with a traceback of other words has all of it", () => {
    draw(play(READY, { ...ERROR, traceback: ["NameError: no y", "Traceback (most recent call last)"] }));
    expect(find(".traceback")?.textContent).toBe("NameError: no y\nTraceback (most recent call last)\n");
  });

  test("that has nothing to add to its words has no traceback", () => {
    draw(play(READY, ERROR), {});
    expect(find(".error")?.tagName).toBe("DIV");
    draw(play(READY, { ...ERROR, traceback: ["NameError: no x\nin two lines"] }));
    expect(find(".traceback")).toBeNull();
  });
});

describe("the bar", () => {
  test("says one thing at a time", () => {
    draw(READY);
    expect(status()).toBe("Ready");
    draw(READY, { waiting: true });
    expect(status()).toBe("Waiting for Python");
    draw(play(READY, RUNNING), { waiting: true });
    expect(status()).toBe("Running1 of 1");
    draw(play(READY, RUNNING), { link: { phase: "lost", problem: null } });
    expect(status()).toBe("Reconnecting…");
  });

  test("says how long a cell has been running once it is worth saying", async () => {
    vi.useFakeTimers();
    draw(play(READY, RUNNING));
    await vi.advanceTimersByTimeAsync(400);
    expect(find(".elapsed")).toBeNull();
    await vi.advanceTimersByTimeAsync(800);
    expect(status()).toBe("Running1 of 11.2 s");
    expect(find(".cell .elapsed")?.textContent).toBe("running for 1.2 s");
    draw(play(READY, RUNNING, OK));
    expect(find(".elapsed")).toBeNull();
  });
});

describe("a dead kernel", () => {
  const dead = fold(READY, { op: "kernel", seq: 3, status: "dead", detail: "killed by signal 9" }, 0);

  test("is told of with its reason, and started again with one click", () => {
    draw(dead);
    expect(find(".banner")?.textContent).toContain("Killed by signal 9.");
    find(".banner button")?.click();
    expect(calls).toEqual(["restart"]);
  });

  test("cannot be started again while the connection is lost", () => {
    draw(dead, { link: { phase: "lost", problem: null } });
    expect(find(".banner button")?.hasAttribute("disabled")).toBe(true);
  });
});

test("why the connection fails is said, and a notice can be dismissed", () => {
  const notices = [{ id: 7, kind: "error", title: "W: error in listener", detail: "no", times: 2 }] as const;
  draw(READY, { link: { phase: "lost", problem: "The server does not answer." }, notices });
  expect(find(".banner")?.textContent).toContain("The server does not answer.");
  expect(find(".notice")?.textContent).toContain("2 times");
  find(".notice button")?.click();
  expect(calls).toEqual(["dismiss 7"]);
});
