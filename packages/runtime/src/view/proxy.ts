import type { Model } from "../model.ts";
import type { AnyModel } from "./afm.ts";
import type { Scope } from "./scope.ts";
import type { Widgets } from "./widgets.ts";

/**
 * A model as one `initialize` or `render` call sees it: AFM's members and no others (E1). They work
 * unbound (E2). What is registered through it ends with its scope (C10), and only that can be taken away
 * through it (F8).
 */
export function modelProxy(model: Model, scope: Scope, widgets: Widgets): AnyModel {
  const proxy: AnyModel = {
    get: (key) => model.get(key),
    set: (keyOrValues: string | Record<string, unknown>, value?: unknown) =>
      model.set(typeof keyOrValues === "string" ? { [keyOrValues]: value } : keyOrValues),
    save_changes: () => model.save(),
    // Jupyter's callbacks mean nothing here, whatever they are (H2).
    send: (content, _callbacks, buffers) => model.send(content, buffers ?? []),
    on: (names, callback) => {
      if (!scope.ended) model.events.on(names, callback, proxy);
    },
    off: (names, callback) => model.events.off(names, callback, proxy),
    widget_manager: {
      get_model: async (modelId) =>
        modelProxy(await widgets.waitForModel(modelId, scope.signal), scope, widgets),
      create_view: async (other) => createView(other, scope, widgets),
    },
  };
  if (widgets.development) warnOfBackbone(proxy, model.name);
  scope.onEnd(() => model.events.off(null, null, proxy));
  widgets.remember(proxy, model);
  return proxy;
}

/** What Jupyter's own models have beyond AFM, and widgets use by mistake: no other host gives it to them (E16). */
const BACKBONE = ["attributes", "listenTo", "model_id", "once", "stopListening", "trigger"];

function warnOfBackbone(proxy: AnyModel, widget: string): void {
  for (const name of BACKBONE) {
    const warn = () => console.warn(`[anywidget] ${widget}: model.${name} is no part of AFM, and not there`);
    Object.defineProperty(proxy, name, { get: warn, enumerable: false });
  }
}

/** An element in which the model shows as soon as its caller has put it into the document (E15). */
function createView(proxy: AnyModel, scope: Scope, widgets: Widgets): { el: HTMLElement; remove(): void } {
  const model = widgets.modelOf(proxy);
  if (!model) throw new TypeError("[anywidget] create_view needs a model, as get_model returns it");
  const removed = new AbortController();
  const el = document.createElement("div");
  void widgets.mount(model.id, el, AbortSignal.any([removed.signal, scope.signal]), []);
  return {
    el,
    remove: () => {
      removed.abort();
      el.remove();
    },
  };
}
