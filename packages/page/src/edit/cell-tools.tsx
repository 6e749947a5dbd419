/** The buttons of a cell. All of them are keys, too (`shortcuts.ts`). */

import type { ComponentChildren } from "preact";
import type { Cell } from "../app/notebook.ts";
import type { Editing } from "./editing.ts";
import { AddIcon, DeleteIcon, DownIcon, EditIcon, RunIcon, StopIcon, UpIcon } from "./icons.tsx";
import type { Action } from "./shortcuts.ts";

interface ToolsProps {
  readonly cell: Cell;
  readonly number: number;
  readonly editing: Editing;
}

/** Beside the source; while the cell runs it stops it. */
export function RunButton({ cell, number, editing }: ToolsProps) {
  const running = cell.phase === "running";
  const act = () => editing.act(running ? "interrupt" : "run", cell.id);
  return (
    <button
      type="button"
      class="cell-run"
      tabIndex={-1}
      aria-label={running ? `Interrupt cell ${number}` : `Run cell ${number}`}
      title={running ? "Interrupt (i i)" : "Run (Ctrl-Enter)"}
      onClick={act}
    >
      {running ? <StopIcon /> : <RunIcon />}
    </button>
  );
}

export function CellTools({ cell, number, editing }: ToolsProps) {
  const tool = (action: Action, label: string, title: string, icon: ComponentChildren) => (
    <button
      type="button"
      class="tool"
      aria-label={`${label} cell ${number}`}
      title={title}
      onClick={() => editing.act(action, cell.id)}
    >
      {icon}
    </button>
  );
  const code = cell.kind === "code";
  const writing = editing.state.writing.has(cell.id);
  return (
    <div class="cell-tools" role="toolbar" aria-label={`Tools of cell ${number}`}>
      <span class="cell-number" aria-hidden="true">
        {number}
      </span>
      {code || writing
        ? tool("run", code ? "Run" : "Show", code ? "Run (Ctrl-Enter)" : "Show (Shift-Enter)", <RunIcon />)
        : tool("edit", "Edit", "Edit (Enter)", <EditIcon />)}
      {tool("move-up", "Move up", "Move up (Alt-↑)", <UpIcon />)}
      {tool("move-down", "Move down", "Move down (Alt-↓)", <DownIcon />)}
      {tool("add-below", "Add a cell below", "Add below (b)", <AddIcon />)}
      <button
        type="button"
        class="tool tool-word"
        title={code ? "Make it Markdown (m)" : "Make it code (y)"}
        onClick={() => editing.act(code ? "to-markdown" : "to-code", cell.id)}
      >
        {code ? "Markdown" : "Code"}
      </button>
      {tool("delete", "Delete", "Delete (d d)", <DeleteIcon />)}
    </div>
  );
}

/** In the space above and below the cell under the pointer. Keys: a and b. */
export function Between({ cell, editing }: { cell: Cell; editing: Editing }) {
  return (
    <>
      <AddRow class="between between-above" place={() => cell.id} editing={editing} />
      <AddRow class="between between-below" place={() => editing.after(cell)} editing={editing} />
    </>
  );
}

interface AddRowProps {
  readonly class: string;
  /** The cell before which the new one goes; at the end without it. */
  readonly place?: () => string | null;
  readonly editing: Editing;
}

export function AddRow({ class: name, place, editing }: AddRowProps) {
  const button = (kind: Cell["kind"], words: string) => (
    <button
      type="button"
      class="add"
      tabIndex={place ? -1 : 0}
      aria-label={`Add a ${words} cell ${place ? "here" : "at the end"}`}
      onClick={() => editing.add(kind, place?.() ?? null, { edit: true })}
    >
      <AddIcon />
      {words}
    </button>
  );
  return (
    <div class={name}>
      {button("code", "Code")}
      {button("markdown", "Markdown")}
    </div>
  );
}
