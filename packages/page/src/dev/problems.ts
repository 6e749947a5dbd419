/** Errors in JavaScript, as a widget's author wants to see them. */

export interface Problem {
  readonly number: number;
  readonly at: Date;
  /** What was going on: `render`, `listener`, `uncaught`. */
  readonly phase: string;
  readonly text: string;
  /** Where: the frames of the author's own files. */
  readonly stack: string;
}

/** Errors that are kept: the earliest go (promise 8). */
const KEPT = 50;

export class Problems {
  list: readonly Problem[] = [];
  readonly #own: string;
  #count = 0;

  /** Frames of a stack that are below `own` are this page's: no author looks for them. */
  constructor(own: string) {
    this.#own = own;
  }

  add(phase: string, error: unknown): void {
    const problem = {
      number: ++this.#count,
      at: new Date(),
      phase,
      text: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      stack: this.#frames(error),
    };
    this.list = [problem, ...this.list].slice(0, KEPT);
  }

  clear(): void {
    this.list = [];
  }

  #frames(error: unknown): string {
    const stack = (error instanceof Error && error.stack) || "";
    const frames = stack.split("\n").filter((line) => /^\s*at |@/.test(line) && !line.includes(this.#own));
    return frames.map((frame) => frame.trim()).join("\n");
  }
}
