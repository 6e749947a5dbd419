/** What a screen reader is told, politely, about runs and the file. Errors of cells are told anyway. */

import type { Cell } from "../app/notebook.ts";
import { sentence } from "../app/words.ts";
import type { EditState } from "./editing.ts";

type File = Pick<EditState["file"], "status" | "detail">;

/** Whether the file cannot be saved any more, or can again. */
export function fileSaid(before: File, { status, detail }: File): string {
  if (before.status === status) return "";
  if (status === "failed") return `The notebook could not be saved. ${sentence(detail)}`;
  if (status === "conflict") return "Another program has changed the file. Choose which version to keep.";
  return before.status === "failed" || before.status === "conflict" ? "The notebook is saved again." : "";
}

/** That what was asked for has run, when it has; empty where nothing is worth an interruption. */
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
