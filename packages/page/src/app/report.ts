/** Errors in widgets' code, in the page or in Python. */

import { type ErrorReport, PythonError } from "@anyhost/runtime";
import type { Notebook } from "./notebook.ts";
import type { Page } from "./page.ts";

/** An error in a widget's code, where neither a view of the widget nor its cell can show it. */
export function tell(page: Page, { widget, phase, error, modelId }: ErrorReport): void {
  const shown = phase === "load" || phase === "initialize" || phase === "render";
  if (shown && document.querySelector(`any-view[model-id="${CSS.escape(modelId)}"]`)) return;
  if (error instanceof PythonError && isShown(error.message, page.state.notebook)) return;
  const detail =
    error instanceof PythonError
      ? error.message
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : String(error);
  page.notice("error", `${widget}: error in ${phase === "message" ? "a message" : phase}`, detail);
}

/** Whether a cell says what Python raised: it is told of before the write that caused it is answered. */
function isShown(raised: string, { cells }: Notebook): boolean {
  const errors = cells.flatMap(({ outputs }) => outputs.filter((output) => output.kind === "error"));
  return errors.some(
    ({ callback, name, value }) => callback && raised.includes(`${name}: ${value.split("\n")[0]}`),
  );
}
