/**
 * The notebook as the page knows it: a pure fold over what arrives about cells and kernel.
 *
 * State is a value; `fold` returns another one, in which everything that did not change is the same
 * object, so that the page draws again only what did. (The text of a console is the exception: it grows
 * in place, and `version` tells that it did.)
 *
 * A cell that runs again keeps the outputs of its earlier run until new ones take their place, one after
 * the other, or the run ends. An output has a `key`: the model that it shows, or its place among its kind; whoever draws
 * outputs keeps the DOM of a key, so that the same model in the same place survives a run.
 */

import type { CellEdited, CellLifecycle, CellMessage, KernelStatus, NotebookInfo } from "@anyhost/protocol";
import { ConsoleText } from "../console/text.ts";

export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** Outputs that a cell keeps (promise 8). What comes after is counted. */
export const MAX_OUTPUTS = 1_000;
/**
 * Errors of callbacks that a cell keeps, the latest, as the server does: a validator may refuse for as long
 * as the session lives, and must not fill the cell up.
 */
export const MAX_CALLBACK_ERRORS = 100;

export interface DataOutput {
  readonly kind: "data";
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly displayId: string | null;
}

export interface ConsoleOutput {
  readonly kind: "console";
  readonly key: string;
  readonly stream: "stdout" | "stderr";
  /** Written by a callback of a widget, not by the cell's run. */
  readonly callback: boolean;
  readonly text: ConsoleText;
  readonly version: number;
}

export interface ErrorOutput {
  readonly kind: "error";
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly traceback: readonly string[];
  readonly line: number | null;
  /** Raised in a callback of a widget, not by the cell's run. */
  readonly callback: boolean;
  /** How often in a row: a drag can raise the same error many times. */
  readonly times: number;
  /** The ids of the cells that the traceback names, by those names. */
  readonly cells: Readonly<Record<string, string>>;
}

export type Output = DataOutput | ConsoleOutput | ErrorOutput;

export type Phase = "idle" | "queued" | "running" | "ok" | "error" | "interrupted" | "cancelled";

export interface Cell {
  readonly id: string;
  readonly kind: "code" | "markdown";
  readonly source: string | null;
  readonly phase: Phase;
  /** When the run began, in milliseconds of the page's clock. */
  readonly startedAt: number | null;
  /** How long the last run took, in seconds. */
  readonly elapsed: number | null;
  readonly outputs: readonly Output[];
  /** Outputs of the earlier run whose place no new one has taken yet: shown after those, so that nothing jumps. */
  readonly leftovers: readonly Output[];
  /** What is shown goes when the next output comes: it is an earlier run's, or was cleared "with wait". */
  readonly replacing: "run" | "clear" | null;
  /** It was edited, or what it reads has changed, and it has not run since. */
  readonly stale: boolean;
  /** What the graph of cells says at this cell. */
  readonly notes: readonly string[];
  /** Outputs beyond `MAX_OUTPUTS`, which are not kept. */
  readonly unshown: number;
}

export interface Notebook {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly kernel: { readonly status: KernelStatus["status"]; readonly detail: string };
}

export type NotebookMessage = NotebookInfo | CellEdited | CellLifecycle | KernelStatus;

export const EMPTY_NOTEBOOK: Notebook = {
  name: "",
  cells: [],
  kernel: { status: "starting", detail: "" },
};

/** The notebook after one notification. `now` is the page's clock, in milliseconds. */
export function fold(notebook: Notebook, notification: NotebookMessage, now: number): Notebook {
  switch (notification.op) {
    case "kernel": {
      const { status, detail } = notification;
      const cells = status === "dead" ? notebook.cells.map(stop) : notebook.cells;
      return { ...notebook, cells, kernel: { status, detail } };
    }
    case "notebook":
      return { ...notebook, name: notification.name, cells: arrange(notebook.cells, notification) };
    case "cell-edited":
      return { ...notebook, cells: notebook.cells.map((cell) => edit(cell, notification)) };
    case "cell-lifecycle":
      return foldCells(notebook, notification, now);
    default:
      return notification satisfies never;
  }
}

