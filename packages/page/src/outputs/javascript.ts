import { type Renderer, textIn } from "./renderer.ts";

/** IPython's `Javascript`: runs with `element`, the place of the output (trusted like HTML). */
export const renderJavaScript: Renderer = (place) => {
  new Function("element", textIn(place)).call(place.el, place.el);
};
