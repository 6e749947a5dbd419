import type { Model } from "../model.ts";
import type { Definition, RenderProps } from "./afm.ts";
import type { Widgets } from "./widgets.ts";
import { referenced } from "./wrapper.ts";

const KINDS: Readonly<Record<string, string>> = {
  BoxModel: "hbox",
  HBoxModel: "hbox",
  VBoxModel: "vbox",
  GridBoxModel: "gridbox",
};

/**
 * Front-end code for the boxes of ipywidgets, in which published widgets come wrapped. Their children are
 * views like any other: one that cannot be shown says so in its place, and the others are there.
 * `null` for a model that is no box.
 */
export function boxDefinition(model: Model, widgets: Widgets): Definition | null {
  if (model.get("_model_module") !== "@jupyter-widgets/controls") return null;
  const kind = KINDS[String(model.get("_model_name"))];
  return kind === undefined ? null : { render: (props) => renderBox(kind, props, widgets) };
}

interface Child {
  readonly slot: HTMLElement;
  readonly removed: AbortController;
}

function renderBox(kind: string, { model, el, signal }: RenderProps, widgets: Widgets): void {
  el.classList.add("anyhost-box", `anyhost-${kind}`);
  const path = widgets.viewsAt.get(el)?.path ?? [];
  let children = new Map<string, Child>();
  const update = () => {
    const before = children;
    children = new Map();
    for (const modelId of references(model.get("children"))) {
      // The same child may be there twice: it keeps its place by how often it has come.
      let key = modelId;
      while (children.has(key)) key += "+";
      children.set(key, before.get(key) ?? create(modelId));
      before.delete(key);
    }
    for (const { slot, removed } of before.values()) {
      removed.abort();
      slot.remove();
    }
    [...children.values()].forEach(({ slot }, index) => {
      // What is in its place stays: moving an element loses its focus, and reloads its frames.
      if (el.children[index] !== slot) el.insertBefore(slot, el.children[index] ?? null);
    });
  };
  const create = (modelId: string): Child => {
    const slot = document.createElement("div");
    slot.className = "anyhost-slot";
    el.append(slot);
    const removed = new AbortController();
    void widgets.mount(modelId, slot, AbortSignal.any([removed.signal, signal]), path);
    return { slot, removed };
  };
  const restyle = () => {
    const style: unknown = model.get("box_style");
    if (typeof style === "string" && style) el.dataset.boxStyle = style;
    else delete el.dataset.boxStyle;
  };
  model.on("change:children", update);
  model.on("change:box_style", restyle);
  restyle();
  update();
}

function references(value: unknown): string[] {
  return Array.isArray(value) ? value.map(referenced).filter((modelId) => modelId !== null) : [];
}