/** Cells in their new order; those that are still there keep what they show. */
function arrange(cells: readonly Cell[], { cells: infos }: NotebookInfo): readonly Cell[] {
  const known = new Map(cells.map((cell) => [cell.id, cell]));
  return infos.map(({ cell_id, kind, source }) => {
    const cell = known.get(cell_id);
    if (cell) return cell.kind === kind && cell.source === source ? cell : { ...cell, kind, source };
    return newCell(cell_id, kind, source);
  });
}

function edit(cell: Cell, { cell_id, source }: CellEdited): Cell {
  return cell.id === cell_id ? { ...cell, source } : cell;
}

/** A cell that has not run. */
export function newCell(id: string, kind: Cell["kind"], source: string | null): Cell {
  return { id, kind, source, ...NEW_CELL };
}

const NEW_CELL = {
  phase: "idle",
  startedAt: null,
  elapsed: null,
  outputs: [],
  leftovers: [],
  replacing: null,
  stale: false,
  notes: [],
  unshown: 0,
} as const;

function foldCells(notebook: Notebook, { cell_id, message }: CellLifecycle, now: number): Notebook {
  const { cells } = notebook;
  if (message.method === "output" && message.update) {
    return { ...notebook, cells: cells.map((cell) => updateDisplays(cell, message)) };
  }
  const index = cells.findIndex((cell) => cell.id === cell_id);
  const cell = cells[index];
  if (!cell) return notebook;
  return { ...notebook, cells: cells.with(index, foldCell(cell, message, now)) };
}

function foldCell(cell: Cell, message: CellMessage, now: number): Cell {
  switch (message.method) {
    case "queued":
      return { ...cell, phase: "queued" };
    case "running":
      return { ...cell, phase: "running", startedAt: now - message.elapsed * 1000, replacing: "run" };
    case "output":
      return addOutput(cell, (earlier) => displayed(message, earlier));
    case "console":
      return write(cell, message);
    case "error":
      return raise(cell, message);
    case "clear":
      return message.wait
        ? { ...cell, replacing: "clear" }
        : { ...cell, outputs: [], leftovers: [], replacing: null, unshown: 0 };
    case "finished":
      return finish({ ...cell, elapsed: message.elapsed }, message.status);
    case "stale":
      return { ...cell, stale: message.stale };
    case "notes":
      return { ...cell, notes: message.notes };
    default:
      return message satisfies never;
  }
}

/** Its kernel is gone: it will not say that it has finished. */
function stop(cell: Cell): Cell {
  if (cell.phase === "queued") return finish(cell, "cancelled");
  return cell.phase === "running" ? finish({ ...cell, replacing: null }, "interrupted") : cell;
}

type OutputMessage = Extract<CellMessage, { method: "output" }>;
type ConsoleMessage = Extract<CellMessage, { method: "console" }>;
type ErrorMessage = Extract<CellMessage, { method: "error" }>;

function finish(cell: Cell, status: Extract<CellMessage, { method: "finished" }>["status"]): Cell {
  const ended = { ...cell, phase: status, startedAt: null, replacing: null, leftovers: [] };
  // A run without any output: what the earlier one showed is no longer true. After one that never began
  // it still is, as good as it was.
  return cell.replacing === "run" && status !== "cancelled" ? { ...ended, outputs: [], unshown: 0 } : ended;
}

function addOutput(cell: Cell, make: (earlier: readonly Output[]) => Output): Cell {
  const earlier = cell.replacing ? [] : cell.outputs;
  if (earlier.length >= MAX_OUTPUTS) return { ...cell, unshown: cell.unshown + 1 };
  const unshown = cell.replacing ? 0 : cell.unshown;
  const output = make(earlier);
  const left = cell.replacing === "run" ? cell.outputs : cell.replacing ? [] : cell.leftovers;
  const leftovers = left.length ? left.filter(({ key }) => key !== output.key) : left;
  return { ...cell, outputs: [...earlier, output], leftovers, replacing: null, unshown };
}

