import type { ClassicPage, Model } from "@anyhost/runtime";
import {
  type DOMWidgetModel,
  type DOMWidgetView,
  type IModelOptions,
  type IWidgetManager,
  uuid,
  type WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import { LocalComm, ModelComm } from "./comm.ts";
import { GuestModel, GuestView } from "./guests.ts";
import type { ClassicModules } from "./modules.ts";
import { nameParts } from "./names.ts";
import { listeningUntilRemoved } from "./repairs.ts";
import { sanitizeInline } from "./sanitize.ts";

/** So long a model waits for another that it names (as in Jupyter); then it does without. */
const PATIENCE_MS = 2000;

/** Draws the formulas in the text of an element. */
export type Typeset = (el: HTMLElement) => void;

/**
 * What classic widgets know of their host. Each of the runtime's models has one classic model, made when a
 * view, a link or a parent needs it, and closed with it. Views are children of each other, and know their path.
 *
 * It is no `ManagerBase`: of that, all that opens comms, restores states and shows errors is the runtime's here, and
 * its sanitiser alone weighs as much as the controls.
 */
export class ClassicManager implements IWidgetManager {
  /** Where the controls look for what draws formulas. */
  readonly _rendermime: { readonly latexTypesetter: { readonly typeset: Typeset } };
  readonly #page: ClassicPage;
  readonly #modules: ClassicModules;
  readonly #models = new Map<string, Promise<WidgetModel>>();
  readonly #failures = new WeakMap<WidgetModel, unknown>();
  readonly #paths = new WeakMap<WidgetView, readonly string[]>();

  constructor(page: ClassicPage, modules: ClassicModules, typeset: Typeset) {
    this.#page = page;
    this.#modules = modules;
    this._rendermime = { latexTypesetter: { typeset } };
  }

  // ---- Models -----------------------------------------------------------------------------------------

  /** The classic model of one of the runtime's that is to have code of its own. Rejects when it cannot be made. */
  async open(model: Model): Promise<WidgetModel> {
    const before = await this.#models.get(model.id);
    if (before && this.#failures.has(before)) this.#models.delete(model.id);
    const made = await this.get_model(model.id);
    if (this.#failures.has(made)) throw this.#failures.get(made);
    return made;
  }

  /** The model of this id. One that cannot be made, or is not there, is a guest, whose view says why. */
  get_model(modelId: string): Promise<WidgetModel> {
    const known = this.#models.get(modelId);
    if (known) return known;
    const made = this.#make(modelId);
    this.#models.set(modelId, made);
    made.catch(() => this.#forget(modelId, made));
    return made;
  }

  has_model(modelId: string): boolean {
    return this.#models.has(modelId) || this.#page.openModels().some(({ id }) => id === modelId);
  }

  /**
   * All models, for packages that look for one of their own among them: `ManagerBase` has them by this name, and
   * ipyvuetify finds its theme there. Of ipywidgets' own it gets those that something has needed.
   */
  get _models(): Record<string, Promise<WidgetModel>> {
    for (const model of this.#page.openModels()) {
      const isForeign = !String(model.get("_model_module") ?? "").startsWith("@jupyter-widgets/");
      if (isForeign && !this.#page.draws(model)) void this.get_model(model.id);
    }
    return Object.fromEntries(this.#models);
  }

  register_model(modelId: string, made: Promise<WidgetModel>): void {
    this.#models.set(modelId, made);
    const forget = () => this.#forget(modelId, made);
    made.then((model) => model.once("destroy", forget), forget);
  }

  /** A model that only this page has: a page opens no widgets in Python. */
  async new_model(options: IModelOptions, state: Record<string, unknown> = {}): Promise<WidgetModel> {
    const id = options.model_id ?? uuid();
    const { model_module, model_module_version, model_name } = options;
    const made = this.#modules
      .modelClass(model_module, model_module_version, model_name)
      .then((Class) => this.#create(Class, id, state, new LocalComm(id)));
    this.register_model(id, made);
    return made;
  }

  new_widget(options: IModelOptions, state?: Record<string, unknown>): Promise<WidgetModel> {
    return this.new_model(options, state);
  }

  async #make(modelId: string): Promise<WidgetModel> {
    const until = AbortSignal.any([this.#page.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const model = await this.#page.waitForModel(modelId, until).catch(() => null);
    if (!model) return this.#absent(modelId);
    model.events.on("destroy", () => this.#models.delete(modelId), this);
    if (this.#page.draws(model)) return this.#connect(GuestModel, model);
    try {
      const text = (key: string) => String(model.get(key) ?? "");
      const [module, version] = [text("_model_module"), text("_model_module_version")];
      const Class = await this.#modules.modelClass(module, version, text("_model_name"));
      return await this.#connect(Class, model);
    } catch (error) {
      const guest = await this.#connect(GuestModel, model);
      this.#failures.set(guest, error);
      return guest;
    }
  }

  /** It is made anew when it opens after all. */
  #absent(modelId: string): WidgetModel {
    const comm = new LocalComm(modelId);
    const guest = new GuestModel({}, { model_id: modelId, widget_manager: this, comm });
    this.#failures.set(guest, new Error(`the widget ${modelId} was not there`));
    return guest;
  }

  async #connect(Class: typeof WidgetModel, model: Model): Promise<WidgetModel> {
    const comm = new ModelComm(model, (error) => {
      this.#page.report(model, "message", error);
      // It would stay as it is, and no later update would be applied.
      if (made) made.state_change = Promise.resolve();
    });
    let made: WidgetModel | undefined;
    try {
      made = await this.#create(Class, model.id, comm.state, comm);
    } catch (error) {
      comm.close();
      throw error;
    }
    this.#watch(made, model);
    if (model.closed) void made.close(true);
    return made;
  }

  /** What a view does not bear of an update is told to a person, and not only to the console (promise 9). */
  #watch(made: WidgetModel, model: Model): void {
    const apply = made.set_state;
    made.set_state = (state) => {
      const set = made.set.bind(made);
      const guarded = (...values: Parameters<typeof set>) => {
        try {
          return set(...values);
        } catch (error) {
          this.#page.report(model, "listener", error);
        }
      };
      Object.assign(made, { set: guarded });
      try {
        apply.call(made, state);
      } finally {
        Reflect.deleteProperty(made, "set"); // that of its class is there again
      }
    };
  }

  async #create(
    Class: typeof WidgetModel,
    modelId: string,
    state: Record<string, unknown>,
    comm: ModelComm | LocalComm,
  ): Promise<WidgetModel> {
    const values = await Class._deserialize_state(state as never, this);
    const made = new Class(values, { model_id: modelId, widget_manager: this, comm });
    made.name = String(state._model_name ?? "");
    made.module = String(state._model_module ?? "");
    return made;
  }

  #forget(modelId: string, made: Promise<WidgetModel>): void {
    if (this.#models.get(modelId) === made) this.#models.delete(modelId);
  }

  // ---- Views ------------------------------------------------------------------------------------------

  /** A view for a place of the runtime's own, within these models. Rejects when it cannot be drawn. */
  createView(model: WidgetModel, path: readonly string[]): Promise<WidgetView> {
    return this.#inOrder(model, () => this.#render(model, {}, path));
  }

  /** A view within another, `options.parent`. One that cannot be drawn says so in its place. */
  create_view<View extends WidgetView>(model: WidgetModel, options: ViewOptions = {}): Promise<View> {
    const outer = options.parent ? (this.#paths.get(options.parent) ?? []) : [];
    const path = [...outer, model.model_id];
    const isGuest = model instanceof GuestModel || outer.includes(model.model_id);
    const made = this.#inOrder(model, async () => {
      if (isGuest) return this.#renderGuest(model, outer);
      // The runtime shows it once more, as a view of its own, and with that what is wrong with it.
      return this.#render(model, options, path).catch(() => this.#renderGuest(model, outer));
    });
    return made as Promise<View>;
  }

  /** After the updates before it, and with those after it waiting. It is removed with its model. */
  #inOrder(model: WidgetModel, render: () => Promise<WidgetView>): Promise<WidgetView> {
    const id = uuid();
    const made = model.state_change.then(render);
    const drop = () => {
      if (model.views) delete model.views[id];
    };
    // Of no value: it would keep the view.
    model.state_change = made.then(() => {}, drop);
    if (model.views) model.views[id] = made;
    made.then((view) => view.once("remove", drop)).catch(() => {});
    return made;
  }

  async #render(model: WidgetModel, options: object, path: readonly string[]): Promise<WidgetView> {
    const [module, version, name] = ["_view_module", "_view_module_version", "_view_name"].map((key) =>
      String(model.get(key) ?? ""),
    ) as [string, string, string];
    const Class = await this.#modules.viewClass(module, version, name);
    const view = new Class({ model, options });
    this.#paths.set(view, path);
    view.listenTo(model, "destroy", view.remove);
    view.once("remove", () => letGo(view));
    try {
      await listeningUntilRemoved(view, () => view.render());
    } catch (error) {
      view.remove();
      throw error;
    }
    nameParts(view);
    return view;
  }

  #renderGuest(model: WidgetModel, path: readonly string[]): WidgetView {
    const view = new GuestView({ model: model as DOMWidgetModel, options: { page: this.#page, path } });
    view.listenTo(model, "destroy", view.remove);
    view.render();
    return view;
  }

  // ---- What widgets ask of any host ----------------------------------------------------------------

  /** pythreejs gives the objects that it makes by itself a comm by hand: only this page has them. */
  readonly comm_target_name = "jupyter.widget";

  async _create_comm(_target: string, modelId: string): Promise<LocalComm> {
    return new LocalComm(modelId);
  }

  callbacks(): object {
    return {};
  }

  async resolveUrl(url: string): Promise<string> {
    return url;
  }

  inline_sanitize(html: string): string {
    return sanitizeInline(html);
  }
}

interface ViewOptions {
  readonly parent?: WidgetView;
}

/** What a view that is removed leaves on its model, and the views of its layout and its style (promise 10). */
function letGo(view: WidgetView & Partial<Pick<DOMWidgetView, "layoutPromise" | "stylePromise">>): void {
  view.model.off(undefined, undefined, view);
  for (const made of [view.layoutPromise, view.stylePromise]) {
    void made?.then((child?: WidgetView) => child?.remove());
  }
}
