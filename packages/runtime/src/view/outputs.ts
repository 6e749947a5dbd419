import type { Model } from "../model.ts";
import type { Definition } from "./afm.ts";
import type { OutputRecord, ShowOutputs } from "./options.ts";
import type { Widgets } from "./widgets.ts";

const VIEW = "application/vnd.jupyter.widget-view+json";

/**
 * Front-end code for ipywidgets' `Output`: shows what Python has captured, in the page's own way of showing
 * outputs, or as text and widgets where it has none. `null` for any other model.
 */
export function outputDefinition(model: Model, widgets: Widgets): Definition | null {
  if (model.get("_model_module") !== "@jupyter-widgets/output") return null;
  return {
    render: ({ model: proxy, el, signal }) => {
      const path = widgets.viewsAt.get(el)?.path ?? [];
      el.classList.add("anyhost-outputs");
      const begin = widgets.showOutputs ?? plainly(widgets, path);
      const show = begin(el, signal);
      const update = () => show(records(proxy.get("outputs")));
      proxy.on("change:outputs", update);
      update();
    },
  };
}

function records(value: unknown): readonly OutputRecord[] {
  const isRecord = (item: unknown): item is OutputRecord => typeof item === "object" && item !== null;
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** For a page that can show nothing but widgets. */
function plainly(widgets: Widgets, path: readonly string[]): ShowOutputs {
  return (el, signal) => {
    let shown = new AbortController();
    signal.addEventListener("abort", () => shown.abort(), { once: true });
    return (outputs) => {
      shown.abort();
      shown = new AbortController();
      el.replaceChildren();
      for (const output of outputs) {
        const data = record(output.data);
        const id = record(data[VIEW]).model_id;
        const slot = document.createElement(typeof id === "string" ? "div" : "pre");
        el.append(slot);
        if (typeof id === "string") void widgets.mount(id, slot, shown.signal, path);
        else slot.textContent = textOf(output, data["text/plain"]);
      }
    };
  };
}

function textOf(output: OutputRecord, plain: unknown): string {
  if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
  const text = output.output_type === "stream" ? output.text : plain;
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
