/** "cell 3, line 2": places in the notebook, as tracebacks and notes name them, and the ways there. */

import type { ComponentChildren } from "preact";
import type { Places } from "../app/outputs.tsx";
import type { Editing } from "./editing.ts";

const PLACE = /\bcell (\d+)(?:, line (\d+))?/;

/** Go to a cell by its number, from 1, and there to a line. */
function goTo(editing: Editing, number: number, line: number | null): void {
  const cell = editing.cells[number - 1];
  if (cell) editing.goTo(cell.id, line ?? "cell");
}

/** The ways from what one cell shows. */
export function placesFrom(cellId: string, editing: Editing): Places {
  return {
    line: (line) => editing.goTo(cellId, line),
    link: (el) => {
      const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) linkIn(text, editing);
    },
  };
}

function linkIn(text: Text, editing: Editing): void {
  const found = PLACE.exec(text.data);
  if (!found?.[2]) return;
  const [words, number, line] = found;
  const rest = text.splitText(found.index);
  rest.deleteData(0, words.length);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = words;
  button.addEventListener("click", () => goTo(editing, Number(number), Number(line)));
  text.after(button);
  linkIn(rest, editing);
}

/** A note with its code in code, and the cells that it names as ways to them. */
export function Note({ text, editing }: { text: string; editing: Editing }) {
  return text.split(/(`[^`]+`|\bcells? \d+(?:(?:, | and )\d+)*)/).map((part): ComponentChildren => {
    if (part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
    if (!/^cells? \d/.test(part)) return part;
    return part.split(/(\d+)/).map((piece) =>
      /^\d+$/.test(piece) ? (
        <button type="button" class="link" onClick={() => goTo(editing, Number(piece), null)}>
          {piece}
        </button>
      ) : (
        piece
      ),
    );
  });
}
