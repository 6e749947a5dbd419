/**
 * The front ends of classic widgets' packages in a page: each is found, loaded and evaluated once.
 *
 * Most come in two forms, and the server says which one there is (`src/anyhost/bundles/finding.py`). What they share
 * with the page (`@jupyter-widgets/base`, above all) is what the page's own classic widgets are made of, so that one
 * tree can hold both.
 */

import type { Exports, LoadPackage } from "../modules.ts";
import type { SharedModules } from "../shared.ts";
import { evaluate, requirements } from "./amd.ts";
import { broken, missing } from "./errors.ts";
import { Containers } from "./federated.ts";
import type { AmdBundle, FederatedBundle, FindBundle } from "./found.ts";
import { type Ran, Scripts } from "./scripts.ts";
import { withLuminoFirst } from "./styles.ts";
import { inSurroundings } from "./surroundings.ts";

export class Bundles {
  readonly #find: FindBundle;
  readonly #scripts: Scripts;
  readonly #containers: Containers;
  readonly #modules = new Map<string, Promise<Exports>>();
  /** Who waits for whom: a circle would wait for ever. */
  readonly #waiting = new Map<string, Set<string>>();

  /** `nonce`: for script elements of a page whose Content-Security-Policy wants one. */
  constructor(find: FindBundle, nonce = "") {
    this.#find = find;
    this.#scripts = new Scripts(nonce);
    this.#containers = new Containers(this.#scripts);
  }

  /**
   * The module that models name in `_model_module`. Whatever version they ask for, it is the one that is installed: the
   * Python package that makes them came with it. Rejects with a `BundleError`; another attempt begins anew.
   */
  readonly load: LoadPackage = (name, _version, shared) => this.#load(name, shared, []);

  #load(name: string, shared: SharedModules, requiredBy: readonly string[]): Promise<Exports> {
    const known = this.#modules.get(name);
    if (known) return known;
    const loading = this.#fetch(name, shared, requiredBy);
    this.#modules.set(name, loading);
    loading.catch(() => {
      if (this.#modules.get(name) === loading) this.#modules.delete(name);
    });
    return loading;
  }

  async #fetch(name: string, shared: SharedModules, requiredBy: readonly string[]): Promise<Exports> {
    const found = await this.#find(name);
    if (found.kind === "missing") throw missing(found, requiredBy);
    try {
      if (found.kind === "amd") return await this.#amd(found, shared, requiredBy);
      return await this.#federated(found, shared, requiredBy);
    } catch (error) {
      throw broken(name, found.entry, error);
    }
  }

  async #amd(bundle: AmdBundle, shared: SharedModules, requiredBy: readonly string[]): Promise<Exports> {
    let ran: Ran | undefined;
    for (const script of bundle.scripts) ran = await this.#scripts.run(script);
    const { script, definitions } = ran as Ran;
    // Without a name it is the module of the file; with names, the one of its own, or the last.
    const definition =
      definitions.find(({ id }) => id === null || id === bundle.module) ??
      definitions[definitions.length - 1];
    if (!definition) throw new Error("it has run, and defined no module");
    const modules = new Map<string, unknown>();
    for (const name of requirements(definition)) {
      modules.set(name, await this.#required(name, bundle.module, shared, requiredBy));
    }
    const info = { id: bundle.module, uri: script.src };
    return withLuminoFirst(() =>
      inSurroundings(script, bundle.root, () => evaluate(definition, info, modules)),
    );
  }

  async #required(
    name: string,
    by: string,
    shared: SharedModules,
    requiredBy: readonly string[],
  ): Promise<unknown> {
    const own = shared.get(name);
    if (own) return own.module;
    if (this.#reaches(name, by)) throw new Error(`"${by}" and "${name}" need each other`);
    const waits = this.#waiting.get(by) ?? new Set();
    this.#waiting.set(by, waits.add(name));
    try {
      return await this.#load(name, shared, [...requiredBy, by]);
    } finally {
      waits.delete(name);
    }
  }

  async #federated(
    bundle: FederatedBundle,
    shared: SharedModules,
    requiredBy: readonly string[],
  ): Promise<Exports> {
    for (const name of bundle.needs) {
      // What nobody has is perhaps not asked for; webpack says so where it is.
      await this.#required(name, bundle.module, shared, requiredBy).catch(() => {});
    }
    const registered = await this.#containers.load(bundle, shared);
    const module = registered.get(bundle.module);
    if (module) return module;
    const names = [...registered.keys()].join(", ") || "nothing";
    throw new Error(`it registers ${names}, and not "${bundle.module}"`);
  }

  #reaches(from: string, to: string, seen = new Set<string>()): boolean {
    if (from === to) return true;
    seen.add(from);
    return [...(this.#waiting.get(from) ?? [])].some(
      (next) => !seen.has(next) && this.#reaches(next, to, seen),
    );
  }
}
