/**
 * What was typed here and is not yet the notebook's: a pure value, as everything that the page draws from.
 *
 * A draft lasts from the first key until the answer to the command that carries its text. Until then it
 * wins over whatever else arrives for its cell: the command is handled after that, and who writes last
 * wins.
 */

export interface Draft {
  readonly source: string;
  /** Texts that the notebook may have instead: by these its cell is found again in another session. */
  readonly bases: readonly string[];
  /** The command that carries this very text; null: it was typed since. */
  readonly commandId: number | null;
}

export type Drafts = ReadonlyMap<string, Draft>;

export const NO_DRAFTS: Drafts = new Map();

/** The cell's text is this now; `base` is what the notebook has. */
export function typed(drafts: Drafts, cellId: string, source: string, base: string): Drafts {
  const before = drafts.get(cellId);
  const neverSent = !before || (before.commandId === null && before.bases.length === 1);
  if (source === base && neverSent) return without(drafts, cellId); // taken back: there is nothing to tell
  return new Map(drafts).set(cellId, { source, bases: before?.bases ?? [base], commandId: null });
}

/** The cell's draft is on its way. */
export function sent(drafts: Drafts, cellId: string, commandId: number): Drafts {
  const draft = drafts.get(cellId);
  if (!draft) return drafts;
  const bases = [...draft.bases.slice(0, 1), draft.source];
  return new Map(drafts).set(cellId, { ...draft, bases, commandId });
}

/** A command was answered: what it carried is the notebook's, or was refused. */
export function answered(drafts: Drafts, commandId: number): Drafts {
  for (const [cellId, draft] of drafts) if (draft.commandId === commandId) return without(drafts, cellId);
  return drafts;
}

/** The cells whose text nobody has been told of. */
export function unsent(drafts: Drafts): string[] {
  return [...drafts].filter(([, draft]) => draft.commandId === null).map(([cellId]) => cellId);
}

export function without(drafts: Drafts, cellId: string): Drafts {
  if (!drafts.has(cellId)) return drafts;
  const rest = new Map(drafts);
  rest.delete(cellId);
  return rest;
}

/**
 * The drafts of a session that is gone, in the cells of the next one: each goes to the cell that has a
 * text which it was begun on, best the one of the same id. `homeless`: texts for which there is none.
 */
export function rehoused(
  drafts: Drafts,
  cells: readonly { readonly id: string; readonly source: string | null }[],
): { drafts: Drafts; homeless: string[] } {
  const found = new Map<string, Draft>();
  const homeless: string[] = [];
  for (const [cellId, { source, bases }] of drafts) {
    if (cells.some((cell) => cell.source === source)) continue; // it arrived before the end
    const free = cells.filter((cell) => cell.source !== null && bases.includes(cell.source));
    const home = free.find((cell) => cell.id === cellId) ?? free.find((cell) => !found.has(cell.id));
    if (home) found.set(home.id, { source, bases: [home.source ?? ""], commandId: null });
    else homeless.push(source);
  }
  return { drafts: found, homeless };
}
