/**
 * `<any-view model-id="...">`: a view of a model, wherever it is put (promise 1: it is given an id and
 * nothing else).
 *
 * It renders into the light DOM (J10). Moved within the document it keeps its view: an element that is
 * taken out and put in again within one task was never gone. Attributes may change at any time.
 */

import type { Registry } from "@anyhost/runtime";

/** What the element needs of a registry. */
export type Mounts = Pick<Registry, "mount">;

/** One for all: an error keeps the stack that it was made on, and so the element, for as long as a widget keeps it. */
const REMOVED = new DOMException("the view is removed", "AbortError");

/** Define the element for this page. Its views come from `registry`. */
export function defineAnyView(registry: Mounts, name = "any-view"): void {
  customElements.define(name, anyViewFor(registry));
}

function anyViewFor(registry: Mounts): CustomElementConstructor {
  return class AnyView extends HTMLElement {
    static readonly observedAttributes = ["model-id"];

    #shown: { id: string; lifetime: AbortController } | null = null;

    connectedCallback(): void {
      this.#show();
    }

    disconnectedCallback(): void {
      queueMicrotask(() => {
        if (!this.isConnected) this.#leave();
      });
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#show();
    }

    #show(): void {
      const id = this.getAttribute("model-id");
      if (id === (this.#shown?.id ?? null)) return;
      this.#leave();
      if (!id) return;
      const lifetime = new AbortController();
      this.#shown = { id, lifetime };
      void registry.mount(id, this, { signal: lifetime.signal });
    }

    #leave(): void {
      this.#shown?.lifetime.abort(REMOVED);
      this.#shown = null;
    }
  };
}
