/** A page without a network: scripts are texts by their addresses, and run as a browser would run them. */

import { vi } from "vitest";
import type { FindBundle, FoundBundle } from "../../src/bundles/index.ts";
import type { SharedModules } from "../../src/shared.ts";

export const ROOT = "http://host/bundles/stamp/";

/** `texts`: by address; `meanwhile`: runs while one loads. Returns the addresses that were run, in order. */
export function withScripts(texts: Readonly<Record<string, string>>, meanwhile = () => {}): string[] {
  const ran: string[] = [];
  vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
    for (const script of nodes as HTMLScriptElement[]) {
      queueMicrotask(() => {
        meanwhile();
        const text = texts[script.src];
        ran.push(script.src);
        if (text === undefined) script.dispatchEvent(new Event("error"));
        else {
          execute(text, script);
          script.dispatchEvent(new Event("load"));
        }
      });
    }
  });
  return ran;
}

function execute(text: string, script: HTMLScriptElement): void {
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => script });
  try {
    // As a script of the page: `define` and the like are what the window has.
    new Function("window", `with (window) {${text}\n}`)(window);
  } catch (error) {
    window.dispatchEvent(new ErrorEvent("error", { filename: script.src, error, message: String(error) }));
  } finally {
    Reflect.deleteProperty(document, "currentScript");
  }
}

/** Finds what is told, by module, and nothing else; `asked` has what it was asked for. */
export function finder(found: Readonly<Record<string, FoundBundle>>): FindBundle & { asked: string[] } {
  const asked: string[] = [];
  const find = async (module: string): Promise<FoundBundle> => {
    asked.push(module);
    return (
      found[module] ?? {
        kind: "missing",
        module,
        files: [`nbextensions/${module}/index.js`],
        folders: ["/opt"],
      }
    );
  };
  return Object.assign(find, { asked });
}

export function amd(module: string): FoundBundle {
  const entry = `nbextensions/${module}/index.js`;
  return { kind: "amd", module, entry, scripts: [ROOT + entry], root: ROOT };
}

export class WidgetModel {}
export const BASE = { WidgetModel };
export const SHARED: SharedModules = new Map([
  ["@jupyter-widgets/base", { version: "6.0.12", module: BASE }],
]);
