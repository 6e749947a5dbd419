/**
 * The notebook under its writer's hands: what is chosen, what was typed, what was asked of the server and
 * not answered yet, and every action that a key or a button can ask for.
 *
 * It draws nothing. `state` and `cells` are values; `changed` is called when they are others.
 */

import type { Completions, FileStatus, NotebookAck, SessionStart } from "@anyhost/protocol";
import type { Cell } from "../app/notebook.ts";
import type { Page } from "../app/page.ts";
import type { EditListener } from "../app/route.ts";
import type { PageConnection } from "../connection.ts";
import { randomId } from "../identity.ts";
import type { NotebookCommand, NotebookRequest } from "../outbox.ts";
import { again } from "./again.ts";
import { type Deleted, deletion, MAX_DELETED, placeOf } from "./deleted.ts";
import { Focus } from "./focus.ts";
import type { Memory } from "./memory.ts";
import { overlaid } from "./overlay.ts";
import { Questions } from "./questions.ts";
import type { Action } from "./shortcuts.ts";
import { Typing } from "./typing.ts";

export interface EditState {
  /** The cell that commands are for. */
  readonly selected: string | null;
  /** Markdown cells whose source is shown instead of what it means. */
  readonly writing: ReadonlySet<string>;
  readonly view: "edit" | "app";
  readonly file: Omit<FileStatus, "op" | "seq">;
  /** What was deleted here, the last one at the end. */
  readonly deleted: readonly Deleted[];
  /** Something to tell for a moment, with a way to undo it. */
  readonly toast: string | null;
  /** `start`: to run something Python has to be started first. */
  readonly dialog: "help" | "restart" | "start" | null;
}

/** The text of a cell, as an editor has it. */
export interface SourceHandle {
  /** Put the cursor in it: at its beginning, its end, in a line (from 1), or where it was. */
  focus(at: "start" | "end" | "same" | number): void;
  /** The text before and after the cursor, or null where there is no editor yet. */
  readonly halves: readonly [string, string] | null;
}

export type EditConnection = Pick<
  PageConnection,
  "sendToNotebook" | "complete" | "interrupt" | "restart" | "online"
>;

export interface EditingOptions {
  readonly page: Page;
  readonly connection: EditConnection;
  readonly memory: Memory;
  readonly changed: () => void;
  /** Draw now: what the user does next is for what is there then. */
  readonly draw: () => void;
}

/** How long a toast stays, in milliseconds. */
export const TOAST = 8_000;

const FAILED: Readonly<Record<NotebookCommand["type"], string>> = {
  "edit-cell": "An edit was not taken",
  "add-cell": "The cell was not added",
  "delete-cell": "The cell was not deleted",
  "move-cell": "The cell was not moved",
  "run-cells": "Nothing was run",
  complete: "There is no completion",
  save: "The notebook was not saved",
  "resolve-conflict": "The conflict is not resolved",
};

export class Editing implements EditListener {
  readonly #options: EditingOptions;
  readonly #typing: Typing;
  readonly focus = new Focus();
  readonly questions: Questions;
  /** The texts on the page, by cell. */
  readonly sources = new Map<string, SourceHandle>();
  #state: EditState;
  #pending: readonly NotebookCommand[] = [];
  #session: string | null = null;
  /** A snapshot of another session than that of the drafts is coming in. */
  #moved = false;
  /** What the server before has not answered, and the cells that it had. */
  #unanswered: { readonly commands: readonly NotebookCommand[]; readonly cells: readonly Cell[] } | null =
    null;
  #toast: ReturnType<typeof setTimeout> | undefined;
  #clipboard: Pick<Cell, "kind" | "source"> | null = null;
  /** Where the chosen cell was last. */
  #index = 0;
  #drawn: { from: readonly unknown[]; cells: readonly Cell[] } | null = null;

