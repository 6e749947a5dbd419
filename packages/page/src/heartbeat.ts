/**
 * Notices a connection that is only half there: the socket looks open, but nobody answers.
 *
 * Any byte is a sign of life. After `idle` without one the far end is asked; after `patience` without an
 * answer it is gone. So a dead connection is noticed within 20 s (the promise is 30 s). Both are measured
 * from the page's own timers: one that fires late tells that the page was asleep (a laptop's lid, a
 * throttled tab), and then the far end gets its time again.
 */

import type { Timing } from "./timing.ts";

const LATE = 2_000;

export interface HeartbeatOptions {
  readonly timing: Timing;
  /** Ask for a sign of life. */
  readonly ask: () => void;
  /** There was none. */
  readonly dead: () => void;
}

export class Heartbeat {
  readonly #timing: Timing;
  readonly #ask: () => void;
  readonly #dead: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = performance.now();
  #asked: number | null = null;
  #stopped = false;

  /** Runs until the signal is aborted. */
  constructor({ timing, ask, dead }: HeartbeatOptions, signal: AbortSignal) {
    this.#timing = timing;
    this.#ask = ask;
    this.#dead = dead;
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    else this.#wait(timing.idle);
  }

  /** Something came. Cheap, since it is called for every frame. */
  alive(): void {
    this.#last = performance.now();
  }

  /** Ask now, unless something came within the last second. */
  probe(): void {
    if (this.#stopped || performance.now() - this.#last < 1_000) return;
    this.#askFor(this.#timing.probe);
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
    const { idle, patience } = this.#timing;
    const now = performance.now();
    const answered = this.#asked === null || this.#last >= this.#asked;
    const quiet = now - this.#last;
    if (!answered && !late) {
      this.#dead();
    } else if (answered && quiet < idle) {
      this.#asked = null;
      this.#wait(idle - quiet);
    } else {
      this.#askFor(patience);
    }
  }

  #stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
