/** Errors in widgets' code, in the page. */

import type { ErrorReport } from "@anyhost/runtime";
import type { Page } from "./page.ts";

/** An error in a widget's code, where no view of the widget can show it. */
export function tell(page: Page, { widget, phase, error, modelId }: ErrorReport): void {
  const shown = phase === "load" || phase === "initialize" || phase === "render";
  if (shown && document.querySelector(`any-view[model-id="${CSS.escape(modelId)}"]`)) return;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  page.notice("error", `${widget}: error in ${phase === "message" ? "a message" : phase}`, detail);
}
