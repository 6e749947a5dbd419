/** How the cells here differ from those in the file, where another program has changed it. */

import type { CellInfo } from "@anyhost/protocol";
import type { Cell } from "../app/notebook.ts";

export interface Difference {
  readonly id: string;
  /** The cell's number here, or in the file where it is only there. */
  readonly number: number;
  /** Its text here, and in the file; null: there is no such cell. */
  readonly here: string | null;
  readonly file: string | null;
}

/** A text in lines, of which those from `from` to `to` are not in the other text. */
export interface Marked {
  readonly lines: readonly string[];
  readonly from: number;
  readonly to: number;
}

type Ours = Pick<Cell, "id" | "kind" | "source">;
type Theirs = Pick<CellInfo, "cell_id" | "kind" | "source">;

/** The cells that are not the same on both sides, in the order that they have here. */
export function differences(ours: readonly Ours[], theirs: readonly Theirs[]): readonly Difference[] {
  const inFile = new Map(theirs.map((cell) => [cell.cell_id, cell]));
  const isHere = new Set(ours.map(({ id }) => id));
  const found = ours.flatMap(({ id, kind, source }, index): Difference[] => {
    const other = inFile.get(id);
    if (other?.kind === kind && textOf(other.source) === textOf(source)) return [];
    return [{ id, number: index + 1, here: source ?? "", file: other ? (other.source ?? "") : null }];
  });
  const added = theirs.flatMap(({ cell_id, source }, index): Difference[] =>
    isHere.has(cell_id) ? [] : [{ id: cell_id, number: index + 1, here: null, file: source ?? "" }],
  );
  return [...found, ...added];
}

/** Whether the cells that both sides have are in another order. */
export function areMoved(ours: readonly Ours[], theirs: readonly Theirs[]): boolean {
  const there = new Set(theirs.map(({ cell_id }) => cell_id));
  const here = ours.map(({ id }) => id).filter((id) => there.has(id));
  const known = new Set(here);
  const order = theirs.map(({ cell_id }) => cell_id).filter((id) => known.has(id));
  return here.some((id, index) => id !== order[index]);
}

/** Two texts, with the lines marked between those that they begin and end with in common. */
export function marked(here: string, file: string): readonly [Marked, Marked] {
  const [ours, theirs] = [here.split("\n"), file.split("\n")];
  const shorter = Math.min(ours.length, theirs.length);
  let from = 0;
  while (from < shorter && ours[from] === theirs[from]) from++;
  let end = 0;
  while (end < shorter - from && ours.at(-1 - end) === theirs.at(-1 - end)) end++;
  return [
    { lines: ours, from, to: ours.length - end },
    { lines: theirs, from, to: theirs.length - end },
  ];
}

/** Blank lines at its end are in no file. */
function textOf(source: string | null): string {
  return (source ?? "").trimEnd();
}
