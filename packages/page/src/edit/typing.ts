/** Sends what is typed: a little later, so that not every key is a message, and at once before a run. */

import type { Cell } from "../app/notebook.ts";
import type { NotebookRequest } from "../outbox.ts";
import { answered, type Drafts, NO_DRAFTS, rehoused, sent, typed, unsent, without } from "./drafts.ts";

/** After the last key, in milliseconds. */
export const PAUSE = 300;
/** After the first key that nobody has been told of, however fast the others follow. */
export const LONGEST = 2_000;

export interface TypingOptions {
  /** Sends a command and gives its number; null where that was impossible, and has been said. */
  readonly send: (request: NotebookRequest) => number | null;
  /** Whether what is sent is on its way at once. Where it is not, texts wait here, each the newest of its cell. */
  readonly online: () => boolean;
  /** The drafts are others. */
  readonly changed: () => void;
}

export class Typing {
  readonly #options: TypingOptions;
  #drafts: Drafts = NO_DRAFTS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first key was pressed that nobody has been told of. */
  #since: number | null = null;

  constructor(options: TypingOptions, signal: AbortSignal) {
    this.#options = options;
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  get drafts(): Drafts {
    return this.#drafts;
  }

  /** The cell's text is this now; the notebook has `base`. */
  type(cellId: string, source: string, base: string): void {
    this.#change(typed(this.#drafts, cellId, source, base));
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE, this.#since + LONGEST - now)));
  }

  /** Send what nobody has been told of; with `queue`, also while there is no way, to be sent in its turn. */
  flush({ queue = false }: { queue?: boolean } = {}): void {
    clearTimeout(this.#timer);
    this.#since = null;
    if (!queue && !this.#options.online()) return;
    for (const cellId of unsent(this.#drafts)) {
      const draft = this.#drafts.get(cellId);
      if (!draft) continue;
      const { source, bases } = draft;
      // Another program may have changed the file meanwhile: by the base the server sees that this was begun before.
      const commandId = this.#options.send({ type: "edit-cell", cellId, source, base: bases.at(-1) ?? null });
      if (commandId !== null) this.#change(sent(this.#drafts, cellId, commandId));
    }
  }

  answered(commandId: number): void {
    this.#change(answered(this.#drafts, commandId));
  }

  /** The cell is gone, or its text is sent by other means. */
  drop(cellId: string): void {
    this.#change(without(this.#drafts, cellId));
  }

  /** Another session has begun, and the answers of the one before will not come. Gives texts without a cell. */
  rehouse(cells: readonly Cell[]): string[] {
    const { drafts, homeless } = rehoused(this.#drafts, cells);
    this.#change(drafts);
    this.flush({ queue: true }); // what is asked of these cells next must find them so
    return homeless;
  }

  #change(drafts: Drafts): void {
    if (drafts === this.#drafts) return;
    this.#drafts = drafts;
    this.#options.changed();
  }
}
