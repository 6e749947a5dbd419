/** One AMD module: what it requires, and what its factory makes of that. */

import type { Exports } from "../modules.ts";
import type { Definition } from "./scripts.ts";

/** What a module is told of itself. */
export interface ModuleInfo {
  readonly id: string;
  /** The address of its script. */
  readonly uri: string;
}

const OWN = ["require", "exports", "module"] as const;

/** The modules that a definition requires of others, the loader's own three left out. */
export function requirements(definition: Definition): string[] {
  return named(definition).filter((name) => !(OWN as readonly string[]).includes(name));
}

/** Call the factory. `modules` has what it requires. Returns what the module exports. */
export function evaluate(
  definition: Definition,
  info: ModuleInfo,
  modules: ReadonlyMap<string, unknown>,
): Exports {
  const module = { ...info, exports: {} as Record<string, unknown> };
  const require = (name: string): unknown => {
    if (name === "module") return module;
    if (modules.has(name)) return modules.get(name);
    throw new Error(`it asks for "${name}" in a way that only RequireJS knows`);
  };
  const own: Record<string, unknown> = { require, exports: module.exports, module };
  const { dependencies, factory } = definition;
  if (typeof factory !== "function") return namespace(factory);
  const given = (dependencies ?? OWN).map((name) => (name in own ? own[name] : modules.get(name)));
  return namespace(factory(...given) ?? module.exports);
}

/** Where no dependencies are given, a factory asks for them by `require("name")`, and its text says which. */
function named({ dependencies, factory }: Definition): readonly string[] {
  if (dependencies) return dependencies;
  if (typeof factory !== "function" || !factory.length) return [];
  return Array.from(
    String(factory).matchAll(/\brequire\s*\(\s*["']([^"']+)["']\s*\)/g),
    (match) => match[1] ?? "",
  );
}

function namespace(exported: unknown): Exports {
  if ((typeof exported === "object" || typeof exported === "function") && exported !== null)
    return exported as Exports;
  throw new Error(`it exports ${String(exported)}, and no widgets`);
}
