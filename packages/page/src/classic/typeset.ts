import { splitFormulas, typeset } from "../outputs/mathematics.ts";

/** Where a `$` is no mathematics, or a formula would get into what somebody writes. */
const LITERAL = "pre, code, textarea, input, script, style, .math";

/**
 * Draw the formulas that are in the text of an element, as Jupyter does it in labels and in `HTMLMath`. Returns whether
 * there are any.
 */
export function typesetText(el: HTMLElement, signal: AbortSignal): boolean {
  const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  let found = false;
  for (const text of texts) {
    if (text.parentElement?.closest(LITERAL)) continue;
    const parts = splitFormulas(text.data);
    if (parts.length === 1) continue;
    // In one element: a label is a row, whose items would lose the spaces between them.
    const line = document.createElement("span");
    line.append(...parts);
    text.replaceWith(line);
    found = true;
  }
  typeset(el, signal).catch(() => {}); // their TeX can be read
  return found;
}
