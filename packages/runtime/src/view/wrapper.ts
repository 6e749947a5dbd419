import type { Model } from "../model.ts";
import type { Widgets } from "./widgets.ts";

const REFERENCE = "IPY_MODEL_";

/**
 * Apply what ipywidgets lets Python say about a view's outside, live: `layout`, `_dom_classes`,
 * `tooltip`, `tabbable` (Q1 to Q3). It goes on a wrapper, never on the widget's own element, so that host
 * and widget do not fight over that (Q5).
 */
export function decorate(wrapper: HTMLElement, model: Model, widgets: Widgets, signal: AbortSignal): void {
  let classes: string[] = [];
  const applyClasses = () => {
    wrapper.classList.remove(...classes);
    const value: unknown = model.get("_dom_classes");
    // One that is no token would throw, and take the others with it.
    classes = Array.isArray(value) ? value.filter((name) => /^\S+$/.test(String(name))).map(String) : [];
    wrapper.classList.add(...classes);
  };
  const applyTooltip = () => setAttribute(wrapper, "title", model.get("tooltip"));
  const applyTabbable = () => {
    const tabbable = model.get("tabbable");
    setAttribute(wrapper, "tabindex", typeof tabbable === "boolean" ? (tabbable ? "0" : "-1") : null);
  };
  listen(model, "change:_dom_classes", applyClasses, signal);
  listen(model, "change:tooltip", applyTooltip, signal);
  listen(model, "change:tabbable", applyTabbable, signal);
  followLayout(wrapper, model, widgets, signal);
  for (const apply of [applyClasses, applyTooltip, applyTabbable]) apply();
  widgets.resizes.observe(wrapper);
  signal.addEventListener("abort", () => widgets.resizes.unobserve(wrapper), { once: true });
}

/** The id of the model that an `IPY_MODEL_` reference names. */
export function referenced(value: unknown): string | null {
  return typeof value === "string" && value.startsWith(REFERENCE) ? value.slice(REFERENCE.length) : null;
}

/** The layout is a model of its own, which Python may change, or replace by another. */
function followLayout(wrapper: HTMLElement, model: Model, widgets: Widgets, signal: AbortSignal): void {
  let current = new AbortController();
  let applied: string[] = [];
  const follow = async () => {
    current.abort();
    current = new AbortController();
    const still = AbortSignal.any([current.signal, signal]);
    const modelId = referenced(model.get("layout"));
    const layout = modelId && (await widgets.waitForModel(modelId, still).catch(() => null));
    if (still.aborted) return;
    const apply = () => {
      for (const name of applied) wrapper.style.removeProperty(name);
      applied = layout ? setStyle(wrapper, layout) : [];
    };
    if (layout) listen(layout, "change", apply, still);
    apply();
  };
  listen(model, "change:layout", () => void follow(), signal);
  void follow();
}

/** A layout's keys are the names of CSS properties, with underscores; `null` is what is not set. */
function setStyle(wrapper: HTMLElement, layout: Model): string[] {
  const names: string[] = [];
  for (const key of layout.keys) {
    const value = layout.get(key);
    if (key.startsWith("_") || typeof value !== "string") continue;
    const name = key.replaceAll("_", "-");
    wrapper.style.setProperty(name, value);
    names.push(name);
  }
  return names;
}

function setAttribute(wrapper: HTMLElement, name: string, value: unknown): void {
  if (typeof value === "string" && value) wrapper.setAttribute(name, value);
  else wrapper.removeAttribute(name);
}

function listen(model: Model, names: string, callback: () => void, signal: AbortSignal): void {
  const owner = {};
  model.events.on(names, callback, owner);
  signal.addEventListener("abort", () => model.events.off(null, null, owner), { once: true });
}
