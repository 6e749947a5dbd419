/** What became of the last write of each trait, where it is not simply what Python holds now. */

import type { ModelAck, ModelRequest } from "@anyhost/protocol";

interface Outcome {
  /** What Python holds instead, as JSON; `null`: it took the value, and something raised. */
  readonly held: string | null;
  readonly error: string | null;
}

export class Outcomes {
  readonly #outcomes = new Map<string, Outcome>();
  /** The keys of the writes that have no answer yet. */
  readonly #written = new Map<number, readonly string[]>();

  sent(commandId: number, modelId: string, request: ModelRequest): void {
    if (request.method !== "update") return;
    const keys = Object.keys(request.state);
    this.#written.set(commandId, keys);
    for (const key of keys) this.#outcomes.delete(`${modelId} ${key}`);
  }

  answered({ command_id, model_id, state, error }: ModelAck): void {
    const written = this.#written.get(command_id) ?? [];
    this.#written.delete(command_id);
    for (const key of written) {
      const held = key in state ? JSON.stringify(state[key]) : null;
      if (held !== null || (error && written.length === 1)) {
        this.#outcomes.set(`${model_id} ${key}`, { held, error: error ?? null });
      }
    }
  }

  forget(modelId: string): void {
    for (const key of this.#outcomes.keys()) if (key.startsWith(`${modelId} `)) this.#outcomes.delete(key);
  }

  /** In words, for a trait that now has this value. */
  of(modelId: string, key: string, value: unknown): string {
    const outcome = this.#outcomes.get(`${modelId} ${key}`);
    if (!outcome) return "";
    const { held, error } = outcome;
    if (held === null) return `Python raised ${error}`;
    if (held !== JSON.stringify(value)) return ""; // it has changed since
    return error ? `Python holds ${held}: ${error}` : `Python holds ${held}`;
  }
}
