import type { Model } from "../model.ts";
import type { Failure } from "./failure.ts";
import type { Generation } from "./generation.ts";
import type { Place } from "./place.ts";
import { ending, type Scope } from "./scope.ts";
import { type MountedStyle, type StyleContent, type StyleRoot, styleRootOf } from "./styles.ts";
import type { Widgets } from "./widgets.ts";

const CONNECTED_POLL_MS = 16;

/**
 * One rendering of a model in one place, over all versions of its code: when the code is replaced, the
 * view stays and is rendered anew.
 */
export class View {
  readonly model: Model;
  readonly place: Place;
  /** The ids of the models in which this one is shown, from the outside, and its own (D22). */
  readonly path: readonly string[];
  /** Resolves once it has been rendered, or has ended before; rejects with what went wrong instead. */
  readonly shown: Promise<void>;
  readonly #widgets: Widgets;
  readonly #parent: View | null;
  readonly #show: { resolve(): void; reject(error: unknown): void };
  #rendering: Scope | null = null;
  #el: HTMLElement | null = null;
  #style: MountedStyle | null = null;
  #styleRoot: StyleRoot | null = null;
  #content: StyleContent | null = null;
  /** Grows with everything that makes an earlier `render` obsolete. */
  #attempt = 0;
  #ended: Promise<void> | null = null;
  readonly #gone = new AbortController();
  /** Whether it is to be counted here: a classic view counts itself. */
  readonly #counts: boolean;

  constructor(model: Model, place: Place, widgets: Widgets, parent: View | null, path: readonly string[]) {
    this.model = model;
    this.place = place;
    this.path = [...path, model.id];
    this.#widgets = widgets;
    this.#parent = parent;
    let show!: { resolve(): void; reject(error: unknown): void };
    this.shown = new Promise((resolve, reject) => {
      show = { resolve, reject };
    });
    this.#show = show;
    this.shown.catch(() => {}); // it has been reported, whether or not anyone waits
    model.events.on("msg:custom", (content: unknown) => this.#focus(content), this);
    this.#counts = !widgets.bindingOf(model.id)?.isClassic;
    this.#count(1);
  }

  /** Aborts when it has ended, and nothing of it is left. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** The promise of its end, once that has begun. */
  get ended(): Promise<void> | null {
    return this.#ended;
  }

  /** Render this version of the code, after what the version before it has to clean up (C12). */
  async render(generation: Generation, style: StyleContent | null): Promise<void> {
    const attempt = ++this.#attempt;
    const isObsolete = () => attempt !== this.#attempt || generation.ended;
    await this.#rendering?.end(ending("the view is rendered anew"));
    if (isObsolete()) return;
    const el = this.place.take();
    this.#el = el;
    this.#widgets.viewsAt.set(el, this);
    while (!this.#parent && !el.isConnected && !isObsolete()) await pause(CONNECTED_POLL_MS);
    if (isObsolete()) return;
    await this.#mountStyle(el, style);
    if (isObsolete()) return;
    const scope = generation.createRendering();
    this.#rendering = scope;
    try {
      await generation.render(el, scope, this);
      if (!isObsolete()) this.#show.resolve();
    } catch (error) {
      this.#widgets.report(this.model, "render", error);
      if (isObsolete()) return;
      const retry = () => void this.render(generation, this.#content);
      this.fail({ widget: this.model.name, phase: "render", error, retry });
    }
  }

  /** Stop what is shown, since its code is replaced or has failed. The view stays. */
  async stop(reason: Error): Promise<void> {
    const attempt = ++this.#attempt;
    await this.#rendering?.end(reason);
    if (attempt === this.#attempt) this.place.clear();
  }

  /** Say what is wrong, in the widget's place (L1). */
  fail(failure: Failure): void {
    this.#attempt += 1;
    this.place.fail(failure);
    this.#show.reject(failure.error);
  }

  /** There is nothing to show, and nothing wrong (B11). */
  blank(): void {
    this.#show.resolve();
  }

  /** Other style, at once (J4). */
  restyle(content: StyleContent | null): void {
    this.#content = content;
    this.#style?.replace(content);
  }

  /** End it, once: rendering, listeners, DOM, style, in that order (C5). */
  end(reason: Error): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  /** Where style must be for it to apply here; a child that is not in the document yet will be where its parent is. */
  #rootOf(el: HTMLElement): StyleRoot {
    return styleRootOf(el) ?? this.#parent?.styleRoot ?? el.ownerDocument;
  }

  get styleRoot(): StyleRoot | null {
    return this.#el && this.#rootOf(this.#el);
  }

  async #end(reason: Error): Promise<void> {
    this.#attempt += 1;
    await this.#rendering?.end(reason);
    this.model.events.off(null, null, this);
    this.place.warn(null);
    this.place.setLost(false);
    this.place.clear();
    this.#style?.release();
    this.#count(-1);
    this.#show.resolve();
    this.#letGo();
    this.#gone.abort(reason);
  }

  /** A widget that keeps its element for ever is not to keep the view, and the page around it, too (promise 10). */
  #letGo(): void {
    const { viewsAt } = this.#widgets;
    if (this.#el && viewsAt.get(this.#el) === this) viewsAt.delete(this.#el);
    this.#el = null;
    this.#rendering = null;
    this.#style = null;
  }

  async #mountStyle(el: HTMLElement, content: StyleContent | null): Promise<void> {
    const root = this.#rootOf(el);
    const before = this.#style;
    if (root !== this.#styleRoot) {
      this.#style = this.#widgets.styles.mount(root, content);
      this.#styleRoot = root;
      before?.release();
    } else if (content !== this.#content) {
      before?.replace(content);
    }
    this.#content = content;
    await this.#style?.ready;
  }

  /** How many views there are, for a widget that has asked (Q4). */
  #count(change: 1 | -1): void {
    const count = this.model.get("_view_count");
    if (!this.#counts || typeof count !== "number" || this.model.closed) return;
    this.model.set({ _view_count: count + change });
    this.model.save();
  }

  /** `DOMWidget.focus()` and `blur()` (H10). */
  #focus(content: unknown): void {
    const wanted = typeof content === "object" && content !== null && "do" in content ? content.do : null;
    if (wanted === "focus") this.#el?.focus();
    else if (wanted === "blur") this.#el?.blur();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
