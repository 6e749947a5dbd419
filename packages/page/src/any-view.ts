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

/** Fills an element as its attributes say, until the signal is aborted. */
export type Fill = (el: HTMLElement, signal: AbortSignal) => void;

/** One for all: an error keeps the stack that it was made on, and so the element, for as long as a widget keeps it. */
const REMOVED = new DOMException("the view is removed", "AbortError");

/** Define the element for this page. Its views come from `registry`. */
export function defineAnyView(registry: Mounts, name = "any-view"): void {
  defineView(name, ["model-id"], (el, signal) => {
    const id = el.getAttribute("model-id");
    if (id) void registry.mount(id, el, { signal });
  });
}

/** Define an element that is filled anew when it comes into the document, and when one of these attributes changes. */
export function defineView(name: string, attributes: readonly string[], fill: Fill): void {
  customElements.define(name, viewElement(attributes, fill));
}

function viewElement(attributes: readonly string[], fill: Fill): CustomElementConstructor {
  return class AnyView extends HTMLElement {
    static readonly observedAttributes = attributes;

    #shown: { key: string; lifetime: AbortController } | null = null;

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
      const key = JSON.stringify(attributes.map((attribute) => this.getAttribute(attribute)));
      if (key === this.#shown?.key) return;
      this.#leave();
      const lifetime = new AbortController();
      this.#shown = { key, lifetime };
      fill(this, lifetime.signal);
    }

    #leave(): void {
      this.#shown?.lifetime.abort(REMOVED);
      this.#shown = null;
    }
  };
}
