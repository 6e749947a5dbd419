/**
 * Tells widgets that only listen to the window when their own width has changed: charts that are
 * first shown in a hidden place, for one (Q6). One observer for a page, so that a change of layout is one
 * event however many widgets it moves.
 */
export class Resizes {
  readonly #widths = new WeakMap<Element, number>();
  readonly #observer: ResizeObserver | null;

  constructor(signal: AbortSignal) {
    this.#observer = "ResizeObserver" in globalThis ? new ResizeObserver((all) => this.#changed(all)) : null;
    signal.addEventListener("abort", () => this.#observer?.disconnect(), { once: true });
  }

  observe(element: Element): void {
    this.#observer?.observe(element);
  }

  unobserve(element: Element): void {
    this.#observer?.unobserve(element);
  }

  #changed(entries: readonly ResizeObserverEntry[]): void {
    let moved = false;
    for (const { target, contentRect } of entries) {
      // Only the width: a widget sets its own height, and would be told of that for ever.
      const width = Math.round(contentRect.width);
      const before = this.#widths.get(target);
      this.#widths.set(target, width);
      moved ||= before !== undefined && before !== width;
    }
    if (moved) window.dispatchEvent(new Event("resize"));
  }
}
