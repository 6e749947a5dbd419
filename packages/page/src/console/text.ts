/**
 * What a console shows of the text written to it.
 *
 * A terminal small enough for what programs print into notebooks: colours, `\r` and backspace (progress
 * bars), and the cursor moves of nested progress bars. What it does not know it leaves out. Rows are
 * immutable and replaced when they change, so that whoever draws them compares by identity.
 *
 * Bounded (promise 8): the earliest rows go when there are more than `MAX_ROWS`, and a row keeps
 * `MAX_COLUMNS` characters.
 */

import { changePen, type Pen, PLAIN, samePen } from "./pen.ts";

export interface Run {
  readonly text: string;
  readonly pen: Pen;
}
export type Row = readonly Run[];

export const MAX_ROWS = 10_000;
export const MAX_COLUMNS = 100_000;

const EMPTY: Row = [];

const ESC = "\u001b";
const BELL = "\u0007";
/** A control sequence (its parameters, its command), a title or a link, another escape, a control character. */
const CONTROL = new RegExp(
  `${ESC}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)|[@-Z\\\\^_])` +
    "|[\u0000-\u0008\u000a-\u001f\u007f]",
  "g",
);
/** An escape sequence that the end of this write has cut; the next write brings the rest. */
const CUT = new RegExp(`${ESC}(?:\\[[0-?]{0,256}[ -/]{0,8}|\\][^${BELL}${ESC}]{0,4096}${ESC}?)?$`);

export class ConsoleText {
  #rows: Row[] = [EMPTY];
  #dropped = 0;
  #at = 0;
  #column = 0;
  #pen: Pen = PLAIN;
  #cut = "";

  /** The rows that are left, the last one perhaps still being written. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** How many rows went at the beginning, since there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  write(text: string): void {
    let whole = this.#cut + text;
    this.#cut = CUT.exec(whole)?.[0] ?? "";
    whole = whole.slice(0, whole.length - this.#cut.length);
    let from = 0;
    for (const match of whole.matchAll(CONTROL)) {
      this.#put(whole.slice(from, match.index));
      this.#control(match[0], match[1] ?? "", match[2]);
      from = match.index + match[0].length;
    }
    this.#put(whole.slice(from));
  }

  #put(text: string): void {
    const room = MAX_COLUMNS - this.#column;
    if (!text || room <= 0) return;
    const shown = text.length > room ? text.slice(0, room) : text;
    const row = this.#rows[this.#at] ?? EMPTY;
    const end = this.#column + shown.length;
    this.#replace([...cut(row, 0, this.#column), { text: shown, pen: this.#pen }, ...cut(row, end)]);
    this.#column = end;
  }

  #control(all: string, parameters: string, command: string | undefined): void {
    if (all === "\n") this.#newLine();
    else if (all === "\r") this.#column = 0;
    else if (all === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (command) this.#sequence(command, parameters.split(";").map(Number));
  }

  #sequence(command: string, numbers: number[]): void {
    const count = numbers[0] || 1;
    const row = this.#rows[this.#at] ?? EMPTY;
    if (command === "m") this.#pen = changePen(this.#pen, numbers);
    else if (command === "A") this.#at = Math.max(0, this.#at - count);
    else if (command === "B") this.#at = Math.min(this.#rows.length - 1, this.#at + count);
    else if (command === "C") this.#column = Math.min(MAX_COLUMNS, this.#column + count);
    else if (command === "D") this.#column = Math.max(0, this.#column - count);
    else if (command === "G") this.#column = Math.min(MAX_COLUMNS, count - 1);
    else if (command === "K") this.#replace(eraseInRow(row, this.#column, numbers[0] ?? 0));
    else if (command === "J") this.#erase(numbers[0] ?? 0);
  }

  #newLine(): void {
    this.#at++;
    this.#column = 0;
    if (this.#at < this.#rows.length) return;
    this.#rows.push(EMPTY);
    if (this.#rows.length <= MAX_ROWS) return;
    // A tenth at once: dropping one row for each new one would move the whole array each time.
    const excess = Math.ceil(MAX_ROWS / 10);
    this.#rows.splice(0, excess);
    this.#dropped += excess;
    this.#at -= excess;
  }

  #erase(what: number): void {
    if (what >= 2) {
      this.#rows = [EMPTY];
      this.#at = this.#column = 0;
    } else if (what === 0) {
      this.#rows.length = this.#at + 1;
      this.#replace(cut(this.#rows[this.#at] ?? EMPTY, 0, this.#column));
    }
  }

  #replace(row: Row): void {
    this.#rows[this.#at] = joined(row);
  }
}

/** The text of a row, without its pens. */
export function textOf(row: Row): string {
  return row.map((run) => run.text).join("");
}

/** The part of a row between two columns, with spaces where `end` lies beyond it. */
function cut(row: Row, start: number, end?: number): Row {
  const runs: Run[] = [];
  let column = 0;
  for (const run of row) {
    const from = Math.max(0, start - column);
    const to = end === undefined ? run.text.length : Math.min(run.text.length, end - column);
    if (from < to)
      runs.push(to - from === run.text.length ? run : { ...run, text: run.text.slice(from, to) });
    column += run.text.length;
  }
  if (end !== undefined && column < end) runs.push({ text: " ".repeat(end - column), pen: PLAIN });
  return runs;
}

function eraseInRow(row: Row, column: number, what: number): Row {
  if (what === 0) return cut(row, 0, Math.min(column, textOf(row).length));
  if (what === 1) return [{ text: " ".repeat(column), pen: PLAIN }, ...cut(row, column)];
  return EMPTY;
}

function joined(row: Row): Row {
  const runs: Run[] = [];
  for (const run of row) {
    const last = runs.at(-1);
    if (last && samePen(last.pen, run.pen))
      runs[runs.length - 1] = { text: last.text + run.text, pen: last.pen };
    else if (run.text) runs.push(run);
  }
  return runs;
}
