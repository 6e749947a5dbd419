import type { StyleSpec } from "@anyhost/protocol";
import type { Model } from "../model.ts";
import { ModelRegistry } from "../registry.ts";
import type { AnyModel } from "./afm.ts";
import { BASE_STYLE } from "./base-style.ts";
import { WidgetBinding } from "./binding.ts";
import type { Classic, ClassicPage, LoadClassic } from "./classic.ts";
import { Modules } from "./module.ts";
import type { RegistryOptions } from "./options.ts";
import { PATIENCE_MS, within } from "./patience.ts";
import { OwnPlace } from "./place.ts";
import { Resizes } from "./resizes.ts";
import { type StyleRoot, Styles, styleRootOf } from "./styles.ts";
import type { View } from "./view.ts";
import type { Widgets } from "./widgets.ts";
import { decorate } from "./wrapper.ts";

/** The models of one page, what arrives for them, and their views. */
export class Registry extends ModelRegistry {
  readonly #signal: AbortSignal;
  readonly #widgets: Widgets;
  readonly #bindings = new WeakMap<Model, WidgetBinding>();
  readonly #mounted = new Map<string, number>();

  /** `signal` ends everything: models, views, listeners, styles. */
  constructor(options: RegistryOptions, signal: AbortSignal) {
    super(options, signal);
    this.#signal = signal;
    this.#widgets = this.#createWidgets(options);
  }

  /**
   * Show a model in an element, until `signal` aborts. The model may come later, or close and come
   * again; after 10 s without it the view says so. What goes wrong is shown in the element.
   *
   * Resolves once the widget, or a message instead of it, is there; never rejects. An element that is not
   * in the document yet is waited for (B9).
   */
  mount(modelId: string, el: HTMLElement, { signal }: { signal: AbortSignal }): Promise<void> {
    return this.#widgets.mount(modelId, el, signal, this.#pathTo(el));
  }