  constructor(options: EditingOptions, signal: AbortSignal) {
    this.#options = options;
    const { connection, memory } = options;
    const { selected, view } = memory.read();
    this.#state = {
      selected,
      view,
      writing: new Set(),
      file: { status: "saved", detail: "", cells: null },
      deleted: [],
      toast: null,
      dialog: null,
    };
    this.#typing = new Typing(
      {
        send: (request) => this.#try(request),
        online: () => connection.online,
        changed: options.changed,
      },
      signal,
    );
    this.questions = new Questions((request) => connection.complete(request));
    signal.addEventListener("abort", () => clearTimeout(this.#toast), { once: true });
  }

  get state(): EditState {
    return this.#state;
  }

  /** The cells as they should be seen (see `overlay.ts`). The same array while nothing changes. */
  get cells(): readonly Cell[] {
    const { cells } = this.#options.page.state.notebook;
    const from = [cells, this.#pending, this.#typing.drafts];
    if (!this.#drawn?.from.every((value, index) => value === from[index])) {
      this.#drawn = { from, cells: overlaid(cells, this.#pending, this.#typing.drafts) };
    }
    return this.#drawn.cells;
  }

  get selected(): Cell | undefined {
    return this.cells.find((cell) => cell.id === this.#state.selected);
  }

  /** Whether what is done now is on its way at once. */
  get online(): boolean {
    return this.#options.connection.online;
  }

  /** Whether the server lacks something that was done here. */
  get unsaid(): boolean {
    return this.#typing.drafts.size > 0 || this.#pending.some(({ type }) => type !== "save");
  }

  // ---- What arrives -----------------------------------------------------------------------------

  /** The notebook has other cells, or others in another order. */
  arranged(): void {
    if (!this.#moved) this.#keepSelection();
  }

  file({ status, detail, cells }: FileStatus): void {
    this.#set({ file: { status, detail, cells } });
  }

  answered({ command_id, error }: NotebookAck): void {
    const command = this.#pending.find(({ commandId }) => commandId === command_id);
    const wasEdit = [...this.#typing.drafts.values()].some(({ commandId }) => commandId === command_id);
    this.#pending = this.#pending.filter((each) => each !== command);
    this.#typing.answered(command_id);
    this.questions.failed(command_id);
    const type = command?.type ?? (wasEdit ? "edit-cell" : null);
    if (error && type) this.#options.page.notice("error", FAILED[type], error);
    this.#keepSelection();
    this.#options.changed();
  }

  completions(completions: Completions): void {
    this.questions.answered(completions);
  }

  begin({ session_id, resumed }: SessionStart): void {
    this.#moved ||= this.#session !== null && this.#session !== session_id;
    this.#session = session_id;
    if (!resumed) this.questions.forget();
    if (this.#moved && this.#pending.length > 0) {
      this.#unanswered = { commands: this.#pending, cells: this.#options.page.state.notebook.cells };
      this.#pending = [];
    }
  }

  /** A snapshot is whole. */
  settled(): void {
    if (this.#moved) this.#moveIn(this.#options.page.state.notebook.cells);
    this.#moved = false;
    this.#keepSelection();
  }

  /** Another server has the notebook: do there what the one before has not answered. */
  #moveIn(cells: readonly Cell[]): void {
    const unanswered = this.#unanswered ?? { commands: [], cells: [] };
    this.#unanswered = null;
    const todo = again(unanswered.commands, unanswered.cells, cells);
    for (const request of todo.cells) this.#send(request);
    for (const source of this.#typing.rehouse(overlaid(cells, this.#pending, new Map()))) {
      this.#send({ type: "add-cell", cellId: newId(), kind: "code", source, before: null });
    }
    for (const request of todo.runs) this.#send(request);
    if (todo.lost.length > 0) {
      this.#options.page.notice("info", "Not all that you did could be done again", todo.lost.join("\n"));
    }
  }

  /** There is a way to the server again. */
  reconnected(): void {
    if (!this.#moved) this.#typing.flush();
  }

  /** The page is out of sight, which on a phone can be its end. */
  hidden(): void {
    this.#typing.flush();
  }

  /** What the page before F5 asked for, and the server has not heard of. */
  inherited({ commandId: _, ...request }: NotebookRequest & { readonly commandId: number | null }): void {
    if (request.type === "edit-cell") this.type(request.cellId, request.source);
    else this.#send(request);
  }

  /** The page goes, perhaps for good: what was typed is to be sent now. */
  leaving(): void {
    this.#typing.flush({ queue: true });
    this.remember();
  }

  remember(): void {
    const { selected, view } = this.#state;
    this.#options.memory.write({ selected, view, scroll: window.scrollY });
  }

  // ---- What the writer does ---------------------------------------------------------------------

  /** The text of a cell is another one now. */
  type(cellId: string, source: string): void {
    const known = this.#options.page.state.notebook.cells.find((cell) => cell.id === cellId);
    this.#typing.type(cellId, source, known?.source ?? "");
  }

  select(cellId: string | null): void {
    if (cellId !== this.#state.selected) this.#set({ selected: cellId });
  }

  /** Go to a cell: choose it, with the focus on it or in its text. */
  goTo(cellId: string, at: "cell" | "start" | "end" | "same" | number): void {
    const cell = this.cells.find((each) => each.id === cellId);
    if (!cell) return;
    this.select(cellId);
    if (at !== "cell" && cell.kind === "markdown") this.#write(cellId, true);
    this.focus.want(cellId, at);
    this.#options.draw();
  }

  /** What a key or a button asks for, for the chosen cell or for the one named. */
  act(action: Action, cellId: string | null = this.#state.selected): void {
    const cell = this.cells.find((each) => each.id === cellId);
    if (cell) this.select(cell.id);
    this.#actions[action](cell);
  }

  readonly #actions: Readonly<Record<Action, (cell: Cell | undefined) => void>> = {
    run: (cell) => cell && this.#run(cell),
    "run-and-go-on": (cell) => cell && this.#runAndGoOn(cell),
    "run-and-add": (cell) => {
      if (!cell || this.#run(cell)) this.add("code", this.after(cell), { edit: true });
    },
    "run-all": () => this.#runMany("all"),
    "run-stale": () => this.#runMany("stale"),
    interrupt: () => void this.#options.connection.interrupt(),
    restart: () => this.#set({ dialog: "restart" }),
    edit: (cell) => cell && this.goTo(cell.id, "same"),
    "leave-edit": (cell) => cell && this.goTo(cell.id, "cell"),
    up: (cell) => this.#step(cell, -1),
    down: (cell) => this.#step(cell, 1),
    first: () => this.#goToIndex(0),
    last: () => this.#goToIndex(this.cells.length - 1),
    "move-up": (cell) => cell && this.#move(cell, -1),
    "move-down": (cell) => cell && this.#move(cell, 1),
    "add-above": (cell) => this.add("code", cell?.id ?? null),
    "add-below": (cell) => this.add("code", this.after(cell)),
    delete: (cell) => cell && this.#delete(cell, "Cell deleted"),
    "undo-delete": () => this.#undoDelete(),
    cut: (cell) => {
      if (!cell) return;
      this.#clipboard = { kind: cell.kind, source: cell.source };
      this.#delete(cell, "Cell cut");
    },
    copy: (cell) => {
      if (cell) this.#clipboard = { kind: cell.kind, source: cell.source };
    },
    paste: (cell) => {
      const { kind, source } = this.#clipboard ?? {};
      if (kind) this.add(kind, this.after(cell), { source: source ?? "" });
    },
    "to-code": (cell) => cell && this.#convert(cell, "code"),
    "to-markdown": (cell) => cell && this.#convert(cell, "markdown"),
    split: (cell) => cell && this.#split(cell),
    save: () => {
      this.#typing.flush({ queue: true });
      this.#send({ type: "save" });
    },
    "toggle-app": () => this.#set({ view: this.#state.view === "app" ? "edit" : "app" }),
    help: () => this.#set({ dialog: "help" }),
  };

  /** A new cell before the one named, or at the end. */
  add(
    kind: Cell["kind"],
    before: string | null,
    { source = "", edit = false }: { source?: string; edit?: boolean } = {},
  ): string {
    const cellId = newId();
    this.#send({ type: "add-cell", cellId, kind, source, before });
    this.goTo(cellId, edit || (kind === "markdown" && !source) ? "start" : "cell");
    return cellId;
  }

  resolve(keep: "edits" | "file"): void {
    if (keep === "edits") this.#typing.flush({ queue: true });
    this.#send({ type: "resolve-conflict", keep });
  }

  restart(): void {
    this.#typing.flush({ queue: true });
    this.#options.connection.restart();
  }

  closeDialog(): void {
    this.#set({ dialog: null });
  }

  closeToast(): void {
    clearTimeout(this.#toast);
    this.#set({ toast: null });
  }

  /** Run a cell, or show what its Markdown means. False: Python has to be started first. */
  #run(cell: Cell): boolean {
    this.#typing.flush({ queue: true });
    if (cell.kind === "markdown") {
      this.#write(cell.id, false);
      this.goTo(cell.id, "cell");
      return true;
    }
    return this.#sendRun({ type: "run-cells", which: "these", cellIds: [cell.id] });
  }

  #runMany(which: "all" | "stale"): void {
    this.#typing.flush({ queue: true });
    this.#sendRun({ type: "run-cells", which, cellIds: [] });
  }

  #sendRun(request: NotebookRequest): boolean {
    const dead = this.#options.page.state.notebook.kernel.status === "dead";
    if (dead) this.#set({ dialog: "start" });
    else this.#send(request);
    return !dead;
  }

  #runAndGoOn(cell: Cell): void {
    const next = this.after(cell);
    if (!this.#run(cell)) return;
    if (next) this.goTo(next, "cell");
    else this.add("code", null, { edit: true });
  }

  #step(cell: Cell | undefined, by: number): void {
    const { cells } = this;
    this.#goToIndex(cell ? Math.max(0, Math.min(cells.length - 1, cells.indexOf(cell) + by)) : 0);
  }

  #goToIndex(index: number): void {
    const cell = this.cells[index];
    if (cell) this.goTo(cell.id, "cell");
  }

  #move(cell: Cell, by: 1 | -1): void {
    const { cells } = this;
    const index = cells.indexOf(cell);
    if (!cells[index + by]) return;
    const before = cells[by > 0 ? index + 2 : index - 1]?.id ?? null;
    this.#send({ type: "move-cell", cellId: cell.id, before });
    this.goTo(cell.id, "cell");
  }

  #delete(cell: Cell, words: string): void {
    const { cells } = this;
    const index = cells.indexOf(cell);
    const next = cells[index + 1] ?? cells[index - 1];
    this.#typing.drop(cell.id);
    this.#send({ type: "delete-cell", cellId: cell.id });
    const deleted = [...this.#state.deleted, deletion(cells, cell)].slice(-MAX_DELETED);
    clearTimeout(this.#toast);
    this.#toast = setTimeout(() => this.closeToast(), TOAST);
    this.#set({ deleted, toast: words });
    if (next) this.goTo(next.id, "cell");
  }

  #undoDelete(): void {
    const last = this.#state.deleted.at(-1);
    if (!last) return;
    const { id: cellId, kind, source } = last;
    this.#send({ type: "add-cell", cellId, kind, source, before: placeOf(last, this.cells) });
    this.#set({ deleted: this.#state.deleted.slice(0, -1) });
    this.closeToast();
    this.goTo(cellId, "cell");
  }

  /** The cell comes back as one of the other kind: under its id, so that what belongs to it stays. */
  #convert(cell: Cell, kind: Cell["kind"]): void {
    if (cell.kind === kind) return;
    const before = this.after(cell);
    this.#typing.drop(cell.id);
    this.#send({ type: "delete-cell", cellId: cell.id });
    this.#send({ type: "add-cell", cellId: cell.id, kind, source: cell.source ?? "", before });
    this.#write(cell.id, kind === "markdown");
    this.goTo(cell.id, "cell");
  }

  #split(cell: Cell): void {
    const [head, tail] = this.sources.get(cell.id)?.halves ?? [];
    if (head === undefined || tail === undefined) return;
    this.type(cell.id, head.replace(/\n+$/, ""));
    this.#typing.flush({ queue: true });
    const source = tail.replace(/^\n+/, "");
    this.goTo(this.add(cell.kind, this.after(cell), { source }), "start");
  }

  /** The id of the cell that follows; null at the end. */
  after(cell: Cell | undefined): string | null {
    if (!cell) return null;
    const index = this.cells.findIndex((each) => each.id === cell.id);
    return this.cells[index + 1]?.id ?? null;
  }

  #write(cellId: string, writing: boolean): void {
    if (this.#state.writing.has(cellId) === writing) return;
    const others = new Set(this.#state.writing);
    if (writing) others.add(cellId);
    else others.delete(cellId);
    this.#set({ writing: others });
  }

  #send(request: NotebookRequest): void {
    const commandId = this.#try(request);
    if (commandId === null) return;
    this.#pending = [...this.#pending, { ...request, ack: null, commandId }];
    this.#options.changed();
  }

  /** Send, and say so where that is impossible: the message is over the limits, or too many wait. */
  #try(request: NotebookRequest): number | null {
    try {
      return this.#options.connection.sendToNotebook(request);
    } catch (error) {
      this.#options.page.notice("error", FAILED[request.type], String(error));
      return null;
    }
  }

  /** The chosen cell may be gone, deleted by another page: then the one in its place is chosen. */
  #keepSelection(): void {
    const { cells } = this;
    const index = cells.findIndex((cell) => cell.id === this.#state.selected);
    if (index !== -1) this.#index = index;
    else if (cells.length) this.select(cells[Math.min(this.#index, cells.length - 1)]?.id ?? null);
  }

  #set(change: Partial<EditState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.changed();
  }
}

/** A cell's id, made here so that the cell is there before the server has answered. */
function newId(): string {
  return randomId().slice(0, 12);
}
