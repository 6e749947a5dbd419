/**
 * What the page knows, as one value, and who is told when it changes.
 *
 * Everything that the app shows is drawn from `PageState`; views of widgets draw themselves.
 */

import type { SessionStart } from "@anyhost/protocol";
import type { PageConfig } from "../config.ts";
import type { Link } from "./link.ts";
import { EMPTY_NOTEBOOK, fold, type Notebook, type NotebookMessage } from "./notebook.ts";

/** Something to tell that belongs to no cell and no view. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly title: string;
  readonly detail: string;
  readonly times: number;
}

export interface PageState {
  readonly mode: PageConfig["mode"];
  readonly title: string;
  readonly notebook: Notebook;
  readonly link: Link;
  /** A write of the user's waits for Python's answer. */
  readonly waiting: boolean;
  readonly notices: readonly Notice[];
}

/** Notices that are kept: the earliest go (promise 8). */
export const MAX_NOTICES = 20;

export class Page {
  readonly #changed: () => void;
  #state: PageState;
  #session: string | null = null;
  /** The notebook that a snapshot builds, while the one before it is still shown. */
  #incoming: Notebook | null = null;
  #notices = 0;

  /** `changed` is called after each change, perhaps many times before anyone draws. */
  constructor({ mode, title }: Pick<PageConfig, "mode" | "title">, changed: () => void) {
    this.#changed = changed;
    this.#state = {
      mode,
      title,
      notebook: EMPTY_NOTEBOOK,
      link: { phase: "connecting", problem: null },
      waiting: false,
      notices: [],
    };
  }

  get state(): PageState {
    return this.#state;
  }

  set(change: Partial<Pick<PageState, "link" | "waiting">>): void {
    this.#change(change);
  }

  /** One notification about cells or kernel. `now` is the page's clock, in milliseconds. */
  apply(notification: NotebookMessage, now: number): void {
    if (this.#incoming) this.#incoming = fold(this.#incoming, notification, now);
    else this.#change({ notebook: fold(this.#state.notebook, notification, now) });
  }

  beginSession({ session_id, resumed, mode }: SessionStart): void {
    if (this.#session !== null && this.#session !== session_id) {
      this.notice(
        "info",
        "The notebook was started again",
        "The server was restarted, or had ended this notebook because nobody had it open for long. It runs again " +
          `from the top: what its widgets and variables held is gone.${mode === "edit" ? " The code is kept." : ""}`,
      );
    }
    this.#session = session_id;
    // A snapshot that was cut short is dropped: another one follows, or the same continues from the log.
    this.#incoming = !resumed && this.#state.notebook.cells.length ? EMPTY_NOTEBOOK : null;
    this.#change(resumed || this.#incoming ? { mode } : { mode, notebook: EMPTY_NOTEBOOK });
  }

  endSnapshot(): void {
    if (this.#incoming) this.#change({ notebook: this.#incoming });
    this.#incoming = null;
  }

  notice(kind: Notice["kind"], title: string, detail: string): void {
    const same = (each: Notice) => each.title === title && each.detail === detail;
    const before = this.#state.notices.find(same);
    const others = this.#state.notices.filter((each) => !same(each));
    const notice = {
      id: before?.id ?? ++this.#notices,
      kind,
      title,
      detail,
      times: (before?.times ?? 0) + 1,
    };
    this.#change({ notices: [...others, notice].slice(-MAX_NOTICES) });
  }

  dismiss(id: number): void {
    this.#change({ notices: this.#state.notices.filter((each) => each.id !== id) });
  }

  #change(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}
