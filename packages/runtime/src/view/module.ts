import type { ModuleSpec } from "@anyhost/protocol";
import type { Definition } from "./afm.ts";

/** A widget's module cannot be used; the text says what is wrong, and what to do. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
}

export interface ModuleLoading {
  readonly resolveUrl: (url: string) => string;
  readonly importModule: (url: string) => Promise<unknown>;
  readonly fetchText: (url: string) => Promise<string>;
}

/** The front-end code of all widgets of a page: each address is imported once (promise 6, A14). */
export class Modules {
  readonly #loading: ModuleLoading;
  readonly #imports = new Map<string, Promise<unknown>>();
  /** A browser may remember that an import failed: another attempt needs another specifier (A22). */
  readonly #failures = new Map<string, number>();
  readonly #warned = new Set<string>();

  constructor(loading: ModuleLoading) {
    this.#loading = loading;
  }

  /** Import a module. `isolated`: evaluated apart for this name, though fetched once (A16). */
  async load(spec: ModuleSpec, isolated?: string): Promise<unknown> {
    // An author's own address is imported as it stands (A2); a fragment does no harm.
    const address = spec.hash === null ? spec.url : this.#loading.resolveUrl(spec.url);
    const url = isolated === undefined ? address : `${address}#${encodeURIComponent(isolated)}`;
    const known = this.#imports.get(url) ?? this.#import(url);
    this.#imports.set(url, known);
    try {
      return await known;
    } catch (error) {
      if (this.#imports.get(url) === known) {
        this.#imports.delete(url);
        this.#failures.set(url, (this.#failures.get(url) ?? 0) + 1);
      }
      throw await this.#explained(error, spec, address);
    }
  }

  /** What a module defines for one model: a factory is called, once for each model (A6). */
  async define(namespace: unknown, spec: ModuleSpec, widget: string): Promise<Definition> {
    const exported = namespace as Record<string, unknown>;
    if ("default" in exported) return checked(await made(exported.default));
    const { initialize, render } = exported;
    if (typeof initialize !== "function" && typeof render !== "function") {
      throw new ModuleError(`${WANTED} It exports ${list(Object.keys(exported))}.`);
    }
    if (!this.#warned.has(spec.url)) {
      this.#warned.add(spec.url);
      console.warn(deprecation(widget));
    }
    return checked({ ...(initialize ? { initialize } : {}), ...(render ? { render } : {}) });
  }

  #import(url: string): Promise<unknown> {
    const failures = this.#failures.get(url);
    if (!failures) return this.#loading.importModule(url);
    return this.#loading.importModule(`${url}${url.includes("#") ? "-" : "#"}retry-${failures}`);
  }

  async #explained(error: unknown, spec: ModuleSpec, address: string): Promise<unknown> {
    const text = error instanceof Error ? error.message : String(error);
    if (/\bprocess is not defined/.test(text)) {
      const remedy = "define process.env.NODE_ENV when you bundle it";
      return new ModuleError(`${text}: the module was built for Node (${remedy})`, { cause: error });
    }
    if (spec.hash === null) {
      return new ModuleError(`cannot import ${spec.url}: ${text}`, { cause: error });
    }
    const source = withoutName(await this.#loading.fetchText(address).catch(() => ""));
    if (!isAddress(source)) return error;
    const remedy = "use pathlib.Path for a file, or an http(s) address";
    const shown = source.length > 100 ? `${source.slice(0, 100)}…` : source;
    return new ModuleError(`_esm looks like a path/URL, not code: ${shown} (${remedy})`, { cause: error });
  }
}

/** Whether an import failed for want of the file, and not by what is in it: so the browsers say it. */
export function couldNotFetch(error: unknown): boolean {
  return (
    error instanceof TypeError && /dynamically imported module|module script failed/i.test(error.message)
  );
}

const WANTED = "[anywidget] module must export a default function or object.";
const LEARN = "See https://anywidget.dev/en/afm";

/** The text as its author wrote it: the server adds a line that names it for stack traces. */
function withoutName(source: string): string {
  return source.replace(/^\/\/# sourceURL=.*$/gm, "").trim();
}

/** Whether a text that does not parse was meant as the place of the code (A4). */
function isAddress(source: string): boolean {
  if (source.includes("\n")) return false;
  return /^((data|blob|file):|\.{0,2}\/[\w.@-])/.test(source) || /^\S+\.[cm]?jsx?$/.test(source);
}

async function made(exported: unknown): Promise<unknown> {
  if (typeof exported !== "function") {
    if (typeof exported === "object" && exported !== null) return exported;
    throw new ModuleError(`${WANTED} It exports ${described(exported)} as default. ${LEARN}`);
  }
  const definition: unknown = await exported();
  if (typeof definition === "object" && definition !== null) return definition;
  const text = "the default function must return an object { initialize?, render? }";
  throw new ModuleError(`[anywidget] ${text}, it returned ${described(definition)}. ${LEARN}`);
}

function checked(definition: unknown): Definition {
  for (const hook of ["initialize", "render"] as const) {
    const value = (definition as Record<string, unknown>)[hook];
    if (value === undefined || value === null || typeof value === "function") continue;
    throw new ModuleError(`[anywidget] ${hook} must be a function, it is ${described(value)}. ${LEARN}`);
  }
  return definition as Definition;
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "function" || typeof value === "object"
    ? `a ${typeof value}`
    : `${JSON.stringify(value) ?? String(value)} (a ${typeof value})`;
}

function list(names: string[]): string {
  return names.length ? `only ${names.join(", ")}` : "nothing";
}

function deprecation(widget: string): string {
  return [
    `[anywidget] Deprecation Warning for ${widget}: Direct export of a 'render' will likely be deprecated`,
    "in the future. Export it as default instead: `export default { render }`.",
    "To learn more, please see #395: https://github.com/manzt/anywidget/pull/395",
  ].join(" ");
}
