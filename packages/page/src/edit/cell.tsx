/** One cell under its writer's hands. Its outputs are those of the app page, and stand in the same place. */

import { Component } from "preact";
import { Markdown } from "../app/cells.tsx";
import { Elapsed } from "../app/elapsed.tsx";
import type { Cell } from "../app/notebook.ts";
import { Outputs } from "../app/outputs.tsx";
import { duration } from "../app/words.ts";
import { Between, CellTools, RunButton } from "./cell-tools.tsx";
import { type Desk, elementId } from "./desk.ts";
import { Note, placesFrom } from "./places.tsx";
import { Source } from "./source.tsx";

export interface CellProps {
  readonly cell: Cell;
  /** Its place among the cells, from 1. */
  readonly number: number;
  readonly selected: boolean;
  /** A Markdown cell whose source is shown. */
  readonly writing: boolean;
  readonly desk: Desk;
}

interface Hovered {
  readonly hovered: boolean;
}

export class EditCell extends Component<CellProps, Hovered> {
  override state: Hovered = { hovered: false };
  /** What a Markdown cell shows: while its source is written, what it said before. */
  #rendered = "";
  readonly #hover = () => this.setState({ hovered: true });
  readonly #leave = () => this.setState({ hovered: false });
  readonly #choose = () => this.props.desk.editing.select(this.props.cell.id);
  readonly #places = placesFrom(this.props.cell.id, this.props.desk.editing);

  override shouldComponentUpdate(next: CellProps, state: Hovered) {
    const { cell, number, selected, writing } = this.props;
    return (
      next.cell !== cell ||
      next.number !== number ||
      next.selected !== selected ||
      next.writing !== writing ||
      state.hovered !== this.state.hovered
    );
  }

  override render() {
    const { cell, number, selected, writing, desk } = this.props;
    const { editing } = desk;
    const old = cell.replacing === "run" && cell.outputs.length > 0;
    const label = labelOf(cell, number);
    const notes = unsaidNotes(cell);
    return (
      // biome-ignore lint/a11y/useSemanticElements: a cell is a group of a notebook, not a fieldset of a form
      <div
        class="cell edit-cell"
        id={elementId(cell.id)}
        role="group"
        aria-label={label}
        tabIndex={selected ? 0 : -1}
        data-kind={cell.kind}
        data-phase={cell.phase}
        data-stale={cell.stale || undefined}
        data-selected={selected || undefined}
        data-writing={writing || undefined}
        data-old={old || undefined}
        onPointerEnter={this.#hover}
        onPointerLeave={this.#leave}
        onPointerDown={this.#choose}
        onFocusIn={this.#choose}
      >
        {cell.kind === "code" && <RunButton cell={cell} number={number} editing={editing} />}
        {(cell.kind === "code" || writing) && (
          <div class="cell-source" key={cell.kind}>
            <Source
              cellId={cell.id}
              kind={cell.kind}
              source={cell.source ?? ""}
              label={`Source of cell ${number}`}
              desk={desk}
            />
            <Marks cell={cell} />
          </div>
        )}
        {(selected || this.state.hovered) && <CellTools cell={cell} number={number} editing={editing} />}
        {notes.length > 0 && (
          <ul class="cell-notes">
            {notes.map((note) => (
              <li key={note}>
                <Note text={note} editing={editing} />
              </li>
            ))}
          </ul>
        )}
        {cell.kind === "markdown" && this.#markdown()}
        {cell.outputs.length > 0 && (
          <Outputs outputs={cell.outputs} leftovers={cell.leftovers} places={this.#places} />
        )}
        {cell.unshown > 0 && <p class="note">{cell.unshown.toLocaleString()} more outputs are not shown.</p>}
        {cell.phase === "interrupted" && <p class="note">Interrupted.</p>}
        {this.state.hovered && <Between cell={cell} editing={editing} />}
      </div>
    );
  }

  #markdown() {
    const { cell, writing, desk } = this.props;
    if (!writing) this.#rendered = cell.source ?? "";
    const edit = () => desk.editing.goTo(cell.id, "same");
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard has Enter on the cell around it
      <div class="cell-prose" hidden={writing} onDblClick={edit}>
        {this.#rendered.trim() ? (
          <Markdown source={this.#rendered} />
        ) : (
          <p class="cell-empty">Empty Markdown: double-click, or press Enter</p>
        )}
      </div>
    );
  }
}

/** The notes of a cell, less what the error of its run says already: a cycle, a text that is not Python. */
function unsaidNotes({ notes, outputs, replacing }: Cell): readonly string[] {
  if (replacing) return notes;
  const errors = outputs.flatMap((output) =>
    output.kind === "error" && !output.callback ? output.value : [],
  );
  return notes.filter((note) => !errors.some((error) => note === error || note.includes(`: ${error}.`)));
}

/** What a cell is, for who does not see it. */
function labelOf(cell: Cell, number: number): string {
  const marks = [
    cell.phase === "running" && "running",
    cell.phase === "queued" && "queued",
    cell.phase === "error" && "error",
    cell.phase === "interrupted" && "interrupted",
    cell.stale && "stale",
  ];
  const kind = cell.kind === "code" ? "code" : "Markdown";
  return [`Cell ${number}`, kind, ...marks.filter(Boolean)].join(", ");
}

/** A run that took less (s) is said to have taken no time. */
const WORTH_SAYING = 0.1;

/** How the cell stands, on the lower edge of its source. What is over in no time is not worth a flicker. */
function Marks({ cell }: { cell: Cell }) {
  if (cell.kind !== "code") return null;
  const { phase, startedAt, elapsed, stale } = cell;
  return (
    <div class="cell-marks" aria-hidden="true">
      {elapsed !== null && elapsed >= WORTH_SAYING && (phase === "ok" || phase === "error") && (
        <span class="mark mark-time">{duration(elapsed)}</span>
      )}
      {phase === "running" && startedAt !== null && (
        <span class="mark" data-tone="busy">
          <Elapsed since={startedAt} before="running " />
        </span>
      )}
      {phase === "queued" && (
        <span class="mark" data-tone="busy">
          queued
        </span>
      )}
      {stale && phase !== "running" && phase !== "queued" && (
        <span class="mark" data-tone="warn" title="What it shows does not follow from the notebook any more">
          stale
        </span>
      )}
      {phase === "error" && (
        <span class="mark" data-tone="bad">
          error
        </span>
      )}
    </div>
  );
}
