import { AccordionView, DescriptionView } from "@jupyter-widgets/controls";

/*
 * What is wrong with the published controls, put right in this bundle's copy of them, also for the packages that
 * extend them. Each says what it would be otherwise.
 */

const repaired = new WeakSet<object>();

/** Once for the bundle, however many pages use it. */
export function repairControls(): void {
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
}

function once(Class: object, repair: () => void): void {
  if (repaired.has(Class)) return;
  repaired.add(Class);
  repair();
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
