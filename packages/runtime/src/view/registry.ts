// SKELETON of the surface, for those who build on it: being written.
import type { ModelAck } from "@anyhost/protocol";
import type { RegistryOptions } from "../options.ts";

/** The models of one page, and their views. */
export declare class Registry {
  /** `signal` ends everything: views, models, listeners, styles. */
  constructor(options: RegistryOptions, signal: AbortSignal);
  /** The answer to a write; in order with the notifications around it. */
  handleAck(ack: ModelAck): void;
  /** A snapshot begins: models that are not in the list close. No `initialize` starts until `endSnapshot`. */
  beginSnapshot(modelIds: readonly string[]): void;
  endSnapshot(): void;
  /** Custom messages of these models were lost: invocations reject, the models are bound anew. */
  handleGap(modelIds: readonly string[]): void;
  /** The kernel is gone: invocations reject at once, writes stay in the page. */
  lose(reason: string): void;
  /** The connection is back: what was saved meanwhile is sent. After a snapshot, call `endSnapshot` first. */
  handleOnline(): void;
  /** While the kernel is busy, one update of a model is in flight at a time. */
  setKernelBusy(busy: boolean): void;
  /** One view. Resolves once the widget, or what is wrong, is shown; never rejects. `signal` removes it. */
  mount(modelId: string, el: HTMLElement, options: { signal: AbortSignal }): Promise<void>;
  /** Models that are open: for counting. */
  readonly modelIds: string[];
}
