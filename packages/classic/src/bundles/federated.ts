/**
 * A container of webpack's module federation, as JupyterLab's prebuilt extensions are: it is given modules to share, and
 * gives a plugin that registers its widgets with a registry.
 */

import type { Exports } from "../modules.ts";
import type { SharedModules } from "../shared.ts";
import type { FederatedBundle } from "./found.ts";
import type { Scripts } from "./scripts.ts";

interface Shared {
  readonly get: () => Promise<() => unknown>;
  readonly from: string;
  readonly loaded?: 1;
}

/** By name and version. A container that is initialised adds what it brings, for those that come after it. */
type ShareScope = Record<string, Record<string, Shared>>;

interface Container {
  init(scope: ShareScope): unknown;
  get(module: string): Promise<() => unknown>;
}

interface Token {
  readonly name: string;
}

interface Plugin {
  readonly requires?: readonly Token[];
  readonly optional?: readonly Token[];
  readonly activate?: (app: object, ...services: unknown[]) => unknown;
}

interface Registration {
  readonly name: string;
  readonly exports: unknown;
}

const REGISTRY = "jupyter.extensions.jupyterWidgetRegistry";

export class Containers {
  readonly #scripts: Scripts;
  readonly #scope: ShareScope = {};

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  /** What the container's plugins register, by the name of the module. Packages that it needs were loaded before. */
  async load(bundle: FederatedBundle, shared: SharedModules): Promise<Map<string, Exports>> {
    for (const [name, { version, module }] of shared) {
      this.#scope[name] ??= { [version]: { get: async () => () => module, from: "anyhost", loaded: 1 } };
    }
    let container: Container | undefined;
    const take = () => {
      container ??= taken(bundle.module);
    };
    for (const script of bundle.scripts) await this.#scripts.run(script, take);
    if (!container) throw new Error("it has run, and made no container of its name");
    await container.init(this.#scope);
    if (bundle.style) (await container.get("./style"))();
    const registered = new Map<string, Exports>();
    try {
      for (const plugin of plugins((await container.get("./extension"))())) {
        for (const { name, exports } of await activated(plugin)) registered.set(name, await settled(exports));
      }
    } catch (error) {
      throw explained(error);
    }
    return registered;
  }
}

/**
 * The container that a script has put into the page, which has one place for all of this name. Another host's classic
 * widgets may load theirs, to share other modules with it: so each is taken as soon as it is there.
 */
function taken(module: string): Container | undefined {
  const containers = (window as unknown as { _JUPYTERLAB?: Record<string, Container> })._JUPYTERLAB ?? {};
  const container = containers[module];
  delete containers[module];
  return container;
}

function plugins(module: unknown): readonly Plugin[] {
  const exported = (module as { default?: unknown }).default ?? module;
  return (Array.isArray(exported) ? exported : [exported]) as Plugin[];
}

/** Start a plugin with the one service that there is here. One that needs more of JupyterLab is not for us. */
async function activated({ requires = [], optional = [], activate }: Plugin): Promise<Registration[]> {
  const missing = requires.filter(({ name }) => name !== REGISTRY).map(({ name }) => name);
  const offered = [...requires, ...optional].some(({ name }) => name === REGISTRY);
  if (!offered) return [];
  if (missing.length) {
    throw new Error(`it is made for JupyterLab, and needs ${missing.join(" and ")} of it`);
  }
  const registrations: Registration[] = [];
  const registry = { registerWidget: (registration: Registration) => void registrations.push(registration) };
  await activate?.(
    {},
    ...[...requires, ...optional].map(({ name }) => (name === REGISTRY ? registry : null)),
  );
  return registrations;
}

/** Webpack's words for a module that neither the container brings nor anyone shares. */
function explained(error: unknown): unknown {
  const [, wanted] =
    /^Shared module (\S+) doesn't exist/.exec(error instanceof Error ? error.message : "") ?? [];
  if (!wanted) return error;
  return new Error(`it is made for JupyterLab alone, and needs ${wanted} of it`, { cause: error });
}

async function settled(exports: unknown): Promise<Exports> {
  return (await (typeof exports === "function" ? exports() : exports)) as Exports;
}
