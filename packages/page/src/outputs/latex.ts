import { placeFor, splitFormulas, typeset } from "./mathematics.ts";
import { type Renderer, textIn } from "./renderer.ts";

/** LaTeX as IPython shows it: text with formulas in it; without any delimiter all of it is one. */
export const renderLatex: Renderer = async (place) => {
  const text = textIn(place);
  place.el.classList.add("output-latex");
  const parts = splitFormulas(text);
  const formulas = parts.some((part) => typeof part !== "string");
  place.el.append(...(formulas ? parts : [placeFor({ tex: text, display: true })]));
  await typeset(place.el, place.signal);
};
