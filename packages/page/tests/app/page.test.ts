import type { CellError, NotebookInfo, SessionStart } from "@anyhost/protocol";
import { describe, expect, test } from "vitest";
import { announcement } from "../../src/app/announcement.ts";
import { MAX_NOTICES, Page } from "../../src/app/page.ts";
import { duration } from "../../src/app/words.ts";

const SESSION: SessionStart = {
  op: "session",
  seq: 0,
  session_id: "s1",
  mode: "run",
  protocol: 1,
  resumed: false,
  limits: { message: 1000 },
  model_ids: [],
  handled: null,
};
const NOTEBOOK: NotebookInfo = {
  op: "notebook",
  seq: 1,
  name: "demo.py",
  cells: [{ cell_id: "a", kind: "code", source: null, title: "", revision: 0 }],
};
const output = (value: string) =>
  ({
    op: "cell-lifecycle",
    seq: 2,
    cell_id: "a",
    message: {
      method: "output",
      data: { "text/plain": value },
      metadata: {},
      display_id: null,
      update: false,
      result: false,
    },
  }) as const;

function openPage() {
  const page = new Page({ mode: "run", title: "demo" }, () => {});
  page.beginSession(SESSION);
  page.apply(NOTEBOOK, 0);
  page.apply(output("old"), 0);
  page.endSnapshot();
  return page;
}

const shown = (page: Page) =>
  page.state.notebook.cells.flatMap(({ outputs }) =>
    outputs.map((each) => (each.kind === "data" ? each.data["text/plain"] : each.kind)),
  );

describe("a snapshot", () => {
  test("is shown as it comes where nothing was shown before", () => {
    const page = new Page({ mode: "run", title: "" }, () => {});
    page.beginSession(SESSION);
    page.apply(NOTEBOOK, 0);
    page.apply(output("first"), 0);
    expect(shown(page)).toEqual(["first"]);
  });

  test("replaces what is shown when it is whole, and not before", () => {
    const page = openPage();
    page.beginSession(SESSION);
    page.apply(NOTEBOOK, 0);
    page.apply(output("new"), 0);
    expect(shown(page)).toEqual(["old"]);
    page.endSnapshot();
    expect(shown(page)).toEqual(["new"]);
  });

  test("that was cut short leaves what was shown", () => {
    const page = openPage();
    page.beginSession(SESSION);
    page.apply(NOTEBOOK, 0);
    page.beginSession({ ...SESSION, resumed: true });
    expect(shown(page)).toEqual(["old"]);
  });

  test("of another session is told of, that of the same one is not", () => {
    const page = openPage();
    page.beginSession(SESSION);
    expect(page.state.notices).toEqual([]);
    page.beginSession({ ...SESSION, session_id: "s2" });
    expect(page.state.notices.map(({ title }) => title)).toEqual(["The notebook was started again"]);
  });
});

describe("notices", () => {
  test("the same one is counted, and the earliest go (promise 8)", () => {
    const page = openPage();
    page.notice("error", "w", "x");
    page.notice("error", "w", "x");
    expect(page.state.notices).toMatchObject([{ title: "w", times: 2 }]);
    for (let count = 0; count < MAX_NOTICES; count++) page.notice("error", "w", String(count));
    expect(page.state.notices).toHaveLength(MAX_NOTICES);
    page.dismiss(page.state.notices[0]?.id ?? -1);
    expect(page.state.notices).toHaveLength(MAX_NOTICES - 1);
  });
});

describe("announcements", () => {
  test("say when the connection is lost and back, when Python has stopped, and what failed", () => {
    const page = openPage();
    let before = page.state;
    const said = () => {
      const words = announcement(before, page.state);
      before = page.state;
      return words;
    };
    page.set({ link: { phase: "lost", problem: null } });
    expect(said()).toBe("Reconnecting…");
    page.set({ link: { phase: "back", problem: null } });
    expect(said()).toBe("Connected again");
    page.set({ link: { phase: "live", problem: null } });
    expect(said()).toBe("");
    const error: CellError = {
      method: "error",
      name: "E",
      value: "v",
      traceback: [],
      line: null,
      callback: false,
      cells: {},
    };
    page.apply({ op: "cell-lifecycle", seq: 3, cell_id: "a", message: error }, 0);
    expect(said()).toBe("Error in cell 1: E: v");
    page.apply(output("after"), 0);
    expect(said()).toBe("");
    page.apply({ op: "kernel", seq: 4, status: "dead", detail: "killed by signal 9" }, 0);
    expect(said()).toBe("Python has stopped. killed by signal 9");
  });
});

test.each([
  [0.52, "0.5 s"],
  [9.94, "9.9 s"],
  [12.9, "12 s"],
  [185, "3 min 05 s"],
  [7800, "2 h 10 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
