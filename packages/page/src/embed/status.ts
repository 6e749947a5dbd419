/**
 * What a page that is not ours has to be told about its connection: a small box in a corner, which is there
 * only while there is something in it. It has a shadow of its own, so that the page's styles and it leave each
 * other alone.
 */

import type { Link } from "../app/link.ts";
import { LINK_WORDS, sentence } from "../app/words.ts";

const STYLE = `
  :host { all: initial; position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483647; max-width: min(26rem, calc(100vw - 2rem)) }
  div { font: 14px/1.45 system-ui, sans-serif; color: #1b2220; background: #fff; border: 1px solid #b9c1bd;
    border-left: 4px solid #8a5a00; border-radius: 4px; box-shadow: 0 2px 10px rgb(0 0 0 / .18); padding: .6rem .9rem;
    margin-top: .5rem; overflow-wrap: anywhere; display: flex; gap: .75rem; align-items: start }
  p { margin: 0; flex: 1 }
  button { all: unset; cursor: pointer; padding: 0 .25rem; font-size: 1.1em }
  .action { font-size: 1em; white-space: nowrap; text-decoration: underline; font-weight: 600 }
  .action:disabled { cursor: default; opacity: .5 }
  button:focus-visible { outline: 2px solid currentColor }
  @media (prefers-color-scheme: dark) {
    div { color: #e4e7e6; background: #1e2124; border-color: #4d555b; border-left-color: #f0bf62 }
  }
`;

/** Notices to be dismissed that are kept: the earliest go (promise 8). */
export const MAX_NOTICES = 3;

/** What a person can do about a notice. The button rests until that is over. */
export interface Action {
  readonly label: string;
  readonly act: () => Promise<void>;
}

export class Status {
  readonly #host = document.createElement("div");
  readonly #root: ShadowRoot;
  readonly #link = box();
  #problem: string | null = null;

  constructor(signal: AbortSignal) {
    this.#root = this.#host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [style];
    this.#host.setAttribute("role", "status");
    signal.addEventListener("abort", () => this.#host.remove(), { once: true });
  }

  /** The connection is as it is. */
  link({ phase, problem }: Link): void {
    const words = [LINK_WORDS[phase], problem === null ? "" : sentence(problem)].filter(Boolean).join(" ");
    // Nothing is said of the first moment, while all is well.
    this.#show(phase === "connecting" && problem === null ? null : words || null);
  }

  /** Nothing answers, and it is tried again; null: it does. */
  problem(text: string | null): void {
    this.#show(text === null ? null : sentence(text));
  }

  /** Something to read and to dismiss. */
  notice(text: string): void {
    const notices = [...this.#root.querySelectorAll<HTMLElement>(".notice")];
    if (notices.some(({ firstChild }) => firstChild?.textContent === text)) return;
    for (const old of notices.slice(0, Math.max(0, notices.length + 1 - MAX_NOTICES))) old.remove();
    const notice = box(text).box;
    notice.className = "notice";
    const close = button("×", () => this.#remove(notice));
    close.setAttribute("aria-label", "Dismiss");
    notice.append(close);
    this.#add(notice);
  }

  /** Something to act upon, which nobody can dismiss: there may be no other way. Returns what takes it away. */
  offer(text: string, { label, act }: Action): () => void {
    const offer = box(text).box;
    const action = button(label, () => {
      action.disabled = true;
      void act().finally(() => {
        action.disabled = false;
      });
    });
    action.className = "action";
    offer.append(action);
    this.#add(offer);
    return () => this.#remove(offer);
  }

  #add(notice: HTMLElement): void {
    this.#root.append(notice);
    this.#settle();
  }

  #remove(notice: HTMLElement): void {
    notice.remove();
    this.#settle();
  }

  #show(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#link.text.textContent = problem ?? "";
    if (problem === null) this.#link.box.remove();
    else this.#root.prepend(this.#link.box);
    this.#settle();
  }

  #settle(): void {
    if (!this.#root.childElementCount) this.#host.remove();
    else if (!this.#host.isConnected) document.body.append(this.#host);
  }
}

function button(label: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", pressed);
  return made;
}

function box(words = ""): { box: HTMLDivElement; text: HTMLParagraphElement } {
  const [around, text] = [document.createElement("div"), document.createElement("p")];
  text.textContent = words;
  around.append(text);
  return { box: around, text };
}
