import type { ClassicPage } from "@anyhost/runtime";
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { ModelComm } from "./comm.ts";

/**
 * A model that the runtime draws, as classic widgets see it: an anywidget, a box, an `Output`, one that could not
 * be made, or one that is not there. It has all that links and containers use of a Backbone model.
 */
export class GuestModel extends DOMWidgetModel {
  /** What is set goes to the runtime's model as it is, typed arrays included. */
  override sync(_method: string, _model: unknown, options: { attrs?: Record<string, unknown> } = {}): void {
    if (this.comm instanceof ModelComm) this.comm.write(options.attrs ?? {});
  }
}

/** How the runtime shows a model, and the models in which that is. */
export interface GuestOptions {
  readonly page: ClassicPage;
  readonly path: readonly string[];
}

/** A place within a classic view for whatever the runtime shows of a model: the view, or what is wrong with it. */
export class GuestView extends DOMWidgetView {
  #removed: AbortController | undefined;

  override render(): void {
    const { page, path } = this.options as GuestOptions;
    this.#removed = new AbortController();
    this.el.classList.add("anyhost-guest");
    const until = AbortSignal.any([this.#removed.signal, page.signal]);
    void page.mount(this.model.model_id, this.el, until, path);
  }

  override remove(): this {
    this.#removed?.abort();
    return super.remove();
  }

  // The runtime does this to the wrapper that it puts here (Q1 to Q3).
  override setLayout(): void {}
  override setStyle(): void {}
  override updateTooltip(): void {}
  override update_classes(): void {}
  override handle_message(): void {}
}
