/** A cell's text in CodeMirror. This module, and CodeMirror with it, is loaded when a first editor is wanted. */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  syntaxHighlighting,
} from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import {
  Compartment,
  EditorSelection,
  EditorState,
  type Extension,
  Prec,
  Transaction,
} from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  placeholder,
  rectangularSelection,
  tooltips,
  ViewPlugin,
} from "@codemirror/view";
import { loadPart } from "../outputs/part.ts";
import { type CompleteAt, kernelCompletions } from "./completion.ts";
import { EDITOR_STYLE, HIGHLIGHTER } from "./editor-style.ts";
import { changeBetween } from "./merge.ts";
import type { Action } from "./shortcuts.ts";
import { KeyReader, keyOf } from "./shortcuts.ts";

export interface CodeEditorOptions {
  readonly source: string;
  readonly language: "python" | "markdown";
  /** What the text is, for a screen reader. */
  readonly label: string;
  readonly mac: boolean;
  /** The text is another one, by the user's hand. */
  readonly typed: (source: string) => void;
  readonly act: (action: Action) => void;
  /** The cursor leaves the text: the key was an arrow at its first or last line. */
  readonly leave: (direction: "up" | "down") => void;
  readonly complete: CompleteAt;
  /** The end of its life. */
  readonly signal: AbortSignal;
}

export type CursorPlace = "start" | "end" | "same" | number;

export class CodeEditor {
  readonly #view: EditorView;

  constructor(parent: HTMLElement, options: CodeEditorOptions) {
    this.#view = new EditorView({
      parent,
      state: EditorState.create({ doc: options.source, extensions: extensionsFor(options) }),
    });
    options.signal.addEventListener("abort", () => this.#view.destroy(), { once: true });
  }

  get source(): string {
    return this.#view.state.doc.toString();
  }

  get halves(): readonly [string, string] {
    const { from, to } = this.#view.state.selection.main;
    return [this.#view.state.sliceDoc(0, from), this.#view.state.sliceDoc(to)];
  }

  /** Another text, from elsewhere: cursor, scroll and the user's own undo history stay as they are. */
  replace(source: string): void {
    const change = changeBetween(this.source, source);
    if (!change) return;
    this.#view.dispatch({
      changes: change,
      annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
    });
  }

  relabel(label: string): void {
    this.#view.contentDOM.setAttribute("aria-label", label);
  }

  focus(at: CursorPlace): void {
    const { state } = this.#view;
    const place = placeIn(state, at);
    if (place !== null) {
      this.#view.dispatch({ selection: EditorSelection.cursor(place), scrollIntoView: true });
    }
    this.#view.focus();
  }
}

function placeIn({ doc }: EditorState, at: CursorPlace): number | null {
  if (at === "same") return null;
  if (at === "start") return 0;
  if (at === "end") return doc.length;
  const { from, text } = doc.line(Math.max(1, Math.min(doc.lines, at)));
  return from + (text.length - text.trimStart().length);
}

function extensionsFor(options: CodeEditorOptions): Extension {
  const python = options.language === "python";
  return [
    Prec.highest(ownKeys(options)),
    EditorState.tabSize.of(4),
    indentUnit.of(python ? "    " : "  "),
    history(),
    drawSelection(),
    rectangularSelection(),
    highlightSpecialChars(),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    indentOnInput(),
    bracketMatching(),
    search({ top: true }),
    tooltips({ position: "fixed" }),
    syntaxHighlighting(HIGHLIGHTER),
    EDITOR_STYLE,
    python
      ? [new LanguageSupport(pythonLanguage), closeBrackets()]
      : [markdownLater(options.signal), EditorView.lineWrapping],
    python ? completing(options.complete) : [],
    placeholder(python ? "" : "Markdown"),
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      spellcheck: String(!python),
      // The way in is Enter on the cell. Who comes by with Tab would go on with it, and indent.
      tabindex: "-1",
    }),
    EditorView.updateListener.of((update) => {
      const own = update.transactions.some((each) => each.docChanged && !each.annotation(Transaction.remote));
      if (own) options.typed(update.state.doc.toString());
    }),
    keymap.of([
      { key: "Tab", run: python ? completeOrIndent : indentMore, shift: indentLess },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

/** CodeMirror closes an open list with the focus; one that is still asked for would open over what the cell shows. */
function completing(complete: CompleteAt): Extension {
  return [
    autocompletion({ override: [kernelCompletions(complete)], icons: false }),
    EditorView.domEventHandlers({
      blur(_event, view) {
        if (completionStatus(view.state) === "pending") closeCompletion(view);
      },
    }),
  ];
}

/** Markdown brings HTML, CSS and JavaScript with it: its colours come when the first such text is written. */
function markdownLater(signal: AbortSignal): Extension {
  const language = new Compartment();
  const load = ViewPlugin.define((view) => {
    loadPart(() => import("@codemirror/lang-markdown"), signal).then(
      ({ markdown }) => {
        if (!signal.aborted) view.dispatch({ effects: language.reconfigure(markdown()) });
      },
      () => {}, // it is written without colours
    );
    return {};
  });
  return [language.of([]), load];
}

/** The page's own keys come before the editor's, but for those with which one closes what is open in it. */
function ownKeys({ mac, act, leave }: CodeEditorOptions): Extension {
  const reader = new KeyReader("edit");
  return EditorView.domEventHandlers({
    keydown(event, view) {
      if (event.isComposing) return false;
      const open = completionStatus(view.state) === "active";
      const searching = (event.target as HTMLElement).closest(".cm-search") !== null;
      if (searching) return false;
      const key = keyOf(event, mac);
      if (key === "Escape" && (open || view.dom.querySelector(".cm-search"))) return false;
      if (key === "ArrowUp" || key === "ArrowDown") return !open && leaves(view, key, leave);
      const action = reader.read(key, event.timeStamp);
      if (!action) return false;
      event.preventDefault();
      closeCompletion(view);
      act(action);
      return true;
    },
  });
}

function leaves(view: EditorView, key: "ArrowUp" | "ArrowDown", leave: CodeEditorOptions["leave"]): boolean {
  const { main } = view.state.selection;
  const forward = key === "ArrowDown";
  if (!main.empty || view.moveVertically(main, forward).head !== main.head) {
    const line = view.state.doc.lineAt(main.head);
    const outermost = forward ? line.number === view.state.doc.lines : line.number === 1;
    // On the outermost line the editor would only go to its end; from there the next key leaves.
    if (!main.empty || !outermost || main.head !== (forward ? line.to : line.from)) return false;
  }
  leave(forward ? "down" : "up");
  return true;
}

/** Tab after a word asks how it goes on; anywhere else it indents, as it does a selection. */
function completeOrIndent(view: EditorView): boolean {
  if (acceptCompletion(view)) return true;
  const { main } = view.state.selection;
  const before = view.state.sliceDoc(Math.max(0, main.from - 1), main.from);
  if (main.empty && /[\w.]/.test(before)) return startCompletion(view);
  return indentMore(view);
}
