import type { Model } from "../model.ts";
import type { Phase } from "../options.ts";
import type { Definition } from "./afm.ts";

/** What front-end code for classic ipywidgets is given of the page in which it works. */
export interface ClassicPage {
  /** Its end. */
  readonly signal: AbortSignal;
  /** All models that are open, in the order in which they opened. */
  openModels(): Model[];
  /** The model of this id; rejects when it has not come within 10 s (D13). */
  waitForModel(modelId: string, signal: AbortSignal): Promise<Model>;
  /** Whether the runtime draws this model by itself: an anywidget, a box, an `Output`. */
  draws(model: Model): boolean;
  /** Show any model in an element, until `signal` aborts; `path`: the models within which that is (D22). */
  mount(modelId: string, el: HTMLElement, signal: AbortSignal, path: readonly string[]): Promise<void>;
  /** The models in which an element that was given to `render` is shown, from the outside, and its own. */
  pathOf(el: HTMLElement): readonly string[];
  /** Say what went wrong in a widget's code. */
  report(model: Model, phase: Phase, error: unknown): void;
}

/** Front-end code for the models of classic ipywidgets. */
export interface Classic {
  /** Style for all of its views, there for as long as one of them is. */
  readonly style: string;
  /** The code for one model. Rejects when there is none; the text says what was looked for. */
  define(model: Model): Promise<Definition>;
}

/** Loads it, when the first such model opens. It is called again after it has failed. */
export type LoadClassic = (page: ClassicPage) => Promise<Classic>;

/**
 * Whether a model without a module of its own has its code in a package of classic ipywidgets. Layouts and
 * styles have none to run: every anywidget has a layout, and is not to load anything for it. Nor have the host's own
 * (the inspector of `anyhost dev`), which only answer.
 */
export function isClassic(model: Model): boolean {
  const [module, name] = [model.get("_model_module"), model.get("_model_name")];
  return (
    typeof module === "string" &&
    typeof name === "string" &&
    module !== "anywidget" &&
    module !== "anyhost" &&
    module !== "@jupyter-widgets/base" &&
    !name.endsWith("StyleModel")
  );
}
