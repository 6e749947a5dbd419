// A page with a registry, whose modules are objects of the test.

import { afterEach, beforeEach, vi } from "vitest";
import { type ErrorReport, handleModelLifecycle, Registry, type RegistryOptions } from "../../src/index.ts";
import { opened, RecordingConnection } from "../wire.ts";

// biome-ignore lint/suspicious/noExplicitAny: a widget's module is its own.
type Exports = any;

export interface Page {
  readonly registry: Registry;
  readonly connection: RecordingConnection;
  readonly reports: ErrorReport[];
  /** The specifiers that were imported. */
  readonly imports: string[];
  /** What the module of this name exports, or a function that makes it at each import. */
  define(name: string, exports: Exports): void;
  /** Open a model whose module exports `exports`. */
  open(modelId: string, exports: Exports, state?: Record<string, unknown>): void;
  /** Show a model in an element of its own in the document; `shown` resolves when it is there. */
  show(modelId: string): { el: HTMLElement; remove(): void; shown: Promise<void> };
  /** End everything. */
  close(): void;
}

const pages: Page[] = [];

/** Quiet consoles, and pages that end with their test. */
export function usePages(): void {
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
    vi.useRealTimers();
    vi.restoreAllMocks();
    document.body.replaceChildren();
  });
}

export function createPage(options: Partial<RegistryOptions> = {}): Page {
  const connection = new RecordingConnection();
  const reports: ErrorReport[] = [];
  const imports: string[] = [];
  const modules = new Map<string, Exports>();
  const life = new AbortController();
  const importModule = async (url: string) => {
    imports.push(url);
    const exports = modules.get(url.replace(/#.*/, "").replace(/^.*\/|\.js$/g, ""));
    return typeof exports === "function" ? exports() : exports;
  };
  const registry = new Registry(
    {
      connection,
      importModule,
      resolveUrl: (url) => `/base/${url}`,
      fetchText: async (url) => `/* ${url} */`,
      report: (report) => reports.push(report),
      ...options,
    },
    life.signal,
  );
  const page: Page = {
    registry,
    connection,
    reports,
    imports,
    define: (name, exports) => void modules.set(name, exports),
    open: (modelId, exports, state = {}) => {
      modules.set(modelId, exports);
      const module = { url: `modules/${modelId}.js`, hash: modelId };
      handleModelLifecycle(registry, opened(modelId, { ...WIDGET, ...state }, { module }));
    },
    show: (modelId) => {
      const el = document.createElement("div");
      document.body.append(el);
      const removed = new AbortController();
      const shown = registry.mount(modelId, el, { signal: removed.signal });
      return { el, shown, remove: () => removed.abort() };
    },
    close: () => life.abort(),
  };
  pages.push(page);
  return page;
}

/** What every widget has in its state (M5). */
export const WIDGET = {
  _model_module: "anywidget",
  _model_name: "AnyModel",
  _view_name: "AnyView",
  _anywidget_id: "pkg.Widget",
  _view_count: null,
};

/** Let everything that can happen without time passing happen. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 40; round++) await Promise.resolve();
}

export interface Deferred<T = unknown> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = unknown>(): Deferred<T> {
  let settle!: Omit<Deferred<T>, "promise">;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
