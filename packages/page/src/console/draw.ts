/** Draws a console's text, and again only the rows that changed. */

import { coloursOf, type Pen } from "./pen.ts";
import { type ConsoleText, type Row, textOf } from "./text.ts";

export class ConsoleDrawing {
  readonly #el: HTMLElement;
  #drawn: { row: Row; node: HTMLElement }[] = [];
  #dropped = 0;

  constructor(el: HTMLElement) {
    this.#el = el;
  }

  draw(text: ConsoleText): void {
    this.#drop(text.dropped - this.#dropped);
    this.#dropped = text.dropped;
    const rows = text.rows;
    // A last row that is empty is only where the next text will go.
    const count = rows.at(-1)?.length === 0 ? rows.length - 1 : rows.length;
    for (const gone of this.#drawn.splice(count)) gone.node.remove();
    for (let index = 0; index < count; index++) {
      const row = rows[index] as Row;
      const old = this.#drawn[index];
      if (old?.row === row) continue;
      const node = drawRow(row);
      if (old) old.node.replaceWith(node);
      else this.#el.append(node);
      this.#drawn[index] = { row, node };
    }
  }

  #drop(count: number): void {
    if (count < 0) count = this.#drawn.length; // another text than the one drawn before
    for (const gone of this.#drawn.splice(0, count)) gone.node.remove();
  }
}

/** One row as a block that is copied with its line end. */
function drawRow(row: Row): HTMLElement {
  const line = document.createElement("span");
  line.className = "console-row";
  if (row.every((run) => isPlain(run.pen))) {
    line.textContent = `${textOf(row)}\n`;
    return line;
  }
  for (const run of row) line.append(isPlain(run.pen) ? run.text : drawRun(run.text, run.pen));
  line.append("\n");
  return line;
}

function isPlain(pen: Pen): boolean {
  return pen.color === null && pen.background === null && pen.marks.length === 0;
}

function drawRun(text: string, pen: Pen): HTMLElement {
  const span = document.createElement("span");
  span.textContent = text;
  if (pen.marks.length) span.className = pen.marks.map((mark) => `console-${mark}`).join(" ");
  const { color, background } = coloursOf(pen);
  if (color) span.style.color = color;
  if (background) span.style.backgroundColor = background;
  return span;
}
