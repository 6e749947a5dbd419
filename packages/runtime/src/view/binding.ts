import type { ModuleSpec, StyleSpec } from "@anyhost/protocol";
import type { Model } from "../model.ts";
import type { Phase } from "../options.ts";
import type { Binding } from "../registry.ts";
import type { Definition } from "./afm.ts";
import { boxDefinition } from "./boxes.ts";
import { isClassic } from "./classic.ts";
import type { Failure } from "./failure.ts";
import { Generation } from "./generation.ts";
import { couldNotFetch, ModuleError } from "./module.ts";
import { outputDefinition } from "./outputs.ts";
import { LentPlace, type Place } from "./place.ts";
import { ending } from "./scope.ts";
import type { StyleContent } from "./styles.ts";
import { View } from "./view.ts";
import type { Widgets } from "./widgets.ts";

/** Some kernels open a model empty and send its code a moment later (A20). */
const CODE_MS = 2000;

/**
 * A model's life in the page: which code it has, the generation of that code that runs, and its views.
 *
 * `#live` is the generation whose `initialize` has succeeded. `#failure` is what is wrong with the newest
 * code. Both may be there: code that cannot be loaded leaves the old running (K4). Neither: it comes.
 * Replacing code ends views before `initialize` (C6), waits for their cleanups (C12), and starts over
 * with the same state and the same views (K1). Of several replacements only the newest counts (K3).
 */
