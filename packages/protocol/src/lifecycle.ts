import { type Method, type ModelState, TRANSITIONS } from "./lifecycle.gen.ts";

/** The state after this message, or null where the message came late and is to be dropped. */
export function follow(state: ModelState, method: Method): ModelState | null {
  return TRANSITIONS[state][method] ?? null;
}
