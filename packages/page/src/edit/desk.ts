/**
 * What every cell of the edit page needs, and what the page does with the keyboard.
 *
 * It owns the page's listeners: keys in command mode, what is chosen by pointer and focus, the warning
 * before a page is left whose edits nobody has.
 */

import type { Page } from "../app/page.ts";
import { loadPart } from "../outputs/part.ts";
import type { Editing } from "./editing.ts";
import { KeyReader, keyOf } from "./shortcuts.ts";
import { Viewport } from "./viewport.ts";

type EditorModule = typeof import("./code-editor.ts");

const MISSING =
  "Cells can be read and run, but not written. Choose one to try again once the server can be reached.";

export class Desk {
  readonly editing: Editing;
  readonly viewport: Viewport;
  readonly mac = /Mac|iP(?:hone|ad|od)/.test(navigator.platform);
  readonly #page: Page;
  readonly #signal: AbortSignal;
  readonly #reader = new KeyReader("command");
  #editor: EditorModule | null = null;
  #loading: Promise<void> | null = null;

  constructor(editing: Editing, page: Page, signal: AbortSignal) {
    this.editing = editing;
    this.#page = page;
    this.#signal = signal;
    this.viewport = new Viewport(signal);
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && editing.hidden(), { signal });
    window.addEventListener("beforeunload", (event) => this.#warn(event), { signal });
  }

  /** CodeMirror: at once where it is there, so that no key is lost that is pressed next. */
  get editor(): EditorModule | null {
    return this.#editor;
  }

  /** Load CodeMirror, once; again where it did not come, which the page says. */
  loadEditor(): Promise<void> {
    this.#loading ??= this.#loadEditor();
    return this.#loading;
  }

  async #loadEditor(): Promise<void> {
    try {
      this.#editor = await loadPart(() => import("./code-editor.ts"), this.#signal);
    } catch {
      this.#loading = null;
      if (!this.#signal.aborted) this.#page.notice("error", "The editor could not be loaded", MISSING);
    }
  }

  /** The cursor went over the edge of a text, into that of the next cell. */
  leaveSource(cellId: string, direction: "up" | "down"): void {
    const { cells } = this.editing;
    const index = cells.findIndex((cell) => cell.id === cellId);
    const next = cells[index + (direction === "up" ? -1 : 1)];
    if (!next) return;
    const shown = next.kind === "code" || this.editing.state.writing.has(next.id);
    const edge = direction === "up" ? "end" : "start";
    this.editing.goTo(next.id, shown ? edge : "cell");
  }

  /** After each drawing: the focus goes where the last action wants it. */
  settleFocus(): void {
    const wanted = this.editing.focus.take();
    if (!wanted) return;
    const cell = document.getElementById(elementId(wanted.cellId));
    if (!cell) return;
    if (wanted.at === "cell") {
      cell.focus({ preventScroll: true });
      cell.scrollIntoView({ block: "nearest" });
    } else this.editing.sources.get(wanted.cellId)?.focus(wanted.at);
  }

  #key(event: KeyboardEvent): void {
    const { editing } = this;
    if (event.defaultPrevented || event.isComposing || editing.state.dialog) return;
    const key = keyOf(event, this.mac);
    const action = this.#reader.read(key, event.timeStamp);
    if (!action) return;
    const everywhere = action === "save" || action === "toggle-app";
    if (!(everywhere && key.startsWith("Mod-")) && !inCommandMode(event.target)) return;
    if (editing.state.view === "app" && action !== "toggle-app") return;
    event.preventDefault();
    editing.act(action);
  }

  #warn(event: BeforeUnloadEvent): void {
    const { editing } = this;
    editing.leaving();
    // With a connection they are on their way, and arrive before the page is gone.
    if (editing.unsaid && !editing.online) event.preventDefault();
  }
}

export function elementId(cellId: string): string {
  return `cell-${cellId}`;
}

/** The focus is on a cell, or nowhere: keys are commands, and not someone else's. */
function inCommandMode(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof HTMLElement && target.classList.contains("cell"));
}
