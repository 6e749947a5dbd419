/**
 * The state of the connection as a person should see it: a drop that mends itself at once is not worth
 * a word, a longer one is, and so is its end.
 */

import type { ConnectionState } from "../connection.ts";

export interface Link {
  /** `back`: live again after a loss that was shown, for a moment. */
  readonly phase: "connecting" | "live" | "lost" | "back";
  readonly problem: string | null;
}

export const SHOW_LOST_AFTER = 500;
export const SHOW_BACK_FOR = 4_000;

const LIVE: Link = { phase: "live", problem: null };

export class LinkWatch {
  readonly #changed: (link: Link) => void;
  readonly #signal: AbortSignal;
  #link: Link = { phase: "connecting", problem: null };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to be shown of a loss that is not shown yet. */
  #loss: Link | null = null;

  constructor(changed: (link: Link) => void, signal: AbortSignal) {
    this.#changed = changed;
    this.#signal = signal;
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  follow(state: ConnectionState): void {
    switch (state.phase) {
      case "connecting":
        this.#show(state);
        break;
      case "lost":
        if (this.#link.phase === "lost" || this.#link.phase === "connecting") this.#show(state);
        else this.#loseSoon(state);
        break;
      case "live":
        if (this.#link.phase !== "lost") {
          this.#show(LIVE);
        } else {
          this.#show({ phase: "back", problem: null });
          this.#timer = setTimeout(() => this.#show(LIVE), SHOW_BACK_FOR);
        }
        break;
      case "left":
        clearTimeout(this.#timer);
        this.#loss = null;
        break;
      default:
        state satisfies never;
    }
  }

  #show(link: Link): void {
    clearTimeout(this.#timer);
    this.#loss = null;
    if (this.#signal.aborted || (link.phase === this.#link.phase && link.problem === this.#link.problem))
      return;
    this.#link = link;
    this.#changed(link);
  }

  /** Counted from the first word of it: attempts that fail must not put it off. */
  #loseSoon(link: Link): void {
    if (!this.#loss) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#loss && this.#show(this.#loss), SHOW_LOST_AFTER);
    }
    this.#loss = link;
  }
}
