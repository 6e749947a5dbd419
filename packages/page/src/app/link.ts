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
        else this.#later(state, SHOW_LOST_AFTER);
        break;
      case "live":
        if (this.#link.phase !== "lost") {
          this.#show(LIVE);
        } else {
          this.#show({ phase: "back", problem: null });
          this.#later(LIVE, SHOW_BACK_FOR);
        }
        break;
      case "left":
        clearTimeout(this.#timer);
        break;
      default:
        state satisfies never;
    }
  }

  #show(link: Link): void {
    clearTimeout(this.#timer);
    if (this.#signal.aborted || (link.phase === this.#link.phase && link.problem === this.#link.problem))
      return;
    this.#link = link;
    this.#changed(link);
  }

  #later(link: Link, delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(link), delay);
  }
}
