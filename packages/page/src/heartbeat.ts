/**
 * Notices a connection that is only half there: the socket looks open, but nobody answers.
 *
 * Any byte is a sign of life. After `IDLE` without one the far end is asked; after `PATIENCE` without an
 * answer it is gone. So a dead connection is noticed within 20 s (the promise is 30 s). Both are measured
 * from the page's own timers: one that fires late tells that the page was asleep (a laptop's lid, a
 * throttled tab), and then the far end gets its time again.
 */

export const IDLE = 10_000;
export const PATIENCE = 10_000;
/** How long an answer may take that someone waits for: the tab was just shown, or the network came back. */
export const PROBE_PATIENCE = 4_000;
const LATE = 2_000;

export interface HeartbeatOptions {
  /** Ask for a sign of life. */
  readonly ask: () => void;
  /** There was none. */
  readonly dead: () => void;
}

export class Heartbeat {
  readonly #ask: () => void;
  readonly #dead: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = performance.now();
  #asked: number | null = null;
  #stopped = false;

  /** Runs until the signal is aborted. */
  constructor({ ask, dead }: HeartbeatOptions, signal: AbortSignal) {
    this.#ask = ask;
    this.#dead = dead;
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    else this.#wait(IDLE);
  }

  /** Something came. Cheap, since it is called for every frame. */
  alive(): void {
    this.#last = performance.now();
  }

  /** Ask now, unless something came within the last second. */
  probe(): void {
    if (this.#stopped || performance.now() - this.#last < 1_000) return;
    this.#askFor(PROBE_PATIENCE);
  }

  #askFor(patience: number): void {
    this.#asked = performance.now();
    this.#wait(patience);
    this.#ask();
  }

  #wait(delay: number): void {
    clearTimeout(this.#timer);
    const due = performance.now() + delay;
    this.#timer = setTimeout(() => this.#check(performance.now() - due > LATE), delay);
  }

  #check(late: boolean): void {
    const now = performance.now();
    const answered = this.#asked === null || this.#last >= this.#asked;
    const quiet = now - this.#last;
    if (!answered && !late) {
      this.#dead();
    } else if (answered && quiet < IDLE) {
      this.#asked = null;
      this.#wait(IDLE - quiet);
    } else {
      this.#askFor(PATIENCE);
    }
  }

  #stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
