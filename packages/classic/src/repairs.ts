import { DOMWidgetView, type WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { AccordionView, ControllerModel, DescriptionView } from "@jupyter-widgets/controls";

/*
 * What is wrong with the published controls, put right in this bundle's copy of them, also for the packages that
 * extend them. Each says what it would be otherwise.
 */

const repaired = new WeakSet<object>();

/** Once for the bundle, however many pages use it. */
export function repairControls(): void {
  once(WidgetView, () => {
    const { initialize } = WidgetView.prototype;
    WidgetView.prototype.initialize = function (this: WidgetView, parameters) {
      listeningUntilRemoved(this, () => initialize.call(this, parameters));
    };
  });
  once(DOMWidgetView, () => {
    DOMWidgetView.prototype.updateTooltip = explain;
  });
  once(DescriptionView, () => {
    DescriptionView.prototype.updateTooltip = describe;
  });
  once(AccordionView, () => {
    const { render, remove } = AccordionView.prototype;
    const observers = new WeakMap<AccordionView, MutationObserver>();
    AccordionView.prototype.render = function (this: AccordionView) {
      render.call(this);
      observers.set(this, followHeaders(this.el));
    };
    AccordionView.prototype.remove = function (this: AccordionView) {
      observers.get(this)?.disconnect();
      remove.call(this);
    };
  });
  once(ControllerModel, () => {
    const { wait_loop, update_loop } = ControllerModel.prototype;
    ControllerModel.prototype.setup = equip;
    ControllerModel.prototype.wait_loop = whileOpen(wait_loop);
    ControllerModel.prototype.update_loop = whileOpen(update_loop);
  });
}

function once(Class: object, repair: () => void): void {
  if (repaired.has(Class)) return;
  repaired.add(Class);
  repair();
}

/**
 * Views register listeners on their model that nobody takes away, and so the model keeps them for ever (each of
 * them its `msg:custom`). Those registered within `work` go when the view is removed.
 */
export function listeningUntilRemoved<T>(view: WidgetView, work: () => T): T {
  const { model } = view;
  const on = model.on as (name: string, callback: () => void, context?: unknown) => WidgetModel;
  const listen: typeof on = (name, callback, context) => {
    if (context || typeof name !== "string") return on.call(model, name, callback, context);
    view.listenTo(model, name, callback);
    return model;
  };
  Object.assign(model, { on: listen });
  try {
    return work();
  } finally {
    Reflect.deleteProperty(model, "on"); // that of its class is there again
  }
}

/** What has a tooltip and cannot have a description, a box or a picture, would not be drawn at all. */
function explain(this: DOMWidgetView): void {
  const [tooltip, description]: unknown[] = [this.model.get("tooltip"), this.model.get("description")];
  if (typeof tooltip !== "string" || !tooltip) this.el.removeAttribute("title");
  else if (!description) this.el.setAttribute("title", tooltip);
}

/** Without a tooltip, every description has the tooltip "null". */
function describe(this: DescriptionView): void {
  if (!this.label) return;
  const tooltip: unknown = this.model.get("tooltip");
  if (typeof tooltip === "string" && tooltip) this.label.title = tooltip;
  else this.label.removeAttribute("title");
}

const HEADER = ".jupyter-widget-Collapse-header";
const OPEN = "jupyter-widget-Collapse-open";

/** The titles of an accordion can be clicked, and are nothing to who uses a keyboard or a screen reader. */
function followHeaders(el: HTMLElement): MutationObserver {
  const name = () => {
    for (const header of el.querySelectorAll<HTMLElement>(HEADER)) {
      header.tabIndex = 0;
      header.setAttribute("role", "button");
      header.setAttribute("aria-expanded", String(header.parentElement?.classList.contains(OPEN) ?? false));
    }
  };
  el.addEventListener("keydown", (event) => {
    const header = event.target;
    if (!(header instanceof HTMLElement) || !header.matches(HEADER)) return;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    header.click();
  });
  const observer = new MutationObserver(name);
  observer.observe(el, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  name();
  return observer;
}

type Controls = Awaited<ReturnType<ControllerModel["setup"]>>;
type Control = Controls[string][number];

/**
 * Its page would open a widget for each button and axis of a gamepad, and pages open none (M12). So Python is told
 * how many there are, and names them (`kernel/gamepads.py`).
 */
function equip(this: ControllerModel, pad: Gamepad): Promise<Controls> {
  const { id: name, mapping, connected, timestamp } = pad;
  this.set({ name, mapping, connected, timestamp });
  this.save_changes();
  return new Promise((resolve) => {
    const look = () => {
      const buttons: Control[] = this.get("buttons");
      const axes: Control[] = this.get("axes");
      if (buttons.length < pad.buttons.length || axes.length < pad.axes.length) return;
      this.off("change:buttons change:axes", look);
      resolve({ buttons, axes });
    };
    this.on("change:buttons change:axes", look);
    this.send({ anyhost: "gamepad", buttons: pad.buttons.length, axes: pad.axes.length }, {});
    look();
  });
}

/**
 * It would look for a gamepad in each frame, for as long as the page is there; and write to its buttons and axes, of which
 * each closes by itself, before it does.
 */
function whileOpen(loop: () => void): () => void {
  return function (this: ControllerModel) {
    const controls: Control[] = [...this.get("buttons"), ...this.get("axes")];
    if (this.comm && controls.every((control) => control.comm)) loop.call(this);
  };
}
