/** Classic scripts, run one at a time or together, and what each of them defines. */

/** One call of `define(id?, dependencies?, factory)`. */
export interface Definition {
  readonly id: string | null;
  /** Null: not given, so that a factory is called with `require`, `exports` and `module`. */
  readonly dependencies: readonly string[] | null;
  readonly factory: unknown;
}

export interface Ran {
  readonly script: HTMLScriptElement;
  readonly definitions: readonly Definition[];
}

/**
 * Scripts of bundles that a page runs now, with what each has defined. There is one `define` in a page, and there may
 * be several of us, of several servers, so that all of them find this by a symbol: to be kept as it is.
 */
interface Running {
  readonly scripts: Map<HTMLScriptElement, Definition[]>;
  /** Takes our `define` away again. */
  restore: (() => void) | null;
}

const RUNNING = Symbol.for("anyhost running bundles");

/**
 * Runs bundles as script elements. (To evaluate their text would need no `define` of the page; but a browser compiles
 * a script beside the page's own work, and keeps what came of it, and a Content-Security-Policy may forbid `eval`:
 * bundles are of 1 to 4 MB.)
 *
 * The `define` that they look for is seen by them alone: it is a property of the window while one of them loads, and
 * has a value only where the script that runs is one of ours. So a script of somebody else, in UMD form, is not
 * misled by it. In a page that has an AMD loader of its own, ours stands in front of it, and hands on what is not ours.
 */
export class Scripts {
  readonly #nonce: string;

  constructor(nonce = "") {
    this.#nonce = nonce;
  }

  /**
   * Rejects where the script cannot be fetched, or throws before it has defined anything. `ran` is called when it has
   * run, before any other script does.
   */
  async run(url: string, ran: () => void = () => {}): Promise<Ran> {
    const script = document.createElement("script");
    script.async = true;
    // A page of another origin than the server's gets a script only when it asks like this; cookies go to one's own.
    script.crossOrigin = "anonymous";
    if (this.#nonce) script.nonce = this.#nonce;
    script.src = url;
    script.addEventListener("load", ran, { once: true });
    const definitions: Definition[] = [];
    begin(script, definitions);
    try {
      const thrown = await executed(script);
      if (thrown !== undefined && !definitions.length) throw thrown;
      return { script, definitions };
    } finally {
      end(script);
    }
  }
}

function running(): Running {
  const page = window as typeof window & { [RUNNING]?: Running };
  page[RUNNING] ??= { scripts: new Map(), restore: null };
  return page[RUNNING];
}

function begin(script: HTMLScriptElement, definitions: Definition[]): void {
  const now = running();
  now.restore ??= install();
  now.scripts.set(script, definitions);
}

function end(script: HTMLScriptElement): void {
  const now = running();
  script.remove();
  now.scripts.delete(script);
  if (now.scripts.size) return;
  now.restore?.();
  now.restore = null;
}

function current(): Definition[] | undefined {
  const script = document.currentScript;
  return script instanceof HTMLScriptElement ? running().scripts.get(script) : undefined;
}

function install(): () => void {
  const page = window as unknown as { define?: unknown };
  const before = page.define;
  const define = Object.assign(
    (...given: unknown[]) => {
      const definitions = current();
      if (definitions) definitions.push(definitionOf(given));
      else if (typeof before === "function") before(...given);
    },
    { amd: {} },
  );
  if (before !== undefined) {
    page.define = define;
    return () => {
      if (page.define === define) page.define = before;
    };
  }
  let theirs: unknown;
  Object.defineProperty(page, "define", {
    configurable: true,
    enumerable: true,
    get: () => (current() ? define : theirs),
    set: (value: unknown) => {
      theirs = value;
    },
  });
  return () => {
    delete page.define;
    if (theirs !== undefined) page.define = theirs;
  };
}

/** Resolves when a script has run, with what it threw, if it did. */
function executed(script: HTMLScriptElement): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  let thrown: unknown;
  return new Promise<unknown>((resolve, reject) => {
    const note = ({ filename, error, message }: ErrorEvent) => {
      if (filename === script.src) thrown ??= error ?? new Error(message);
    };
    window.addEventListener("error", note, { signal });
    script.addEventListener("load", () => resolve(thrown), { signal });
    script.addEventListener("error", () => reject(new Error(`${script.src} could not be fetched`)), {
      signal,
    });
    document.head.append(script);
  }).finally(() => over.abort());
}

function definitionOf(given: unknown[]): Definition {
  const rest = [...given];
  const id = typeof rest[0] === "string" ? (rest.shift() as string) : null;
  const dependencies = Array.isArray(rest[0]) ? (rest.shift() as string[]) : null;
  return { id, dependencies, factory: rest[0] };
}
