import katex from "katex";
import "katex/dist/katex.min.css";
import type { Formula } from "./mathematics.ts";

/** Draws a formula. TeX that KaTeX does not understand is shown as it is, in the colour of errors. */
export function drawFormula(el: HTMLElement, { tex, display }: Formula): void {
  katex.render(tex, el, {
    displayMode: display,
    throwOnError: false,
    errorColor: "var(--error)",
    strict: false,
  });
}
