import type { CellMessage, Notification } from "@anyhost/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NotebookMessage } from "../../src/app/notebook.ts";
import { Page } from "../../src/app/page.ts";
import { MAX_DELETED } from "../../src/edit/deleted.ts";
import { Editing } from "../../src/edit/editing.ts";
import { Memory } from "../../src/edit/memory.ts";
import { PAUSE } from "../../src/edit/typing.ts";
import type { NotebookRequest } from "../../src/outbox.ts";
import { SESSION } from "../far-end.ts";
import { MemoryStorage } from "../memory-storage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A notebook under someone's hands; the server is played by the test. */
class Scene {
  readonly sent: NotebookRequest[] = [];
  online = true;
  readonly page = new Page({ mode: "edit", title: "" }, () => {});
  readonly editing: Editing;
  readonly lifetime = new AbortController();

  constructor(sources: Record<string, string>) {
    const scene = this;
    const connection = {
      sendToNotebook: (request: NotebookRequest) => this.sent.push(request),
      complete: () => null,
      interrupt: () => true,
      restart: () => true,
      get online() {
        return scene.online;
      },
    };
    const memory = new Memory(MemoryStorage.create(), "/");
    const nothing = () => {};
    this.editing = new Editing(
      { page: this.page, connection, memory, changed: nothing, draw: nothing },
      this.lifetime.signal,
    );
    this.join("s1", sources);
  }

  join(session_id: string, sources: Record<string, string>): void {
    this.page.beginSession({ ...SESSION, session_id });
    this.editing.begin({ ...SESSION, session_id });
    this.arrange(sources);
    this.page.endSnapshot();
    this.editing.settled();
    this.editing.reconnected();
  }

  arrange(sources: Record<string, string>): void {
    const cells = Object.entries(sources).map(([cell_id, source]) => {
      return { cell_id, kind: "code", source, title: "", revision: 0 } as const;
    });
    this.say({ op: "notebook", seq: 0, name: "n.py", cells });
    this.editing.arranged();
  }

  say(notification: NotebookMessage): void {
    this.page.apply(notification, 0);
  }

  edited(cell_id: string, source: string, client_id = "other"): void {
    this.say({ op: "cell-edited", seq: 0, cell_id, source, revision: 1, client_id });
  }

  answer(command_id = this.sent.length, error: string | null = null): void {
    this.editing.answered({ op: "notebook-ack", seq: 0, command_id, error });
  }

  get sources(): string {
    return this.editing.cells.map(({ id, source }) => `${id}=${source}`).join(" ");
  }
  get order(): string {
    return this.editing.cells.map(({ id }) => id).join("");
  }
}

