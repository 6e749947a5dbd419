import { formulaAt, placeFor, typeset } from "./mathematics.ts";
import { type Renderer, textIn } from "./renderer.ts";

/** LaTeX as IPython shows it: text with formulas in it; without any delimiter all of it is one. */
export const renderLatex: Renderer = async (place) => {
  const text = textIn(place);
  place.el.classList.add("output-latex");
  const parts = split(text);
  const formulas = parts.some((part) => typeof part !== "string");
  place.el.append(...(formulas ? parts : [placeFor({ tex: text, display: true })]));
  await typeset(place.el, place.signal);
};

function split(text: string): (string | HTMLElement)[] {
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
