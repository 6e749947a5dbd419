/**
 * The keys of the edit page, in one table: what is listed under `?` is what works.
 *
 * As in Jupyter, there are two modes. In *command mode* the focus is on a cell, and letters are commands;
 * in *edit mode* it is in a cell's text. The editor's own keys (indentation, search, completion) are
 * listed here and handled by it.
 */

export type Action =
  | "run"
  | "run-and-go-on"
  | "run-and-add"
  | "run-all"
  | "run-stale"
  | "interrupt"
  | "restart"
  | "edit"
  | "leave-edit"
  | "up"
  | "down"
  | "first"
  | "last"
  | "move-up"
  | "move-down"
  | "add-above"
  | "add-below"
  | "delete"
  | "undo-delete"
  | "cut"
  | "copy"
  | "paste"
  | "to-code"
  | "to-markdown"
  | "split"
  | "save"
  | "toggle-app"
  | "help";

export type Mode = "command" | "edit";

export interface Shortcut {
  /** As `keyOf` names them; a sequence has a space between its keys. `Mod` is Ctrl, and ⌘ on a Mac. */
  readonly keys: readonly string[];
  readonly action: Action;
  readonly words: string;
  /** Where it works; both where this is left out. */
  readonly mode?: Mode;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["Shift-Enter"], action: "run-and-go-on", words: "Run, and go to the next cell" },
  { keys: ["Mod-Enter"], action: "run", words: "Run, and stay" },
  { keys: ["Alt-Enter"], action: "run-and-add", words: "Run, and add a cell below" },
  { keys: ["Mod-Shift-Enter"], action: "run-stale", words: "Run all cells that are stale" },
  { keys: ["Mod-s"], action: "save", words: "Save" },
  { keys: ["Mod-."], action: "toggle-app", words: "Show as app, and back" },

  { keys: ["Enter"], action: "edit", words: "Edit the cell", mode: "command" },
  { keys: ["ArrowUp", "k"], action: "up", words: "Cell above", mode: "command" },
  { keys: ["ArrowDown", "j"], action: "down", words: "Cell below", mode: "command" },
  { keys: ["Home"], action: "first", words: "First cell", mode: "command" },
  { keys: ["End"], action: "last", words: "Last cell", mode: "command" },
  { keys: ["a"], action: "add-above", words: "Add a cell above", mode: "command" },
  { keys: ["b"], action: "add-below", words: "Add a cell below", mode: "command" },
  { keys: ["Mod-Shift-ArrowUp", "Alt-ArrowUp"], action: "move-up", words: "Move up", mode: "command" },
  {
    keys: ["Mod-Shift-ArrowDown", "Alt-ArrowDown"],
    action: "move-down",
    words: "Move down",
    mode: "command",
  },
  { keys: ["d d"], action: "delete", words: "Delete the cell", mode: "command" },
  { keys: ["z", "Mod-z"], action: "undo-delete", words: "Bring back the deleted cell", mode: "command" },
  { keys: ["x"], action: "cut", words: "Cut the cell", mode: "command" },
  { keys: ["c"], action: "copy", words: "Copy the cell", mode: "command" },
  { keys: ["v"], action: "paste", words: "Paste below", mode: "command" },
  { keys: ["y"], action: "to-code", words: "Make it a code cell", mode: "command" },
  { keys: ["m"], action: "to-markdown", words: "Make it a Markdown cell", mode: "command" },
  { keys: ["i i"], action: "interrupt", words: "Interrupt Python", mode: "command" },
  { keys: ["0 0"], action: "restart", words: "Restart Python", mode: "command" },
  { keys: ["s"], action: "save", words: "Save", mode: "command" },
  { keys: ["?", "h"], action: "help", words: "Show these shortcuts", mode: "command" },

  { keys: ["Escape"], action: "leave-edit", words: "Back to command mode", mode: "edit" },
  { keys: ["Mod-Shift--"], action: "split", words: "Split the cell at the cursor", mode: "edit" },
];

/** What the editor does by itself, for the list. */
export const EDITOR_KEYS: readonly { readonly keys: readonly string[]; readonly words: string }[] = [
  { keys: ["Tab"], words: "Complete, or indent" },
  { keys: ["Shift-Tab"], words: "Indent less" },
  { keys: ["Mod-Space"], words: "Complete" },
  { keys: ["Mod-/"], words: "Comment, and back" },
  { keys: ["Mod-f"], words: "Find and replace in the cell" },
  { keys: ["Mod-z"], words: "Undo" },
  { keys: ["Mod-Shift-z", "Mod-y"], words: "Redo" },
  { keys: ["Alt-ArrowUp", "Alt-ArrowDown"], words: "Move the line" },
];

/** How long the first key of a sequence waits for its second, in milliseconds. */
export const SEQUENCE = 800;

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The name of a key with its modifiers. Shift is named only where it does not make another character. */
export function keyOf(event: Pressed, mac: boolean): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  const letter = event.key.length === 1;
  const key = letter && (mod || event.shiftKey) && event.key === "_" ? "-" : event.key;
  const shift = event.shiftKey && (!letter || mod || /[a-z]/i.test(key));
  const parts = [mod && "Mod", other && "Other", event.altKey && "Alt", shift && "Shift"];
  return [...parts.filter(Boolean), letter ? key.toLowerCase() : key].join("-");
}

/** Reads keys, one after another, in one mode. */
export class KeyReader {
  readonly #table: ReadonlyMap<string, Action>;
  #first: { key: string; at: number } | null = null;

  constructor(mode: Mode, shortcuts: readonly Shortcut[] = SHORTCUTS) {
    const own = shortcuts.filter((shortcut) => (shortcut.mode ?? mode) === mode);
    this.#table = new Map(own.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));
  }

  /** What this key asks for; null for nothing, or for nothing yet. `now` is in milliseconds. */
  read(key: string, now: number): Action | null {
    const first = this.#first;
    this.#first = null;
    const both = first && now - first.at <= SEQUENCE ? this.#table.get(`${first.key} ${key}`) : undefined;
    if (both) return both;
    const alone = this.#table.get(key);
    if (alone) return alone;
    if ([...this.#table.keys()].some((keys) => keys.startsWith(`${key} `))) this.#first = { key, at: now };
    return null;
  }
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** A key as it stands on the keyboard. */
export function keyCaps(keys: string, mac: boolean): string[] {
  return keys.split(" ").flatMap((key) =>
    key
      .replace(/--$/, "-minus")
      .split("-")
      .map((part) => {
        if (part === "Mod") return mac ? "⌘" : "Ctrl";
        if (part === "minus") return "−";
        return SYMBOLS[part] ?? (part.length === 1 ? part.toUpperCase() : part);
      }),
  );
}