export class WidgetBinding implements Binding {
  readonly #model: Model;
  readonly #widgets: Widgets;
  readonly #settled: () => void;
  readonly #builtIn: Definition | null;
  readonly #views = new Set<View>();
  readonly #waiting = new Set<() => void>();
  #started = false;
  #closed: Error | null = null;
  #lost = false;
  #module: ModuleSpec | null = null;
  #style: StyleContent | null = null;
  #styleLoaded: Promise<void> = Promise.resolve();
  #styleAttempt = 0;
  /** A style that could not be fetched. */
  #unstyled: StyleSpec | null = null;
  #generation: Generation | null = null;
  #live: Generation | null = null;
  #failure: Failure | null = null;
  #pending = true;
  /** Grows with everything that makes an earlier load obsolete. */
  #attempt = 0;
  #codeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model, widgets: Widgets, settled: () => void) {
    this.#model = model;
    this.#widgets = widgets;
    this.#settled = settled;
    this.#builtIn = boxDefinition(model, widgets) ?? outputDefinition(model, widgets);
  }

  get pending(): boolean {
    return this.#pending && this.isWidget && !this.#closed;
  }

  get visible(): boolean {
    return this.#views.size > 0 || this.#widgets.isMounted(this.#model.id);
  }

  /** Whether it has front-end code, or will have: a layout has none (D12). */
  get isWidget(): boolean {
    return this.#hasCode || this.#model.get("_model_module") === "anywidget";
  }

  /** Whether classic ipywidgets draws it: it then sees to layout, classes and the count of views itself. */
  get isClassic(): boolean {
    const hasOther = this.#module !== null || this.#builtIn !== null;
    return !hasOther && this.#widgets.classic !== null && isClassic(this.#model);
  }

  get #hasCode(): boolean {
    return this.#module !== null || this.#builtIn !== null || this.isClassic;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    if (this.#hasCode) void this.#load();
    else if (this.isWidget) {
      const error = new ModuleError("it has no _esm: is the trait tagged with sync=True?");
      this.#codeTimer = setTimeout(() => void this.#fail("load", error), CODE_MS);
    }
  }

  replace(module: ModuleSpec | null, style: StyleSpec | null): void {
    if (style) this.#restyle(style);
    if (!module || module.url === this.#module?.url) return; // the same again is nothing new (K2)
    this.#module = module;
    if (this.#started) void this.#load();
  }

  rebind(): void {
    if (this.#started && this.#hasCode) void this.#load();
  }

  fail(error: unknown): void {
    void this.#fail("initialize", error);
  }

  reconnect(): void {
    if (this.#failure?.phase === "load" && couldNotFetch(this.#failure.error)) void this.#load();
    if (this.#unstyled) this.#restyle(this.#unstyled);
  }

  lose(): void {
    this.#lost = true;
    for (const view of this.#views) view.place.setLost(true);
  }

  close(reason: Error): void {
    this.#closed = reason;
    this.#attempt += 1;
    clearTimeout(this.#codeTimer);
    void this.#end(ending("the model has closed"), (view, why) => view.end(why));
    this.#views.clear();
    this.#announce();
  }

  /** The generation that runs, as soon as there is one; it survives replacements of the code (D16). */
  async ready(signal: AbortSignal): Promise<Generation> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#closed) throw this.#closed;
      if (this.#live) return this.#live;
      if (this.#failure) throw this.#failure.error; // at once, not when time is over (D15)
      await this.#change(signal);
    }
  }

  /** Show the model in a place of the host's own, until `signal` aborts or the model closes. */
  show(place: Place, signal: AbortSignal, path: readonly string[]): View {
    return this.#attach(new View(this.#model, place, this.#widgets, null, path), signal);
  }

  /** Show the model in an element of another widget's. Resolves when it has been rendered (D6). */
  async lend(el: HTMLElement, signal: AbortSignal, parent: View): Promise<void> {
    const { viewsAt } = this.#widgets;
    // A child that is on its way out of this element still has to clean up (C12).
    await viewsAt.get(el)?.ended;
    signal.throwIfAborted();
    const place: Place = new LentPlace(el, parent.place, () => viewsAt.get(el) === view);
    const view: View = new View(this.#model, place, this.#widgets, parent, parent.path);
    viewsAt.set(el, view);
    await this.#attach(view, signal).shown;
  }

  #attach(view: View, signal: AbortSignal): View {
    this.#views.add(view);
    if (this.#lost) view.place.setLost(true);
    const remove = () => {
      this.#views.delete(view);
      void view.end(signal.reason instanceof Error ? signal.reason : ending("the view is removed"));
    };
    if (signal.aborted || this.#closed) remove();
    else {
      signal.addEventListener("abort", remove, { once: true, signal: view.gone });
      if (this.#live) void this.#render(view, this.#live);
      else if (this.#failure) view.fail(this.#failure);
      else if (this.#started && !this.isWidget) this.#refuse(view);
    }
    return view;
  }

  async #render(view: View, generation: Generation): Promise<void> {
    view.place.warn(null);
    await view.render(generation, this.#style);
    if (this.#failure && this.#live === generation) view.place.warn(this.#failure);
  }

  /** A model of classic ipywidgets, for which there is no code here (L5); some have no view at all (B11). */
  #refuse(view: View): void {
    if (!this.#model.get("_view_name")) {
      view.blank();
      return;
    }
    const name = `${this.#model.get("_model_module")}.${this.#model.get("_model_name")}`;
    const error = new ModuleError(`needs classic ipywidgets runtime: ${name}`);
    view.fail({ widget: this.#model.name, phase: "load", error });
  }

  async #load(): Promise<void> {
    clearTimeout(this.#codeTimer);
    const attempt = ++this.#attempt;
    const isObsolete = () => attempt !== this.#attempt;
    let definition: Definition;
    try {
      [definition] = await Promise.all([this.#define(), this.#styleLoaded]);
    } catch (error) {
      if (!isObsolete()) await this.#fail("load", error);
      return;
    }
    if (isObsolete()) return;
    if (this.#generation || this.#failure)
      await this.#end(ending("the code of the widget is replaced"), (view, why) => view.stop(why));
    if (!isObsolete()) await this.#begin(definition);
  }

  async #define(): Promise<Definition> {
    if (this.#builtIn) return this.#builtIn;
    const module = this.#module;
    if (!module) return this.#defineClassic();
    const { modules, isolateModules } = this.#widgets;
    const isolated = isolateModules || this.#model.get("_anyhost_isolate") === true;
    const namespace = await modules.load(module, isolated ? this.#model.id : undefined);
    return modules.define(namespace, module, this.#model.name);
  }

  async #defineClassic(): Promise<Definition> {
    const classic = await this.#widgets.classic?.();
    if (!classic) throw new ModuleError("there is no front-end code for it");
    // As in Jupyter, where packages' own style comes later.
    this.#style = { text: classic.style, first: true };
    return classic.define(this.#model);
  }

  async #begin(definition: Definition): Promise<void> {
    const generation = new Generation(this.#model, definition, this.#widgets);
    this.#generation = generation;
    this.#failure = null;
    try {
      await generation.initialize();
    } catch (error) {
      if (this.#generation === generation && !this.#closed) await this.#fail("initialize", error);
      return;
    }
    if (generation.ended) return; // replaced or closed meanwhile
    this.#live = generation;
    this.#settle();
    for (const view of this.#views) void this.#render(view, generation);
  }

  /** End all views, then `initialize` (C6). From here on messages wait for the next one to settle. */
  async #end(reason: Error, endView: (view: View, reason: Error) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    this.#live = null;
    this.#pending = true;
    await Promise.all(Array.from(this.#views, (view) => endView(view, reason)));
    await generation?.end(reason);
  }

  /** The newest code cannot be used. Updates are applied all the same, so that other code can (L3, K5). */
  async #fail(phase: Phase, error: unknown): Promise<void> {
    this.#widgets.report(this.#model, phase, error);
    const generation = this.#generation;
    if (phase !== "load") {
      await this.#end(ending("the widget has failed"), (view, why) => view.stop(why));
      if (this.#generation !== generation || this.#closed) return; // other code has come meanwhile
    }
    const retry = () => void this.#load();
    this.#failure = { widget: this.#model.name, phase, error, retry };
    if (!generation || generation.ended) this.#settle();
    else this.#announce();
    for (const view of this.#views) {
      if (this.#live) view.place.warn(this.#failure);
      else view.fail(this.#failure);
    }
  }

  /** `initialize` has settled, one way or the other: messages flow (promise 5). */
  #settle(): void {
    this.#pending = false;
    this.#settled();
    this.#announce();
  }

  #restyle(spec: StyleSpec): void {
    const attempt = ++this.#styleAttempt;
    this.#unstyled = null;
    if (spec.text !== null) this.#setStyle({ text: spec.text });
    else if (spec.hash === null) this.#setStyle({ url: spec.url });
    else {
      this.#styleLoaded = this.#widgets.styleText(spec).then(
        (text) => {
          if (attempt === this.#styleAttempt) this.#setStyle({ text });
        },
        // Without its style a widget is still better than none at all.
        (error: unknown) => {
          if (attempt === this.#styleAttempt) this.#unstyled = spec;
          this.#widgets.report(this.#model, "load", error);
        },
      );
    }
  }

  #setStyle(content: StyleContent): void {
    const value = "url" in content ? content.url : content.text;
    if (this.#closed || (!value && !this.#style)) return;
    this.#style = content;
    for (const view of this.#views) view.restyle(content);
    this.#model.receive({ _css: value });
  }

  #announce(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}
