// @vitest-environment happy-dom
import type { CellMessage } from "@anyhost/protocol";
import { PythonError } from "@anyhost/runtime";
import { afterEach, expect, test } from "vitest";
import { Page } from "../../src/app/page.ts";
import { tell } from "../../src/app/report.ts";
import { SESSION } from "../far-end.ts";

afterEach(() => void document.body.replaceChildren());

function opened() {
  const page = new Page({ mode: "run", title: "" }, () => {});
  page.beginSession(SESSION);
  const cells = [{ cell_id: "a", kind: "code", source: null, title: "", revision: 0 } as const];
  page.apply({ op: "notebook", seq: 0, name: "n.py", cells }, 0);
  return page;
}

function raisedAtCell(page: Page, value: string, callback = true): void {
  const message: CellMessage = {
    method: "error",
    name: "ValueError",
    value,
    traceback: [],
    line: 1,
    callback,
    cells: {},
  };
  page.apply({ op: "cell-lifecycle", seq: 0, cell_id: "a", message }, 0);
}

const report = (error: unknown) => ({ modelId: "m", widget: "app.W", phase: "message", error }) as const;
const told = (page: Page) => page.state.notices.map(({ title, detail }) => `${title} | ${detail}`);

test("what a callback in Python raised is told once: at its cell", () => {
  const page = opened();
  raisedAtCell(page, "no\nand a note");
  tell(page, report(new PythonError("ValueError: no")));
  expect(told(page)).toEqual([]);
});

test("what no cell shows is a notice, in Python's words", () => {
  const page = opened();
  raisedAtCell(page, "no", false); // by a run
  tell(page, report(new PythonError("ValueError: no")));
  tell(page, report(new PythonError("KeyError: 'x'")));
  expect(told(page)).toEqual([
    "app.W: error in a message | ValueError: no",
    "app.W: error in a message | KeyError: 'x'",
  ]);
});

test("an error of the page is never taken for one of Python", () => {
  const page = opened();
  raisedAtCell(page, "no");
  tell(page, report(new Error("ValueError: no")));
  expect(told(page)).toEqual(["app.W: error in a message | Error: ValueError: no"]);
});

test("an error that the view of the widget shows is no notice", () => {
  const page = opened();
  document.body.innerHTML = '<any-view model-id="m"></any-view>';
  tell(page, { ...report(new Error("x")), phase: "render" });
  expect(told(page)).toEqual([]);
});
