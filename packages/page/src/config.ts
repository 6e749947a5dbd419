/** What the server says to a page in the page itself. */

export interface PageConfig {
  readonly mode: "run" | "edit" | "dev" | "mounted" | "static";
  readonly title: string;
}

/** Read `<script type="application/json" id="anyhost-config">`. A page without one is an app. */
export function readConfig(root: Document): PageConfig {
  const text = root.getElementById("anyhost-config")?.textContent;
  return { mode: "run", title: "", ...(text ? (JSON.parse(text) as Partial<PageConfig>) : {}) };
}
