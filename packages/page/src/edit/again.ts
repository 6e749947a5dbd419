/**
 * What was asked of a server that has not answered, for the one that came after it.
 *
 * A server that was started again knows neither this page's commands nor, of cells that were edited before, their
 * ids: those it makes of what the file says. So a cell is known by its id, or else by its text.
 */

import type { Cell } from "../app/notebook.ts";
import type { NotebookCommand, NotebookRequest } from "../outbox.ts";

export interface Again {
  /** To be sent before the drafts: cells that come, go and move. */
  readonly cells: readonly NotebookRequest[];
  /** To be sent after them. */
  readonly runs: readonly NotebookRequest[];
  /** What cannot be done any more, in words for the writer. */
  readonly lost: readonly string[];
}

/** `before`: the cells as the earlier server had them; `now`: as the file has them. */
export function again(
  commands: readonly NotebookCommand[],
  before: readonly Cell[],
  now: readonly Cell[],
): Again {
  const cells: NotebookRequest[] = [];
  const runs: NotebookRequest[] = [];
  const lost: string[] = [];
  const added = new Set<string>();
  const idOf = (id: string): string | null =>
    added.has(id) ? id : (counterpart(id, before, now)?.id ?? null);
  const placeOf = (id: string | null) => (id === null ? null : idOf(id));
  for (const command of commands) {
    switch (command.type) {
      case "add-cell": {
        const { cellId, kind, source } = command;
        if (before.some((cell) => cell.id === cellId)) break; // it was added; only the answer was lost
        added.add(cellId);
        cells.push({ type: "add-cell", cellId, kind, source, before: placeOf(command.before) });
        break;
      }
      case "delete-cell": {
        const cellId = idOf(command.cellId);
        // Its text, too: what another program has written meanwhile was not what the writer wanted gone.
        const was = before.find((cell) => cell.id === command.cellId);
        const is = now.find((cell) => cell.id === cellId);
        if (cellId !== null && (added.has(cellId) || was?.source === is?.source)) {
          cells.push({ type: "delete-cell", cellId });
        } else if (was) lost.push("a cell that you deleted has changed, and is still there");
        break;
      }
      case "move-cell": {
        const cellId = idOf(command.cellId);
        if (cellId === null) lost.push("a cell that you moved is no longer there");
        else cells.push({ type: "move-cell", cellId, before: placeOf(command.before) });
        break;
      }
      case "run-cells": {
        const cellIds = command.cellIds.map(idOf).filter((id) => id !== null);
        if (command.which !== "these" || cellIds.length > 0) {
          runs.push({ type: "run-cells", which: command.which, cellIds });
        }
        break;
      }
      default: // drafts go their own way; the file is saved, and a conflict is told, anew
        break;
    }
  }
  return { cells, runs, lost };
}

function counterpart(id: string, before: readonly Cell[], now: readonly Cell[]): Cell | undefined {
  const same = now.find((cell) => cell.id === id);
  if (same) return same;
  const source = before.find((cell) => cell.id === id)?.source;
  const alike = now.filter((cell) => cell.source === source);
  return alike.length === 1 ? alike[0] : undefined;
}
