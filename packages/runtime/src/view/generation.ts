import type { Model } from "../model.ts";
import type { Definition, Experimental } from "./afm.ts";
import { createHost } from "./host.ts";
import { modelProxy } from "./proxy.ts";
import { ending, Scope } from "./scope.ts";
import type { View } from "./view.ts";
import type { Widgets } from "./widgets.ts";

/**
 * One version of a module, bound to a model: `initialize` runs once, then `render` for each view.
 * It owns the scope of `initialize`; the scope of a `render` belongs to its view.
 */
export class Generation {
  readonly #model: Model;
  readonly #definition: Definition;
  readonly #widgets: Widgets;
  readonly #scope: Scope;
  #exports: object | undefined;

  constructor(model: Model, definition: Definition, widgets: Widgets) {
    this.#model = model;
    this.#definition = definition;
    this.#widgets = widgets;
    this.#scope = this.#createScope();
  }

  get ended(): boolean {
    return this.#scope.ended;
  }

  /** The very object that `initialize` returned, for other widgets (D5). */
  get exports(): object | undefined {
    return this.#exports;
  }

  /**
   * Run `initialize`. What comes too late, after `end`, is cleaned up at once (B12). When it throws, `end`
   * is still to be called, to take away what it has begun.
   */
  async initialize(): Promise<void> {
    const scope = this.#scope;
    try {
      const result: unknown = await this.#definition.initialize?.(this.#props(scope));
      if (typeof result === "function") scope.cleanUpWith(result as () => unknown);
      else if (typeof result === "object" && result !== null) this.#exports = result;
    } catch (error) {
      if (!scope.ended) throw error; // else it was told to stop, and did
    }
  }

  /** The scope of one rendering; whoever asks for it ends it. */
  createRendering(): Scope {
    return this.#createScope();
  }

  /** Run `render` in an element. When it throws, its scope ends: nothing half-built stays (C11). */
  async render(el: HTMLElement, scope: Scope, view: View): Promise<void> {
    const host = createHost(view, scope, this.#widgets);
    try {
      const result: unknown = await this.#definition.render?.({ ...this.#props(scope), el, host });
      if (typeof result === "function") scope.cleanUpWith(result as () => unknown);
    } catch (error) {
      if (scope.ended) return; // it was told to stop, and did
      await scope.end(ending("render() has failed"));
      throw error;
    }
  }

  /** End `initialize`: its signal, its cleanup, its listeners. */
  end(reason: Error): Promise<void> {
    return this.#scope.end(reason);
  }

  #props(scope: Scope) {
    const { invocations } = this.#model;
    const experimental: Experimental = {
      invoke: async <T>(...asked: Parameters<Experimental["invoke"]>) =>
        (await invocations.invoke(...asked)) as [T, DataView[]],
    };
    return { model: modelProxy(this.#model, scope, this.#widgets), signal: scope.signal, experimental };
  }

  #createScope(): Scope {
    return new Scope((error) => this.#widgets.report(this.#model, "cleanup", error));
  }
}
