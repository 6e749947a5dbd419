/**
 * The notebook as its writer should see it: what the server has, with the commands that it has not
 * answered yet applied on top, and the drafts over all.
 *
 * So everything is seen at once, over a slow connection and without one, and nothing has to be taken back
 * by hand: an answer takes its command away, and what is left is what the server says. Each command can
 * be applied to a notebook that has it already, since the notebook arrives before the answer.
 */

import { type Cell, newCell } from "../app/notebook.ts";
import type { NotebookCommand } from "../outbox.ts";
import type { Drafts } from "./drafts.ts";

/** Cells that nothing changes are the same objects. */
export function overlaid(
  cells: readonly Cell[],
  pending: readonly NotebookCommand[],
  drafts: Drafts,
): readonly Cell[] {
  const ordered = pending.reduce(applied, cells);
  if (!drafts.size) return ordered;
  return ordered.map((cell) => {
    const draft = drafts.get(cell.id);
    return draft && draft.source !== cell.source ? { ...cell, source: draft.source } : cell;
  });
}

function applied(cells: readonly Cell[], command: NotebookCommand): readonly Cell[] {
  switch (command.type) {
    case "add-cell": {
      const { cellId, kind, source, before } = command;
      if (cells.some((cell) => cell.id === cellId)) return cells;
      return put(cells, newCell(cellId, kind, source), before);
    }
    case "delete-cell":
      return cells.filter((cell) => cell.id !== command.cellId);
    case "move-cell": {
      const cell = cells.find((each) => each.id === command.cellId);
      if (!cell || command.before === cell.id) return cells;
      return put(
        cells.filter((each) => each !== cell),
        cell,
        command.before,
      );
    }
    case "run-cells": {
      const ids = new Set(command.cellIds);
      const wanted = (cell: Cell) =>
        command.which === "these" ? ids.has(cell.id) : command.which === "all" || cell.stale;
      return cells.map((cell) => (wanted(cell) ? queued(cell) : cell));
    }
    case "edit-cell": // is a draft
    case "complete":
    case "save":
    case "resolve-conflict":
      return cells;
    default:
      return command satisfies never;
  }
}

function put(cells: readonly Cell[], cell: Cell, before: string | null): readonly Cell[] {
  const at = cells.findIndex((each) => each.id === before);
  return at === -1 ? [...cells, cell] : cells.toSpliced(at, 0, cell);
}

function queued(cell: Cell): Cell {
  const waits = cell.kind === "code" && cell.phase !== "running" && cell.phase !== "queued";
  return waits ? { ...cell, phase: "queued" } : cell;
}
