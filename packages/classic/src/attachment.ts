import type { DOMWidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

const CONNECTED_POLL_MS = 16;

/** Tells views when their size has changed: one observer for all of them. */
export class Sizes {
  readonly #widgets = new WeakMap<Element, Widget>();
  readonly #observer: ResizeObserver | null;

  constructor(signal: AbortSignal) {
    const tell = (entries: readonly ResizeObserverEntry[]) => {
      for (const { target } of entries) {
        const widget = this.#widgets.get(target);
        // What is in a tab that is closed has no size: bqplot would draw rectangles of less than nothing.
        const has = widget?.isAttached && target.getClientRects().length > 0;
        if (has) MessageLoop.postMessage(widget, Widget.ResizeMessage.UnknownSize);
      }
    };
    this.#observer = "ResizeObserver" in globalThis ? new ResizeObserver(tell) : null;
    signal.addEventListener("abort", () => this.#observer?.disconnect(), { once: true });
  }

  observe(widget: Widget): void {
    this.#widgets.set(widget.node, widget);
    this.#observer?.observe(widget.node);
  }

  unobserve(widget: Widget): void {
    this.#observer?.unobserve(widget.node);
  }
}

/**
 * Put a view into an element, and tell it when it is in the document, as Lumino does: only then it has its
 * layout, and draws what needs a size. An element that is in no document yet is waited for. Returns what takes it
 * away again, in or out of the document.
 */
export function attach(view: DOMWidgetView, el: HTMLElement, sizes: Sizes, signal: AbortSignal): () => void {
  const widget = view.luminoWidget;
  const enter = () => {
    Widget.attach(widget, el);
    sizes.observe(widget);
  };
  if (el.isConnected) enter();
  else void connected(el, signal).then((is) => is && enter());
  return () => {
    sizes.unobserve(widget);
    if (widget.isAttached) {
      // `Widget.detach` refuses what is out of the document already.
      MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
      widget.node.remove();
      MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
    }
    view.remove();
  };
}

/** Wait until an element is in a document; false: `signal` has aborted first. */
export async function connected(el: HTMLElement, signal: AbortSignal): Promise<boolean> {
  while (!el.isConnected && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, CONNECTED_POLL_MS));
  }
  return !signal.aborted;
}
