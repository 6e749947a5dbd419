/** Tells elements that they are, or will soon be, in sight: an editor that nobody sees is not made. */

/** How far beyond the edge of the window counts as in sight. */
const MARGIN = "900px 0px";

export class Viewport {
  readonly #observer: IntersectionObserver;
  readonly #watched = new Map<Element, () => void>();

  constructor(signal: AbortSignal) {
    this.#observer = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: MARGIN });
    signal.addEventListener("abort", () => this.#observer.disconnect(), { once: true });
  }

  /** Calls `near` once, when the element comes near, unless `signal` aborts before. */
  watch(el: Element, near: () => void, signal: AbortSignal): void {
    this.#watched.set(el, near);
    this.#observer.observe(el);
    signal.addEventListener("abort", () => this.#forget(el), { once: true });
  }

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      const near = this.#watched.get(target);
      this.#forget(target);
      near?.();
    }
  }

  #forget(el: Element): void {
    this.#watched.delete(el);
    this.#observer.unobserve(el);
  }
}
