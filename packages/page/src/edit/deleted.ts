/** The cells that were deleted here, so that each can be brought back where it was. */

import type { Cell } from "../app/notebook.ts";

export interface Deleted {
  readonly id: string;
  readonly kind: Cell["kind"];
  readonly source: string;
  /** The ids of the cells that followed it. */
  readonly after: readonly string[];
}

/** Deletions that can be undone: the earliest go (promise 8). */
export const MAX_DELETED = 100;

export function deletion(cells: readonly Cell[], cell: Cell): Deleted {
  const after = cells.slice(cells.indexOf(cell) + 1).map((each) => each.id);
  return { id: cell.id, kind: cell.kind, source: cell.source ?? "", after };
}

/** The cell before which it belongs now, or null for the end. */
export function placeOf({ after }: Deleted, cells: readonly Cell[]): string | null {
  const there = new Set(cells.map((cell) => cell.id));
  return after.find((id) => there.has(id)) ?? null;
}
