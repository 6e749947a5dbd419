/** Questions to the live kernel about what could stand at the cursor, and their answers. */

import type { Complete, Completions } from "@anyhost/protocol";

type Ask = (request: Omit<Complete, "type" | "ack" | "commandId">) => number | null;

export class Questions {
  readonly #ask: Ask;
  readonly #open = new Map<number, (answer: Completions | null) => void>();

  /** `ask` sends a question and gives its number, or null where it cannot be asked now. */
  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The answer; null where none will come, or nobody waits for it any more. */
  complete(
    cellId: string,
    { source, cursor }: { source: string; cursor: number },
    signal: AbortSignal,
  ): Promise<Completions | null> {
    const commandId = this.#ask({ cellId, source, cursor });
    if (commandId === null || signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle = (answer: Completions | null) => {
        this.#open.delete(commandId);
        resolve(answer);
      };
      this.#open.set(commandId, settle);
      signal.addEventListener("abort", () => settle(null), { once: true });
    });
  }

  answered(completions: Completions): void {
    this.#open.get(completions.command_id)?.(completions);
  }

  /** A question was refused, or its kernel is gone. */
  failed(commandId: number): void {
    this.#open.get(commandId)?.(null);
  }

  /** No answer will come to what was asked so far. */
  forget(): void {
    for (const settle of [...this.#open.values()]) settle(null);
  }
}
