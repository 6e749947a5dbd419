/** Mathematics: where it is in a text, and KaTeX, loaded when there is any. */

import { loadPart } from "./part.ts";

export interface Formula {
  readonly tex: string;
  readonly display: boolean;
}

/** What opens a formula, what closes it, and whether it stands on a line of its own. */
const DELIMITERS: readonly { open: string; close: string; display: boolean }[] = [
  { open: "$$", close: "$$", display: true },
  { open: "\\[", close: "\\]", display: true },
  { open: "\\(", close: "\\)", display: false },
  { open: "$", close: "$", display: false },
];

const ENVIRONMENT = /^\\begin\{([a-z]+\*?)\}/;

/** The formula that begins exactly at `at`, and where it ends; null where none does. */
export function formulaAt(text: string, at: number): { formula: Formula; end: number } | null {
  const environment = text[at] === "\\" ? ENVIRONMENT.exec(text.slice(at, at + 40)) : null;
  if (environment) {
    const close = `\\end{${environment[1]}}`;
    const end = text.indexOf(close, at) + close.length;
    if (end < close.length) return null;
    return { formula: { tex: text.slice(at, end), display: true }, end };
  }
  for (const { open, close, display } of DELIMITERS) {
    if (!text.startsWith(open, at)) continue;
    const start = at + open.length;
    const stop = closing(text, close, start);
    const tex = text.slice(start, stop);
    if (stop < 0 || !tex.trim() || (open === "$" && !isInline(tex, text[stop + 1]))) return null;
    return { formula: { tex, display }, end: stop + close.length };
  }
  return null;
}

/** A text as parts: what is no formula, and a place for each that is one. */
export function splitFormulas(text: string): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const found = formulaAt(text, at);
    if (!found) continue;
    parts.push(text.slice(from, at), placeFor(found.formula));
    from = found.end;
    at = from - 1;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Turns each `.math` element, which holds TeX as text, into a formula. */
export async function typeset(el: ParentNode, signal: AbortSignal): Promise<void> {
  const places = [...el.querySelectorAll<HTMLElement>(".math")];
  if (!places.length) return;
  const { drawFormula } = await loadPart(() => import("./katex.ts"), signal);
  if (signal.aborted) return;
  for (const place of places) {
    drawFormula(place, { tex: place.textContent ?? "", display: place.classList.contains("math-display") });
  }
}

/** An element for a formula that `typeset` has still to draw: without KaTeX its TeX can be read. */
export function placeFor({ tex, display }: Formula): HTMLElement {
  const place = document.createElement("span");
  place.className = display ? "math math-display" : "math";
  place.textContent = tex;
  return place;
}

function closing(text: string, close: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(close, at)) return at;
    if (text[at] === "\\") at++;
  }
  return -1;
}

/** As Pandoc has it: "$5 and $10" is about money, "$x$" about x. */
function isInline(tex: string, next: string | undefined): boolean {
  return !/^\s|\s$|\n\s*\n/.test(tex) && !/\d/.test(next ?? "");
}
