import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import * as messaging from "@lumino/messaging";
import * as luminoWidgets from "@lumino/widgets";

/** Modules of this bundle that others are to use, and not to bring: there may be one `WidgetModel` only. */
export type SharedModules = ReadonlyMap<string, { readonly version: string; readonly module: object }>;

export type Exports = Readonly<Record<string, unknown>>;

/**
 * Loads the front end of a package that is not one of ipywidgets' own. Rejects when there is none; the error's
 * text is for people: it names the package, and says what was looked for.
 */
export type LoadPackage = (name: string, version: string, shared: SharedModules) => Promise<Exports>;

const SHARED: SharedModules = new Map([
  ["@jupyter-widgets/base", { version: "6.0.12", module: base }],
  ["@jupyter-widgets/controls", { version: "5.0.13", module: controls }],
  ["@lumino/messaging", { version: "2.0.5", module: messaging }],
  ["@lumino/widgets", { version: "2.10.0", module: luminoWidgets }],
]);

/** The classes of classic widgets, by the module and the name that a model's state gives. */
export class ClassicModules {
  readonly #load: LoadPackage;
  readonly #loading = new Map<string, Promise<Exports>>();

  constructor(load: LoadPackage) {
    this.#load = load;
  }

  async modelClass(module: string, version: string, name: string): Promise<typeof WidgetModel> {
    return (await this.#find(module, version, name)) as typeof WidgetModel;
  }

  async viewClass(module: string, version: string, name: string): Promise<typeof WidgetView> {
    return (await this.#find(module, version, name)) as typeof WidgetView;
  }

  async #find(module: string, version: string, name: string): Promise<unknown> {
    const exports = await this.#exportsOf(module, version);
    const found = exports[name];
    if (typeof found !== "function") throw new Error(`${module} ${version} has no ${name}`);
    return found;
  }

  #exportsOf(module: string, version: string): Promise<Exports> {
    const shared = SHARED.get(module);
    if (shared) return Promise.resolve(shared.module as Exports);
    const key = `${module} ${version}`;
    const known = this.#loading.get(key) ?? this.#load(module, version, SHARED);
    this.#loading.set(key, known);
    known.catch(() => this.#loading.delete(key)); // another attempt may do better
    return known;
  }
}
