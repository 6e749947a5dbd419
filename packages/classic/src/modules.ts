import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { SHARED, type SharedModules } from "./shared.ts";

export type Exports = Readonly<Record<string, unknown>>;

/**
 * Loads the front end of a package that is not one of ipywidgets' own. Rejects when there is none; the error's
 * text is for people: it names the package, and says what was looked for.
 */
export type LoadPackage = (name: string, version: string, shared: SharedModules) => Promise<Exports>;

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
