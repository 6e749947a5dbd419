/** What the server says to a page in the page itself. */

import type { Timing } from "./timing.ts";

export interface PageConfig {
  readonly mode: "run" | "edit" | "dev" | "mounted" | "static";
  readonly title: string;
  /** What is to differ from `TIMING`. */
  readonly timing: Partial<Timing>;
}

/** Read `<script type="application/json" id="anyhost-config">`. A page without one is an app. */
export function readConfig(root: Document): PageConfig {
  const text = root.getElementById("anyhost-config")?.textContent;
  return { mode: "run", title: "", timing: {}, ...(text ? (JSON.parse(text) as Partial<PageConfig>) : {}) };
}