function displayed({ data, metadata, display_id }: OutputMessage, earlier: readonly Output[]): DataOutput {
  const model = modelOf(data);
  const key = uniqueKey(model === null ? "data" : `model ${model}`, earlier);
  return { kind: "data", key, data, metadata, displayId: display_id };
}

/** An output that is shown again in place (`update_display`), in this cell. */
function updateDisplays(cell: Cell, { data, metadata, display_id }: OutputMessage): Cell {
  const shows = (output: Output) => output.kind === "data" && output.displayId === display_id;
  if (display_id === null || !cell.outputs.some(shows)) return cell;
  const outputs = cell.outputs.map((output) => {
    if (!shows(output)) return output;
    const others = cell.outputs.filter((other) => other !== output);
    const again = { ...(output as DataOutput), data, metadata };
    const model = modelOf(data);
    return model === modelOf((output as DataOutput).data)
      ? again
      : { ...again, key: uniqueKey(model === null ? "data" : `model ${model}`, others) };
  });
  return { ...cell, outputs };
}

/** Neighbouring text of one stream is one output, as a terminal shows it. */
function write(cell: Cell, { stream, text, callback }: ConsoleMessage): Cell {
  const last = cell.replacing ? undefined : cell.outputs.at(-1);
  if (last?.kind === "console" && last.stream === stream && last.callback === callback) {
    last.text.write(text);
    return { ...cell, outputs: cell.outputs.with(-1, { ...last, version: last.version + 1 }) };
  }
  return addOutput(cell, (earlier) => {
    const fresh = new ConsoleText();
    fresh.write(text);
    const key = uniqueKey(callback ? `${stream} of callbacks` : stream, earlier);
    return { kind: "console", key, stream, callback, text: fresh, version: 0 };
  });
}

function raise(cell: Cell, { name, value, traceback, line, callback, cells }: ErrorMessage): Cell {
  // A drag raises the same once for each of its steps, with what other callbacks say in between.
  const same = (output: Output): output is ErrorOutput =>
    output.kind === "error" && output.callback && output.name === name && output.value === value;
  const earlier = callback && !cell.replacing ? cell.outputs.find(same) : undefined;
  if (earlier) {
    const again = { ...earlier, traceback, line, cells, times: earlier.times + 1 };
    return { ...cell, outputs: cell.outputs.with(cell.outputs.indexOf(earlier), again) };
  }
  return addOutput(callback ? withRoomForError(cell) : cell, (earlier) => ({
    kind: "error",
    key: uniqueKey("error", earlier),
    name,
    value,
    traceback,
    line,
    callback,
    cells,
    times: 1,
  }));
}

function withRoomForError(cell: Cell): Cell {
  const errors = cell.outputs.filter((output) => output.kind === "error" && output.callback);
  if (errors.length < MAX_CALLBACK_ERRORS) return cell;
  return { ...cell, outputs: cell.outputs.filter((output) => output !== errors[0]) };
}

/** The model that an output shows, or null. */
export function modelOf(data: Readonly<Record<string, unknown>>): string | null {
  const view = data[WIDGET_VIEW];
  if (typeof view !== "object" || view === null || !("model_id" in view)) return null;
  return typeof view.model_id === "string" ? view.model_id : null;
}

function uniqueKey(base: string, earlier: readonly Output[]): string {
  if (earlier.every((output) => output.key !== base)) return base;
  const taken = new Set(earlier.map((output) => output.key));
  for (let nth = 2; ; nth++) {
    const key = `${base} ${nth}`;
    if (!taken.has(key)) return key;
  }
}
