/**
 * What Python says of each trait: its type there, and whether a page may write it. The kernel of `anyhost dev`
 * has a model of its own for that, the inspector (`kernel/inspector.py`), which is asked once for each widget.
 */

import type { Notification } from "@anyhost/protocol";
import type { Registry } from "@anyhost/runtime";
import type { Model } from "./tools.tsx";

export interface Described {
  /** As the author would write it in Python: `Int(min=0)`, `list[str]`. */
  readonly type: string;
  readonly help: string;
  readonly read_only: boolean;
}

type Traits = Readonly<Record<string, Described>>;

export class Descriptions {
  readonly #signal: AbortSignal;
  readonly #changed: () => void;
  readonly #inspectors = new Set<string>();
  readonly #traits = new Map<string, Traits>();
  /** How many keys a model had when it was asked about: a widget may get more. */
  readonly #asked = new Map<string, number>();

  constructor(signal: AbortSignal, changed: () => void) {
    this.#signal = signal;
    this.#changed = changed;
  }

  /** Whether this model is no widget's, but what is asked here. */
  isInspector(modelId: string): boolean {
    return this.#inspectors.has(modelId);
  }

  received(notification: Notification): void {
    if (notification.op !== "model-lifecycle") return;
    const { model_id, message } = notification;
    if (message.method === "open" && message.state._model_module === "anyhost")
      this.#inspectors.add(model_id);
    else if (message.method === "close") {
      this.#traits.delete(model_id);
      this.#asked.delete(model_id);
    }
  }

  /** What is known of a trait; `undefined` until Python has answered. */
  of(modelId: string, key: string): Described | undefined {
    return this.#traits.get(modelId)?.[key];
  }

  /** Ask about the models that are new. */
  ask(registry: Registry, models: readonly Model[]): void {
    const inspector = registry.modelIds
      .filter((id) => this.isInspector(id))
      .map((id) => registry.find(id))
      .at(-1);
    if (!inspector) return;
    for (const model of models) {
      const { id, keys } = model;
      if (this.#asked.get(id) === keys.length) continue;
      this.#asked.set(id, keys.length);
      // Without a signal it would be given up after 3 s; the cell that makes the widget may take longer (I5).
      const asked = inspector.invocations.invoke("describe", id, { signal: this.#signal });
      void asked.then(
        ([traits]) => {
          this.#traits.set(id, traits as Traits);
          this.#changed();
        },
        () => {}, // the model, or Python, is gone: nothing is left to describe
      );
    }
  }
}
