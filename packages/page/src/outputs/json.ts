/** JSON as a tree that opens level by level. A level is built when it is first opened, so size costs nothing. */

import { metadataIn, type Renderer } from "./renderer.ts";

/** Children shown at once; the rest waits behind a button. */
const PAGE = 100;

export const renderJson: Renderer = (place) => {
  const { expanded, root } = metadataIn(place);
  const tree = document.createElement("div");
  tree.className = "json";
  const name = typeof root === "string" && root !== "root" ? root : null;
  tree.append(node(name, place.bundle.data[place.type], expanded === true, true));
  place.el.append(tree);
};

function node(name: string | null, value: unknown, expanded: boolean, first = false): HTMLElement {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    return leaf(name, value);
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const count = Object.keys(value).length;
  summary.append(...label(name), Array.isArray(value) ? `[${count}]` : `{${count}}`);
  details.append(summary);
  let built = false;
  const build = () => {
    if (built || !details.open) return;
    built = true;
    grow(details, Object.entries(value), expanded);
  };
  details.addEventListener("toggle", build);
  details.open = expanded || first;
  build();
  return details;
}

function grow(details: HTMLElement, entries: [string, unknown][], expanded: boolean): void {
  const page = entries.slice(0, PAGE).map(([key, value]) => node(key, value, expanded));
  details.append(...page);
  const rest = entries.slice(PAGE);
  if (!rest.length) return;
  const more = document.createElement("button");
  more.type = "button";
  more.textContent = `${rest.length} more`;
  more.addEventListener("click", () => {
    more.remove();
    grow(details, rest, expanded);
  });
  details.append(more);
}

function leaf(name: string | null, value: unknown): HTMLElement {
  const line = document.createElement("div");
  const text = document.createElement("span");
  text.className = `json-${value === null ? "null" : Array.isArray(value) ? "array" : typeof value}`;
  text.textContent = JSON.stringify(value);
  line.append(...label(name), text);
  return line;
}

function label(name: string | null): (Node | string)[] {
  if (name === null) return [];
  const key = document.createElement("span");
  key.className = "json-key";
  key.textContent = name;
  return [key, ": "];
}
