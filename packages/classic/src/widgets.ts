import type { Classic, ClassicPage, Definition, Model } from "@anyhost/runtime";
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { attach, connected, Sizes } from "./attachment.ts";
import { addIconFonts } from "./icons.ts";
import { ClassicManager, type Typeset } from "./manager.ts";
import { ClassicModules, type LoadPackage } from "./modules.ts";
import { repairControls } from "./repairs.ts";
import { STYLE } from "./style.ts";

export interface ClassicOptions {
  /** Loads packages that are not ipywidgets' own. */
  readonly load: LoadPackage;
  /** Draws the formulas in the text of an element. */
  readonly typeset: Typeset;
  /** There are views in this root until `signal` aborts, where the document's style of formulas has no effect. */
  readonly enterShadow?: (root: ShadowRoot, signal: AbortSignal) => void;
}

/**
 * Classic ipywidgets for the runtime: each of their models gets code as if it were an anywidget, whose
 * `initialize` makes the classic model, and whose `render` puts a classic view into its element.
 */
export class ClassicWidgets implements Classic {
  readonly style = STYLE;
  readonly #page: ClassicPage;
  readonly #manager: ClassicManager;
  readonly #sizes: Sizes;
  readonly #enterShadow: ClassicOptions["enterShadow"];

  constructor(page: ClassicPage, { load, typeset, enterShadow }: ClassicOptions) {
    repairControls();
    this.#page = page;
    this.#enterShadow = enterShadow;
    this.#manager = new ClassicManager(page, new ClassicModules(load), typeset);
    this.#sizes = new Sizes(page.signal);
    addIconFonts(page.signal);
  }

  async define(model: Model): Promise<Definition> {
    const widget = await this.#manager.open(model);
    return {
      render: async ({ el, signal }) => {
        if (!model.get("_view_name")) return; // it is not to be shown, such as a link (B11)
        el.classList.add("anyhost-classic");
        void this.#tellRoot(el, signal);
        const view = await this.#manager.createView(widget, this.#page.pathOf(el));
        if (signal.aborted) view.remove();
        else return attach(view as DOMWidgetView, el, this.#sizes, signal);
      },
    };
  }

  async #tellRoot(el: HTMLElement, signal: AbortSignal): Promise<void> {
    if (!this.#enterShadow || !(await connected(el, signal))) return;
    const root = el.getRootNode();
    if (root.nodeType !== Node.DOCUMENT_NODE) this.#enterShadow(root as ShadowRoot, signal);
  }
}
