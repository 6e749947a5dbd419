import type { StyleSpec } from "@anyhost/protocol";
import type { Model } from "../model.ts";
import type { Phase } from "../options.ts";
import type { AnyModel } from "./afm.ts";
import type { WidgetBinding } from "./binding.ts";
import type { Classic } from "./classic.ts";
import type { Modules } from "./module.ts";
import type { ShowOutputs } from "./options.ts";
import type { Resizes } from "./resizes.ts";
import type { Styles } from "./styles.ts";
import type { View } from "./view.ts";

/** What the parts of one page's views share, and how one widget reaches another. */
export interface Widgets {
  readonly modules: Modules;
  readonly styles: Styles;
  readonly resizes: Resizes;
  readonly isolateModules: boolean;
  readonly development: boolean;
  readonly showOutputs: ShowOutputs | undefined;
  /** Front-end code for classic ipywidgets, loaded when it is first asked for; `null`: there is none. */
  readonly classic: (() => Promise<Classic>) | null;
  /** The text of a style, fetched once for each hash. */
  styleText(spec: StyleSpec): Promise<string>;
  /** The model of this id; rejects when it has not come within 10 s (D13). */
  waitForModel(modelId: string, signal: AbortSignal): Promise<Model>;
  find(modelId: string): Model | undefined;
  bindingOf(modelId: string): WidgetBinding | undefined;
  /** Show a model in an element, in a wrapper of its own; `path`: the models within which that is. */
  mount(modelId: string, el: HTMLElement, signal: AbortSignal, path: readonly string[]): Promise<void>;
  /** Which view has, or had last, the element that a widget was given. */
  readonly viewsAt: WeakMap<HTMLElement, View>;
  /** Whether a view of this model waits for it, or is there. */
  isMounted(modelId: string): boolean;
  /** Which model a proxy stands for: for `create_view`, which is given one. */
  modelOf(proxy: AnyModel): Model | undefined;
  remember(proxy: AnyModel, model: Model): void;
  report(model: Model, phase: Phase, error: unknown): void;
}
