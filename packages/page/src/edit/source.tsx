/** The text of a cell: shown in colours at once, and in an editor as soon as it comes near to being seen. */

import { Component, createRef } from "preact";
import { colour } from "../app/python-code.ts";
import type { CodeEditor, CursorPlace } from "./code-editor.ts";
import type { Desk } from "./desk.ts";
import type { SourceHandle } from "./editing.ts";

export interface SourceProps {
  readonly cellId: string;
  readonly kind: "code" | "markdown";
  readonly source: string;
  readonly label: string;
  readonly desk: Desk;
}

export class Source extends Component<SourceProps> implements SourceHandle {
  readonly #place = createRef<HTMLDivElement>();
  readonly #lifetime = new AbortController();
  #editor: CodeEditor | null = null;
  /** Where the cursor is to be as soon as there is an editor. */
  #wanted: CursorPlace | null = null;

  get halves() {
    return this.#editor?.halves ?? null;
  }

  /** Where the editor is not there yet, as soon as it is, if its cell is still the chosen one. */
  focus(at: CursorPlace): void {
    this.#create();
    if (this.#editor) this.#editor.focus(at);
    else this.#wanted = at;
  }

  override componentDidMount() {
    const { cellId, desk } = this.props;
    const { signal } = this.#lifetime;
    desk.editing.sources.set(cellId, this);
    this.#showText();
    if (this.#place.current) desk.viewport.watch(this.#place.current, () => this.#create(), signal);
  }

  override shouldComponentUpdate({ source, label }: SourceProps) {
    return source !== this.props.source || label !== this.props.label;
  }

  override componentDidUpdate(before: SourceProps) {
    const { source, label } = this.props;
    if (label !== before.label) this.#editor?.relabel(label);
    if (this.#editor) this.#editor.replace(source);
    else if (source !== before.source) this.#showText();
  }

  override componentWillUnmount() {
    const { cellId, desk } = this.props;
    this.#lifetime.abort();
    if (desk.editing.sources.get(cellId) === this) desk.editing.sources.delete(cellId);
  }

  #showText() {
    const { kind, source } = this.props;
    const text = document.createElement("div");
    text.className = "code-text";
    text.append(...(kind === "code" ? colour(source) : [source]), "\n");
    this.#place.current?.replaceChildren(text);
  }

  #create() {
    const { cellId, kind, source, label, desk } = this.props;
    const { signal } = this.#lifetime;
    const el = this.#place.current;
    if (this.#editor || !el || signal.aborted) return;
    if (!desk.editor) {
      void desk.loadEditor().then(() => desk.editor && this.#create());
      return;
    }
    el.replaceChildren();
    this.#editor = new desk.editor.CodeEditor(el, {
      source,
      label,
      language: kind === "code" ? "python" : "markdown",
      mac: desk.mac,
      typed: (text) => desk.editing.type(cellId, text),
      act: (action) => desk.editing.act(action, cellId),
      leave: (direction) => desk.leaveSource(cellId, direction),
      complete: (text, stale) => desk.editing.questions.complete(cellId, text, stale),
      signal,
    });
    if (this.#wanted !== null && desk.editing.state.selected === cellId) this.#editor.focus(this.#wanted);
    this.#wanted = null;
  }

  override render() {
    return <div class="code cell-code" ref={this.#place} />;
  }
}
