/**
 * The hosts whose widgets a page shows, and which view is whose.
 *
 * A page loads one script for each `WidgetHost`, and an element can be defined once: so the first script
 * defines `<any-view>` for all. They find each other by a symbol that all of them know; what is behind it is
 * kept small, since scripts of two servers may differ in their version.
 */

import { defineView, type Fill } from "../any-view.ts";

const HOSTS = Symbol.for("anyhost hosts");

/** What each script can do with what the first has put there. */
interface Hosts {
  /** A host is there; `base` is the address of its script's folder. */
  add(base: string, fill: Fill): void;
}

/** Add a host to this page. A second script of the same host does nothing. */
export function addHost(base: string, fill: Fill): void {
  const page = globalThis as typeof globalThis & { [HOSTS]?: Hosts };
  page[HOSTS] ??= new PageHosts();
  page[HOSTS].add(base, fill);
}

/** Views wait for their host; one that names none is the first one's. */
class PageHosts implements Hosts {
  readonly #hosts = new Map<string, Fill>();
  readonly #waiting = new Set<() => void>();

  constructor() {
    // Defined once the first host is there, since elements that are there already are filled at once.
    queueMicrotask(() =>
      defineView("any-view", ["name", "model-id", "host", "ticket"], this.#fill.bind(this)),
    );
  }

  add(base: string, fill: Fill): void {
    if (this.#hosts.has(base)) return;
    this.#hosts.set(base, fill);
    for (const tryAgain of [...this.#waiting]) tryAgain();
  }

  #fill(el: HTMLElement, signal: AbortSignal): void {
    const tryNow = () => {
      const fill = this.#hostOf(el);
      if (!fill) return;
      this.#waiting.delete(tryNow);
      fill(el, signal);
    };
    this.#waiting.add(tryNow);
    signal.addEventListener("abort", () => this.#waiting.delete(tryNow), { once: true });
    tryNow();
  }

  #hostOf(el: HTMLElement): Fill | undefined {
    const named = el.getAttribute("host");
    if (named === null) return this.#hosts.values().next().value;
    const base = new URL(named.endsWith("/") ? named : `${named}/`, document.baseURI);
    return this.#hosts.get(base.href);
  }
}
