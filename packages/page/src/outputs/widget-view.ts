import { modelOf } from "../app/notebook.ts";
import type { Renderer } from "./renderer.ts";

/** A model, named by its id and nothing else (promise 1). */
export const renderWidgetView: Renderer = ({ el, bundle }) => {
  const id = modelOf(bundle.data);
  if (id === null) throw new TypeError('expected {"model_id": "..."} to show a widget');
  const view = document.createElement("any-view");
  view.setAttribute("model-id", id);
  el.append(view);
};
