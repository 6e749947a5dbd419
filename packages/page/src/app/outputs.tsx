/** The outputs of a cell. Each keeps its DOM for as long as its key stays (see `notebook.ts`). */

import { dequal } from "dequal/lite";
import { Component, createRef } from "preact";
import { ConsoleDrawing } from "../console/draw.ts";
import { ConsoleText, textOf } from "../console/text.ts";
import { drawBundle } from "../outputs/draw.ts";
import type { Bundle } from "../outputs/renderer.ts";
import type { ConsoleOutput, DataOutput, ErrorOutput, Output } from "./notebook.ts";

/** A longer traceback begins closed: the name of the error is what helps first. */
const OPEN_LINES = 40;

export interface OutputsProps {
  readonly outputs: readonly Output[];
  /** Go to a line of the cell's source, where that can be seen. */
  readonly onLine?: (line: number) => void;
}

export function Outputs({ outputs, onLine }: OutputsProps) {
  return outputs.map((output) => {
    switch (output.kind) {
      case "data":
        return <DataOutputView key={output.key} output={output} />;
      case "console":
        return <ConsoleView key={output.key} output={output} />;
      case "error":
        return <ErrorView key={output.key} output={output} onLine={onLine} />;
      default:
        return output satisfies never;
    }
  });
}

/** What is shown lives until something else is: equal data, as after a snapshot, leaves the DOM alone. */
class DataOutputView extends Component<{ output: DataOutput }> {
  readonly #place = createRef<HTMLDivElement>();
  #shown: Bundle | null = null;
  #lifetime = new AbortController();

  override componentDidMount() {
    this.#draw();
  }

  override shouldComponentUpdate({ output }: { output: DataOutput }) {
    return output.data !== this.props.output.data || output.metadata !== this.props.output.metadata;
  }

  override componentDidUpdate() {
    this.#draw();
  }

  override componentWillUnmount() {
    this.#lifetime.abort();
  }

  #draw() {
    const { data, metadata } = this.props.output;
    const bundle = { data, metadata };
    const el = this.#place.current;
    if (!el || dequal(bundle, this.#shown)) return;
    this.#shown = bundle;
    this.#lifetime.abort();
    this.#lifetime = new AbortController();
    void drawBundle(bundle, el, this.#lifetime.signal);
  }

  override render() {
    return <div class="output" ref={this.#place} />;
  }
}

class ConsoleView extends Component<{ output: ConsoleOutput }> {
  readonly #place = createRef<HTMLPreElement>();
  #drawing: ConsoleDrawing | null = null;

  override componentDidMount() {
    if (this.#place.current) this.#drawing = new ConsoleDrawing(this.#place.current);
    this.#drawing?.draw(this.props.output.text);
  }

  override shouldComponentUpdate({ output }: { output: ConsoleOutput }) {
    return output !== this.props.output;
  }

  override componentDidUpdate() {
    this.#drawing?.draw(this.props.output.text);
  }

  override render() {
    const { stream, callback, text } = this.props.output;
    return (
      <div class="output console" data-stream={stream}>
        {callback && <p class="note">from a callback</p>}
        {text.dropped > 0 && <p class="note">{text.dropped.toLocaleString()} earlier lines are not kept.</p>}
        <pre ref={this.#place} />
      </div>
    );
  }
}

/** The error first, in words; then where it came from, for those who want to know. */
function ErrorView({ output, onLine }: { output: ErrorOutput; onLine: OutputsProps["onLine"] }) {
  const { name, value, traceback, line, callback, times } = output;
  const where = [
    callback && "in a callback",
    line !== null && <Line line={line} onLine={onLine} />,
    times > 1 && `${times} times`,
  ].filter(Boolean);
  const head = (
    <>
      <strong>{name}</strong>
      {value && `: ${value}`}
      <span class="error-where">{where.map((part, index) => [index > 0 && ", ", part])}</span>
    </>
  );
  if (!traceback.length) return <div class="output error">{head}</div>;
  const lines = withoutRuler(traceback).join("\n");
  return (
    <details class="output error" open={lines.split("\n").length <= OPEN_LINES}>
      <summary>{head}</summary>
      <Traceback lines={lines} />
    </details>
  );
}

function Line({ line, onLine }: { line: number; onLine: OutputsProps["onLine"] }) {
  if (!onLine) return `line ${line}`;
  return (
    <button type="button" class="link" onClick={() => onLine(line)}>
      line {line}
    </button>
  );
}

/** IPython begins a traceback with a line of dashes: here the error's own words stand above it. */
function withoutRuler(traceback: readonly string[]): readonly string[] {
  const first = new ConsoleText();
  first.write(traceback[0] ?? "");
  return /^-{20,}$/.test(first.rows.map(textOf).join()) ? traceback.slice(1) : traceback;
}

class Traceback extends Component<{ lines: string }> {
  readonly #place = createRef<HTMLPreElement>();

  override componentDidMount() {
    this.#draw();
  }

  override shouldComponentUpdate({ lines }: { lines: string }) {
    return lines !== this.props.lines;
  }

  override componentDidUpdate() {
    this.#draw();
  }

  #draw() {
    const pre = this.#place.current;
    if (!pre) return;
    const text = new ConsoleText();
    text.write(this.props.lines);
    pre.replaceChildren();
    new ConsoleDrawing(pre).draw(text);
  }

  override render() {
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so a keyboard must reach it
    return <pre class="traceback" ref={this.#place} tabIndex={0} />;
  }
}
