/** What a screen reader is told about runs, politely: when what was asked for is done. Errors are told anyway. */

import type { Cell } from "../app/notebook.ts";

/** What is new between two drawings, in words; empty where nothing is worth an interruption. */
export function runsSaid(before: readonly Cell[], after: readonly Cell[]): string {
  if (before === after || isBusy(after) || !isBusy(before)) return "";
  const ran = before.filter(isActive).map(({ id }) => id);
  const [only] = ran;
  if (ran.length !== 1) return "The cells have run.";
  const index = after.findIndex((cell) => cell.id === only);
  return after[index]?.phase === "ok" ? `Cell ${index + 1} has run.` : "";
}

function isBusy(cells: readonly Cell[]): boolean {
  return cells.some(isActive);
}

function isActive({ phase }: Cell): boolean {
  return phase === "running" || phase === "queued";
}
