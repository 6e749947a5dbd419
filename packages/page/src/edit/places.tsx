/** "cell 3, line 2": places in the notebook, as tracebacks and notes name them, and the ways there. */

import type { ComponentChildren } from "preact";
import type { ErrorOutput } from "../app/notebook.ts";
import type { Places } from "../app/outputs.tsx";
import type { Editing } from "./editing.ts";

/** The ways from what one cell shows. */
export function placesFrom(cellId: string, editing: Editing): Places {
  return {
    line: (line) => editing.goTo(cellId, line),
    words: (text) => <Note text={text} editing={editing} />,
    link: (el, cells) => {
      const place = placeIn(cells);
      if (!place) return;
      const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) linkIn(text, place, cells, editing);
    },
  };
}

/** What finds a line of one of these cells (ids by name): where the name begins, how the cell is called, the line. */
function placeIn(cells: ErrorOutput["cells"]): RegExp | null {
  const names = Object.keys(cells).sort((one, other) => other.length - one.length); // "cell 1 (a)" before "cell 1"
  const any = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return any ? new RegExp(`(${any}), line (\\d+)`) : null;
}

/** A cell is called by the number that it has now: by the one that it ran under, nobody would find it. */
function linkIn(text: Text, place: RegExp, cells: ErrorOutput["cells"], editing: Editing): void {
  const found = place.exec(text.data);
  if (!found) return;
  const [words, name, line] = found as unknown as [string, string, string];
  const rest = text.splitText(found.index);
  const index = editing.cells.findIndex(({ id }) => id === cells[name]);
  if (index !== -1) {
    rest.deleteData(0, words.length);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = `cell ${index + 1}, line ${line}`;
    button.addEventListener("click", () => editing.goTo(cells[name] as string, Number(line)));
    text.appendData(name.slice(0, name.lastIndexOf("cell ")));
    text.after(button);
    linkIn(rest, place, cells, editing);
  } else linkIn(rest.splitText(words.length), place, cells, editing);
}

/** Go to a cell by its number, from 1. */
function goTo(editing: Editing, number: number): void {
  const cell = editing.cells[number - 1];
  if (cell) editing.goTo(cell.id, "cell");
}

/** A note with its code in code, and the cells that it names as ways to them. */
export function Note({ text, editing }: { text: string; editing: Editing }) {
  return text.split(/(`[^`]+`|\bcells? \d+(?:(?:, | and )\d+)*)/).map((part): ComponentChildren => {
    if (part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
    if (!/^cells? \d/.test(part)) return part;
    return part.split(/(\d+)/).map((piece) =>
      /^\d+$/.test(piece) ? (
        <button type="button" class="link" onClick={() => goTo(editing, Number(piece))}>
          {piece}
        </button>
      ) : (
        piece
      ),
    );
  });
}