  /** The models within whose views an element is: one of them must not be shown in it again (D22). */
  #pathTo(el: HTMLElement): readonly string[] {
    for (let at = el.parentElement; at; at = at.parentElement) {
      const view = this.#widgets.viewsAt.get(at);
      if (view) return view.path;
    }
    return [];
  }

  protected override bind(model: Model, settled: () => void): WidgetBinding {
    const binding = new WidgetBinding(model, this.#widgets, settled);
    this.#bindings.set(model, binding);
    return binding;
  }

  #createWidgets(options: RegistryOptions): Widgets {
    const resolveUrl = options.resolveUrl ?? ((url: string) => new URL(url, document.baseURI).href);
    const fetching = options.fetchText ?? fetchText;
    const importModule = options.importModule ?? ((url: string) => import(/* @vite-ignore */ url));
    const fetchHere = (url: string) => fetching(url, this.#signal);
    const proxies = new WeakMap<AnyModel, Model>();
    return {
      modules: new Modules({ resolveUrl, importModule, fetchText: fetchHere }),
      styles: new Styles(options.nonce),
      resizes: new Resizes(this.#signal),
      isolateModules: options.isolateModules ?? false,
      development: options.development ?? false,
      showOutputs: options.showOutputs,
      classic: options.classic ? retried(options.classic, this.#classicPage()) : null,
      viewsAt: new WeakMap(),
      styleText: onceEach((spec) => fetchHere(resolveUrl(spec.url))),
      waitForModel: async (modelId, signal) => {
        const late = () => new Error(`[anywidget] widget model not found: ${modelId}`);
        return (
          this.find(modelId) ?? within(PATIENCE_MS, late, signal, (either) => this.wait(modelId, either))
        );
      },
      find: (modelId) => this.find(modelId),
      bindingOf: (modelId) => this.#bindingOf(modelId),
      mount: (modelId, el, signal, path) =>
        new Promise((resolve) => void this.#follow(modelId, el, signal, path, resolve)),
      isMounted: (modelId) => this.#mounted.has(modelId),
      modelOf: (proxy) => proxies.get(proxy),
      remember: (proxy, model) => proxies.set(proxy, model),
      report: (model, phase, error) => this.report(model, phase, error),
    };
  }

  #classicPage(): ClassicPage {
    return {
      signal: this.#signal,
      openModels: () => this.modelIds.flatMap((modelId) => this.find(modelId) ?? []),
      waitForModel: (modelId, signal) => this.#widgets.waitForModel(modelId, signal),
      draws: (model) => {
        const binding = this.#bindings.get(model);
        return binding?.isWidget === true && !binding.isClassic;
      },
      mount: (modelId, el, signal, path) => this.#widgets.mount(modelId, el, signal, path),
      pathOf: (el) => this.#widgets.viewsAt.get(el)?.path ?? [],
      report: (model, phase, error) => this.report(model, phase, error),
    };
  }

  #bindingOf(modelId: string): WidgetBinding | undefined {
    const model = this.find(modelId);
    return model && this.#bindings.get(model);
  }

  /** Follow a model through its openings and closings, in one place. */
  async #follow(
    modelId: string,
    el: HTMLElement,
    signal: AbortSignal,
    path: readonly string[],
    shown: () => void,
  ): Promise<void> {
    const life = AbortSignal.any([signal, this.#signal]);
    const place = new OwnPlace(el);
    const say = (text: string) => {
      place.say(text);
      shown();
    };
    const patience = setTimeout(
      say,
      PATIENCE_MS,
      `Waiting for the widget ${modelId}, which Python has not sent yet.`,
    );
    this.#countMount(modelId, 1);
    try {
      if (path.includes(modelId)) throw new Error(`circular: ${[...path, modelId].join(" > ")}`);
      while (!life.aborted) {
        const model = await this.wait(modelId, life);
        clearTimeout(patience);
        await this.#showUntilGone(model, place, life, path, shown);
      }
    } catch (error) {
      if (!life.aborted) say(String(error));
    } finally {
      clearTimeout(patience);
      this.#countMount(modelId, -1);
      if (life.aborted) place.remove();
      shown();
    }
  }

  async #showUntilGone(
    model: Model,
    place: OwnPlace,
    life: AbortSignal,
    path: readonly string[],
    shown: () => void,
  ): Promise<void> {
    const binding = this.#bindings.get(model);
    if (!binding) return;
    const base = this.#widgets.styles.mount(rootOf(place), { text: BASE_STYLE });
    const view: View = binding.show(place, life, path);
    // A classic view does to its own element what Python says about a view's outside.
    if (!binding.isClassic) decorate(place.wrapper, model, this.#widgets, view.gone);
    await view.shown.catch(() => {});
    shown();
    await aborted(view.gone);
    base.release();
  }

  #countMount(modelId: string, change: number): void {
    const count = (this.#mounted.get(modelId) ?? 0) + change;
    if (count) this.#mounted.set(modelId, count);
    else this.#mounted.delete(modelId);
  }
}

function rootOf(place: OwnPlace): StyleRoot {
  return styleRootOf(place.wrapper) ?? place.wrapper.ownerDocument;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.text();
}

/** What was loaded, loaded anew after it has failed. */
function retried(load: LoadClassic, page: ClassicPage): () => Promise<Classic> {
  let loading: Promise<Classic> | null = null;
  return () => {
    loading ??= load(page).catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** As many texts as the page has seen styles: no more than it has imported modules, which it cannot let go of. */
function onceEach(load: (spec: StyleSpec) => Promise<string>): (spec: StyleSpec) => Promise<string> {
  const texts = new Map<string, Promise<string>>();
  return (spec) => {
    const key = spec.hash ?? spec.url;
    const known = texts.get(key) ?? load(spec);
    texts.set(key, known);
    known.catch(() => texts.delete(key)); // another attempt may do better
    return known;
  };
}
