import type { ModelOptions } from "../options.ts";
import type { LoadClassic } from "./classic.ts";

/** One output, as nbformat has it: `{output_type: "stream" | "display_data" | "execute_result" | "error", ...}`. */
export type OutputRecord = Readonly<Record<string, unknown>>;

/**
 * Shows the outputs of one view of ipywidgets' `Output`. It is called once for each view, with the element
 * to fill and the end of its life, and gives what is called with each new list.
 */
export type ShowOutputs = (
  el: HTMLElement,
  signal: AbortSignal,
) => (outputs: readonly OutputRecord[]) => void;

export interface RegistryOptions extends ModelOptions {
  /** Makes an address of `modules/HASH.js` or `.css`; as it stands, it is relative to the page's base. */
  readonly resolveUrl?: (url: string) => string;
  /** Fetches the text of a stylesheet. */
  readonly fetchText?: (url: string, signal: AbortSignal) => Promise<string>;
  /** Imports a module: for pages whose bundler or policy wants to do it itself. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Shows what an `Output` has captured; without it, its text and its widgets are shown. */
  readonly showOutputs?: ShowOutputs;
  /** Brings front-end code for classic ipywidgets; without it, such a widget says what it needs (L5). */
  readonly classic?: LoadClassic;
  /** Evaluate a module once for each model, as Jupyter does, and not once for each version (A15). */
  readonly isolateModules?: boolean;
  /** Someone develops widgets here: say on the console what would not work in other hosts either (E16). */
  readonly development?: boolean;
  /** For the `<style>` elements of a page whose Content-Security-Policy wants a nonce (J9). */
  readonly nonce?: string;
}
