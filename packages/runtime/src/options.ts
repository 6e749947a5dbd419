import type { ModelRequest } from "@anyhost/protocol";

/**
 * The way to the kernel, injected: a socket, an in-memory pair, or nothing at all (a static page).
 *
 * What is sent keeps its order. Answers come through `Registry.handleAck`, never inside `send`.
 */
export interface Connection {
  /**
   * Send one message for one model; the answer names the returned command id. The message and its
   * buffers are the connection's own from here on. It queues while offline, and throws only when
   * the message can never be sent (it is over the limits).
   */
  send(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): number;
  /**
   * `false` while there is no way to the kernel: updates then wait, merged, in their model (R4) until
   * `Registry.handleOnline()`. A connection without this member is always online.
   */
  readonly online?: boolean;
}

/** Where in a widget's life an error came up. */
export type Phase = "load" | "initialize" | "render" | "listener" | "cleanup" | "message";

/** An error in a widget's own code, or in what it was sent. It is on the console already. */
export interface ErrorReport {
  readonly modelId: string;
  /** The widget's name, `package.module.Class`, or as much of it as is known. */
  readonly widget: string;
  readonly phase: Phase;
  readonly error: unknown;
}

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

export interface RegistryOptions {
  readonly connection: Connection;
  /** Makes an address of `modules/HASH.js` or `.css`; as it stands, it is relative to the page's base. */
  readonly resolveUrl?: (url: string) => string;
  /** Fetches the text of a stylesheet. */
  readonly fetchText?: (url: string, signal: AbortSignal) => Promise<string>;
  /** Imports a module: for pages whose bundler or policy wants to do it itself. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Shows what an `Output` has captured; without it, its text and its widgets are shown. */
  readonly showOutputs?: ShowOutputs;
  /** Hears of every error in a widget's code. */
  readonly report?: (report: ErrorReport) => void;
  /** Evaluate a module once for each model, as Jupyter does, and not once for each version (A15). */
  readonly isolateModules?: boolean;
  /** Someone develops widgets here: say on the console what would not work in other hosts either (E16). */
  readonly development?: boolean;
  /** For the `<style>` elements of a page whose Content-Security-Policy wants a nonce (J9). */
  readonly nonce?: string;
}
