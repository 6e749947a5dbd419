import { type Failure, failurePanel, noticePanel } from "./failure.ts";

/** Where a view is: who gives it elements, and where its messages go. */
export interface Place {
  /** An empty element for one rendering. */
  take(): HTMLElement;
  /** Nothing is shown any more. */
  clear(): void;
  /** A message instead of the widget. */
  fail(failure: Failure): void;
  /** A message over the widget, which goes on; `null` takes that of this place, or of `source`, away. */
  warn(failure: Failure | null, source?: Place): void;
  /** Nobody answers the widget any more: say so; or it is another widget's place now. */
  setLost(lost: boolean): void;
}

const LOST = "No longer connected to Python: this shows what was last true.";

/** A place of the host's own: a wrapper, in which every rendering gets a fresh element (K6). */
export class OwnPlace implements Place {
  readonly wrapper: HTMLElement;
  readonly #warnings = new Map<Place, HTMLElement>();
  #lost: HTMLElement | null = null;

  constructor(parent: HTMLElement) {
    this.wrapper = document.createElement("div");
    this.wrapper.className = "anyhost-view";
    parent.append(this.wrapper);
  }

  take(): HTMLElement {
    const el = document.createElement("div");
    this.#show(el);
    return el;
  }

  clear(): void {
    this.#show();
  }

  fail(failure: Failure): void {
    this.#show(failurePanel(failure));
  }

  warn(failure: Failure | null, source: Place = this): void {
    this.#warnings.get(source)?.remove();
    this.#warnings.delete(source);
    if (!failure) return;
    const panel = failurePanel(failure);
    this.#warnings.set(source, panel);
    this.wrapper.prepend(panel);
  }

  /** It can still be read, scrolled and copied from; that it does nothing is said before it. */
  setLost(lost: boolean): void {
    if (lost === (this.#lost !== null)) return;
    this.#lost?.remove();
    this.#lost = null;
    this.wrapper.removeAttribute("aria-disabled");
    this.wrapper.removeAttribute("aria-description");
    if (!lost) return;
    this.#lost = document.createElement("p");
    this.#lost.className = "anyhost-lost";
    this.#lost.textContent = LOST;
    this.wrapper.before(this.#lost);
    this.wrapper.setAttribute("aria-disabled", "true");
    this.wrapper.setAttribute("aria-description", LOST);
  }

  /** A word while there is nothing to show. */
  say(text: string): void {
    this.#show(noticePanel(text));
  }

  remove(): void {
    this.#lost?.remove();
    this.wrapper.remove();
  }

  #show(...nodes: HTMLElement[]): void {
    this.#warnings.clear();
    this.wrapper.replaceChildren(...nodes);
  }
}

/** An element that a parent widget lends to a child: the same one for all of the child's renderings (D17). */
export class LentPlace implements Place {
  readonly #el: HTMLElement;
  readonly #parent: Place;
  readonly #isMine: () => boolean;
  readonly #attributes: readonly (readonly [string, string])[];
  #used = false;

  /** `isMine`: the parent may lend the element to another child while this one still cleans up. */
  constructor(el: HTMLElement, parent: Place, isMine: () => boolean) {
    this.#el = el;
    this.#parent = parent;
    this.#isMine = isMine;
    this.#attributes = Array.from(el.attributes, ({ name, value }) => [name, value] as const);
  }

  take(): HTMLElement {
    if (this.#used) this.#reset();
    this.#used = true;
    return this.#el;
  }

  clear(): void {
    if (this.#used && this.#isMine()) this.#reset();
  }

  fail(failure: Failure): void {
    this.#used = true;
    this.#el.replaceChildren(failurePanel(failure));
  }

  /** A foreign node among the parent's own could break it; the host's wrapper around both cannot. */
  warn(failure: Failure | null, source: Place = this): void {
    this.#parent.warn(failure, source);
  }

  /** The parent's kernel is the same, so its place says it. */
  setLost(): void {}

  /** As the parent gave it: what the old code has added would mislead the new (K6). */
  #reset(): void {
    this.#el.replaceChildren();
    for (const { name } of Array.from(this.#el.attributes)) this.#el.removeAttribute(name);
    for (const [name, value] of this.#attributes) this.#el.setAttribute(name, value);
  }
}
