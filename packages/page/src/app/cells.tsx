/** Cells, in order. A cell with nothing to show takes no space. */

import { Component, createRef } from "preact";
import { loadPart } from "../outputs/part.ts";
import { Elapsed } from "./elapsed.tsx";
import type { Cell } from "./notebook.ts";
import { Outputs } from "./outputs.tsx";

export function Cells({ cells }: { cells: readonly Cell[] }) {
  return cells.map((cell) => <CellView key={cell.id} cell={cell} />);
}

class CellView extends Component<{ cell: Cell }> {
  override shouldComponentUpdate({ cell }: { cell: Cell }) {
    return cell !== this.props.cell;
  }

  override render() {
    const { cell } = this.props;
    if (cell.kind === "markdown") {
      return (
        <div class="cell">
          <Markdown source={cell.source ?? ""} />
        </div>
      );
    }
    const old = cell.replacing === "run" && cell.outputs.length > 0;
    return (
      <div class="cell" data-phase={cell.phase} data-old={old || undefined}>
        {cell.source !== null && <Code source={cell.source} />}
        {cell.outputs.length > 0 && (
          <Outputs outputs={cell.outputs} leftovers={cell.leftovers} hidden={cell.source === null} />
        )}
        {cell.unshown > 0 && <p class="note">{cell.unshown.toLocaleString()} more outputs are not shown.</p>}
        {cell.phase === "running" && cell.startedAt !== null && (
          <Elapsed since={cell.startedAt} before="running for " />
        )}
        {cell.phase === "interrupted" && <p class="note">Interrupted.</p>}
      </div>
    );
  }
}

/** An element that is drawn from a text, and again when there is another text; not once it is gone. */
abstract class Drawn<Place extends HTMLElement> extends Component<{ source: string }> {
  protected readonly place = createRef<Place>();
  readonly #lifetime = new AbortController();

  protected get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /** What it shows is in `place`. After each wait ask whether `source` is still the text. */
  protected abstract draw(el: Place, source: string): Promise<void>;

  override componentDidMount() {
    this.#draw();
  }

  override shouldComponentUpdate({ source }: { source: string }) {
    return source !== this.props.source;
  }

  override componentDidUpdate() {
    this.#draw();
  }

  override componentWillUnmount() {
    this.#lifetime.abort();
  }

  #draw() {
    if (this.place.current) void this.draw(this.place.current, this.props.source);
  }
}

export class Markdown extends Drawn<HTMLDivElement> {
  protected override async draw(el: HTMLDivElement, source: string) {
    try {
      // Readable at once where it has to wait for the network.
      const wait = () => source === this.props.source && el.replaceChildren(source);
      const { drawMarkdown } = await loadPart(() => import("../outputs/markdown.ts"), this.signal, wait);
      if (!this.signal.aborted && source === this.props.source) await drawMarkdown(el, source, this.signal);
    } catch (error) {
      console.error("anyhost: Markdown", error);
      el.textContent = source; // it was meant to be readable as it is
    }
  }

  override render() {
    return <div class="prose" ref={this.place} />;
  }
}

class Code extends Drawn<HTMLElement> {
  /** Readable at once, in colours a moment later. */
  protected override async draw(el: HTMLElement, source: string) {
    el.textContent = source;
    try {
      const { colour } = await loadPart(() => import("./python-code.ts"), this.signal);
      if (source === this.props.source) el.replaceChildren(...colour(source));
    } catch {
      // Then it stays as it is: readable.
    }
  }

  override render() {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so a keyboard must reach it
      <pre class="code" tabIndex={0}>
        <code ref={this.place} />
      </pre>
    );
  }
}