describe("what is typed", () => {
  test("is seen at once, sent after a pause, and the notebook's when it is answered", () => {
    const scene = new Scene({ a: "1", b: "2" });
    scene.editing.type("a", "10");
    scene.editing.type("a", "100");
    expect(scene.sources).toBe("a=100 b=2");
    expect(scene.sent).toEqual([]);
    vi.advanceTimersByTime(PAUSE);
    expect(scene.sent).toEqual([{ type: "edit-cell", cellId: "a", source: "100", base: "1" }]);
    expect(scene.editing.unsaid).toBe(true);
    scene.edited("a", "100");
    scene.answer();
    expect(scene.sources).toBe("a=100 b=2");
    expect(scene.editing.unsaid).toBe(false);
  });

  test("wins over another's edit until it is answered; then who wrote last has won", () => {
    const scene = new Scene({ a: "1" });
    scene.editing.type("a", "mine");
    vi.advanceTimersByTime(PAUSE);
    scene.edited("a", "theirs");
    expect(scene.sources).toBe("a=mine");
    scene.edited("a", "mine");
    scene.edited("a", "theirs again");
    scene.answer();
    expect(scene.sources).toBe("a=theirs again");
  });

  test("says which text it was begun on, so that a file that changed meanwhile is not written over unseen", () => {
    const scene = new Scene({ a: "1" });
    scene.editing.type("a", "10");
    scene.edited("a", "from the file", "");
    expect(scene.sources).toBe("a=10");
    vi.advanceTimersByTime(PAUSE);
    scene.editing.type("a", "100");
    vi.advanceTimersByTime(PAUSE);
    expect(scene.sent).toMatchObject([
      { source: "10", base: "1" },
      { source: "100", base: "10" },
    ]);
  });

  test("goes out before a run of its cell", () => {
    const scene = new Scene({ a: "1", b: "2" });
    scene.editing.type("a", "10");
    scene.editing.act("run-and-go-on", "a");
    expect(scene.sent.map(({ type }) => type)).toEqual(["edit-cell", "run-cells"]);
    expect(scene.editing.state.selected).toBe("b");
    expect(scene.editing.cells[0]?.phase).toBe("queued");
  });

  test("waits here while there is no connection, the newest of each cell, and goes out when there is", () => {
    const scene = new Scene({ a: "1" });
    scene.online = false;
    for (const source of ["x", "xy", "xyz"]) {
      scene.editing.type("a", source);
      vi.advanceTimersByTime(PAUSE);
    }
    expect(scene.sent).toEqual([]);
    scene.online = true;
    scene.editing.reconnected();
    expect(scene.sent).toEqual([{ type: "edit-cell", cellId: "a", source: "xyz", base: "1" }]);
  });

  test("goes out when the page goes", () => {
    vi.stubGlobal("window", { scrollY: 0 });
    const scene = new Scene({ a: "1" });
    scene.editing.type("a", "last words");
    scene.editing.leaving();
    expect(scene.sent).toEqual([{ type: "edit-cell", cellId: "a", source: "last words", base: "1" }]);
    vi.unstubAllGlobals();
  });

  test("survives its server: in the next session it goes to the cell that it belongs to", () => {
    const scene = new Scene({ a: "1", b: "2" });
    scene.editing.type("b", "two");
    vi.advanceTimersByTime(PAUSE);
    scene.editing.type("b", "two, better");
    scene.join("s2", { x: "1", y: "2" });
    expect(scene.sources).toBe("x=1 y=two, better");
    expect(scene.sent.at(-1)).toEqual({ type: "edit-cell", cellId: "y", source: "two, better", base: "2" });
  });

  test("goes first where a run was asked for, and the server was another one then (promise 7)", () => {
    const scene = new Scene({ a: "x = 1", b: "x" });
    scene.online = false;
    scene.editing.type("a", "x = 2");
    scene.editing.act("run", "a");
    scene.editing.act("delete", "b");
    scene.sent.length = 0;
    scene.join("s2", { a: "x = 1", b: "x" });
    expect(scene.sent.map(({ type }) => type)).toEqual(["delete-cell", "edit-cell", "run-cells"]);
    expect(scene.editing.cells.map(({ source }) => source)).toEqual(["x = 2"]);
  });

  test("that belongs to no cell of the next session becomes one", () => {
    const scene = new Scene({ a: "1" });
    scene.editing.type("a", "precious");
    scene.join("s2", { x: "other" });
    expect(scene.sent.at(-1)).toMatchObject({ type: "add-cell", source: "precious" });
  });
});

describe("deleting", () => {
  test("is undone in the place where the cell was, when another page has deleted its neighbour", () => {
    const scene = new Scene({ a: "1", b: "2", c: "3", d: "4" });
    scene.editing.act("delete", "b");
    scene.arrange({ a: "1", d: "4" });
    scene.answer();
    scene.editing.act("undo-delete");
    expect(scene.order).toBe("abd");
  });

  test("is undone, the last one first", () => {
    const scene = new Scene({ a: "1", b: "2", c: "3", d: "4" });
    scene.editing.act("delete", "b");
    expect([scene.order, scene.editing.state.selected]).toEqual(["acd", "c"]);
    scene.editing.act("delete", "c");
    expect(scene.order).toBe("ad");
    scene.editing.act("undo-delete");
    expect(scene.order).toBe("acd");
    scene.editing.act("undo-delete");
    expect(scene.order).toBe("abcd");
    scene.editing.act("undo-delete");
    expect(scene.sent.filter(({ type }) => type === "add-cell")).toEqual([
      { type: "add-cell", cellId: "c", kind: "code", source: "3", before: "d" },
      { type: "add-cell", cellId: "b", kind: "code", source: "2", before: "c" },
    ]);
  });

  test("of a cell with a draft brings back the draft", () => {
    const scene = new Scene({ a: "1" });
    scene.editing.type("a", "1, better");
    scene.editing.act("delete", "a");
    scene.editing.act("undo-delete");
    expect(scene.sources).toBe("a=1, better");
  });

  test("has a limit: the earliest cannot be brought back (promise 8)", () => {
    const count = MAX_DELETED + 1;
    const scene = new Scene(Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, ""])));
    for (let n = 0; n < count; n++) scene.editing.act("delete", `c${n}`);
    for (let n = 0; n < count; n++) scene.editing.act("undo-delete");
    expect(scene.editing.cells).toHaveLength(MAX_DELETED);
    expect(scene.order.startsWith("c1c2")).toBe(true);
  });

  test("by another page chooses the cell that is in its place", () => {
    const scene = new Scene({ a: "1", b: "2", c: "3" });
    scene.editing.select("b");
    scene.arrange({ a: "1", b: "2", c: "3" });
    scene.arrange({ a: "1", c: "3" });
    expect(scene.editing.state.selected).toBe("c");
  });
});

