/**
 * Markdown, with formulas. HTML in it is allowed and sanitised: nobody expects prose to run scripts.
 */

import DOMPurify from "dompurify";
import createMarkdown, { type MarkdownIt, type StateBlock, type StateInline } from "markdown-it";
import { formulaAt, typeset } from "./mathematics.ts";
import { type Renderer, textIn } from "./renderer.ts";

export const renderMarkdown: Renderer = (place) => drawMarkdown(place.el, textIn(place), place.signal);

export async function drawMarkdown(el: HTMLElement, source: string, signal: AbortSignal): Promise<void> {
  el.classList.add("prose");
  el.replaceChildren(DOMPurify.sanitize(htmlFrom(source), { RETURN_DOM_FRAGMENT: true }));
  for (const table of el.querySelectorAll("table")) wrapTable(table);
  await typeset(el, signal);
}

/** Not to be shown as it is: it may hold scripts. Formulas are `.math` elements with their TeX. */
export function htmlFrom(source: string): string {
  return MARKDOWN.render(source);
}

const MARKDOWN = createMarkdown({ html: true, linkify: true }).use(mathematics);

/** A wide table scrolls in a box of its own, also by keyboard. */
function wrapTable(table: HTMLTableElement): void {
  const box = document.createElement("div");
  box.className = "table-box";
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}

/** Formulas, found before Markdown can take their underscores and backslashes for its own. */
function mathematics(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "math", inlineRule);
  markdown.block.ruler.before("fence", "math", blockRule, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  markdown.renderer.rules.math = (tokens, index) => {
    const token = tokens[index];
    const classes = token?.markup === "display" ? "math math-display" : "math";
    return `<span class="${classes}">${markdown.utils.escapeHtml(token?.content ?? "")}</span>`;
  };
}

function inlineRule(state: StateInline, silent: boolean): boolean {
  const found = formulaAt(state.src, state.pos);
  if (!found || found.end > state.posMax) return false;
  if (!silent) {
    const token = state.push("math", "", 0);
    token.content = found.formula.tex;
    token.markup = found.formula.display ? "display" : "";
  }
  state.pos = found.end;
  return true;
}

/** A formula that begins a line and stands on lines of its own, blank lines in it included. */
function blockRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
  const found = formulaAt(state.src, start);
  if (!found?.formula.display) return false;
  let last = startLine;
  while (last < endLine && (state.eMarks[last] ?? 0) < found.end) last++;
  if (last >= endLine || state.src.slice(found.end, state.eMarks[last]).trim()) return false;
  if (silent) return true;
  const token = state.push("math", "", 0);
  token.block = true;
  token.content = found.formula.tex;
  token.markup = "display";
  token.map = [startLine, last + 1];
  state.line = last + 1;
  return true;
}
