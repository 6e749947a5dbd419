import type { Plugin } from "vite";

/** A page that has no formulas does without KaTeX. A formula that is there all the same is shown as TeX. */
export function withoutKatex(): Plugin {
  return {
    name: "anyhost:without-katex",
    enforce: "pre",
    load(id) {
      return /\/src\/outputs\/katex\.ts$/.test(id) ? "export function drawFormula() {}" : null;
    },
  };
}