test("a command that failed is taken back, and said", () => {
  const scene = new Scene({ a: "1", b: "2" });
  scene.editing.act("move-down", "a");
  expect(scene.order).toBe("ba");
  scene.answer(1, "no such cell");
  expect(scene.order).toBe("ab");
  expect(scene.page.state.notices).toMatchObject([
    { title: "The cell was not moved", detail: "no such cell" },
  ]);
});

test.each([
  ["move-up", "c", "acb"],
  ["move-up", "a", "abc"],
  ["move-down", "a", "bac"],
  ["move-down", "b", "acb"],
  ["move-down", "c", "abc"],
] as const)("%s of %s", (action, cell, order) => {
  const scene = new Scene({ a: "1", b: "2", c: "3" });
  scene.editing.act(action, cell);
  expect(scene.order).toBe(order);
});

test("a cell becomes Markdown, and code again, under its id and in its place", () => {
  const scene = new Scene({ a: "1", b: "# 2", c: "3" });
  scene.editing.act("to-markdown", "b");
  expect(scene.order).toBe("abc");
  expect(scene.editing.cells[1]).toMatchObject({ kind: "markdown", source: "# 2" });
  expect(scene.editing.state.writing.has("b")).toBe(true);
  scene.editing.act("to-code", "b");
  expect(scene.editing.cells[1]).toMatchObject({ id: "b", kind: "code" });
});

test("the last cell's run adds another, and goes into its text", () => {
  const scene = new Scene({ a: "1" });
  scene.editing.act("run-and-go-on", "a");
  expect(scene.editing.cells).toHaveLength(2);
  expect(scene.editing.focus.take()).toMatchObject({ cellId: scene.editing.cells[1]?.id, at: "start" });
});

test("splitting leaves what is before the cursor, and adds what is after it", () => {
  const scene = new Scene({ a: "x = 1\n\ny = 2", b: "" });
  scene.editing.sources.set("a", { focus: () => {}, halves: ["x = 1\n", "\ny = 2"] });
  scene.editing.act("split", "a");
  expect(scene.editing.cells.map(({ source }) => source)).toEqual(["x = 1", "y = 2", ""]);
});

test("Markdown is never sent to be run", () => {
  const scene = new Scene({});
  const cells = [{ cell_id: "m", kind: "markdown", source: "# x", title: "", revision: 0 } as const];
  scene.say({ op: "notebook", seq: 0, name: "n.py", cells });
  scene.editing.goTo("m", "start");
  expect(scene.editing.state.writing.has("m")).toBe(true);
  scene.editing.act("run", "m");
  expect(scene.editing.state.writing.has("m")).toBe(false);
  expect(scene.sent).toEqual([]);
});

test("a cell that finished says how long it took", () => {
  const scene = new Scene({ a: "1" });
  const step = (message: CellMessage): Notification & NotebookMessage => ({
    op: "cell-lifecycle",
    seq: 0,
    cell_id: "a",
    message,
  });
  scene.say(step({ method: "running", elapsed: 0 }));
  scene.say(step({ method: "finished", status: "ok", elapsed: 1.5, count: 1 }));
  expect(scene.editing.cells[0]).toMatchObject({ phase: "ok", elapsed: 1.5 });
});

describe("where Python has stopped", () => {
  const stopped = () => {
    const scene = new Scene({ a: "1", b: "2" });
    scene.say({ op: "kernel", seq: 0, status: "dead", detail: "killed by signal 9" });
    scene.editing.select("a");
    return scene;
  };

  test.each(["run", "run-and-go-on", "run-and-add", "run-all", "run-stale"] as const)(
    "%s asks to start it, and does nothing else",
    (action) => {
      const scene = stopped();
      scene.editing.act(action);
      expect(scene.editing.state.dialog).toBe("start");
      expect(scene.sent).toEqual([]);
      expect([scene.order, scene.editing.state.selected]).toEqual(["ab", "a"]);
    },
  );

  test("what was typed is kept", () => {
    const scene = stopped();
    scene.editing.type("a", "10");
    scene.editing.act("run");
    expect(scene.sent).toEqual([{ type: "edit-cell", cellId: "a", source: "10", base: "1" }]);
  });

  test("Markdown is shown as ever", () => {
    const scene = stopped();
    scene.editing.act("to-markdown");
    scene.editing.act("run");
    expect(scene.editing.state.dialog).toBeNull();
    expect(scene.editing.state.writing.size).toBe(0);
  });
});
