/** The edit page as `main.tsx` has it: made once the page and its connection are there, drawn with them. */

import "./bar.css";
import "./cell.css";
import "./tools.css";
import "./shortcuts.css";
import "./edit.css";
import type { ComponentChildren } from "preact";
import type { PageState } from "../app/page.ts";
import { Desk } from "./desk.ts";
import { EditPage } from "./edit-page.tsx";
import { Editing, type EditingOptions, type EditState } from "./editing.ts";
import { Memory } from "./memory.ts";
import { fileSaid, runsSaid } from "./said.ts";

export interface EditFrontOptions extends Omit<EditingOptions, "memory"> {
  readonly storage: Storage | null;
  /** The path that the page is served from. */
  readonly base: string;
  readonly dismiss: (notice: number) => void;
}

export class EditFront {
  readonly editing: Editing;
  readonly #desk: Desk;
  readonly #dismiss: (notice: number) => void;
  readonly #scroll: number;
  #restored = false;
  #before: { cells: Editing["cells"]; file: EditState["file"] };

  constructor({ storage, base, dismiss, ...options }: EditFrontOptions, signal: AbortSignal) {
    const memory = new Memory(storage, base);
    this.#scroll = memory.read().scroll;
    this.editing = new Editing({ ...options, memory }, signal);
    this.#desk = new Desk(this.editing, options.page, signal);
    this.#dismiss = dismiss;
    this.#before = this.#look();
    void this.#desk.loadEditor();
  }

  /** What is new about runs and the file since the last drawing, for screen readers. */
  news(): string {
    const before = this.#before;
    const after = this.#look();
    this.#before = after;
    return [fileSaid(before.file, after.file), runsSaid(before.cells, after.cells)].filter(Boolean).join(" ");
  }

  #look() {
    return { cells: this.editing.cells, file: this.editing.state.file };
  }

  view(state: PageState, said: string): ComponentChildren {
    return <EditPage state={state} said={said} desk={this.#desk} dismiss={this.#dismiss} />;
  }

  /** What `view` gave is in the document. */
  drawn(): void {
    this.#desk.settleFocus();
    if (this.#restored || !this.editing.cells.length) return;
    this.#restored = true;
    if (this.#scroll) window.scrollTo(0, this.#scroll);
  }
}
