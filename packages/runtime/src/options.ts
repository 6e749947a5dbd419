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

/** What models need of the page. */
export interface ModelOptions {
  readonly connection: Connection;
  /** Hears of every error in a widget's code. */
  readonly report?: (report: ErrorReport) => void;
}
