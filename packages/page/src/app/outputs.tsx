/** The outputs of a cell. Each keeps its DOM for as long as its key stays (see `notebook.ts`). */

import { dequal } from "dequal/lite";
import { Component, type ComponentChildren, createRef } from "preact";
import { ConsoleDrawing } from "../console/draw.ts";
import { ConsoleText, textOf } from "../console/text.ts";
import { drawBundle } from "../outputs/draw.ts";
import type { Bundle } from "../outputs/renderer.ts";
import type { ConsoleOutput, DataOutput, ErrorOutput, Output } from "./notebook.ts";

/** A longer traceback begins closed: the name of the error is what helps first. */
const OPEN_LINES = 40;

/** Ways to places in the notebook, where its source can be seen. */
export interface Places {
  /** Go to a line of the cell whose output this is. */
  line(line: number): void;
  /** Anyhost's own words, with ways to the cells that they name. */
  words(text: string): ComponentChildren;
  /** Make ways of the places in these cells (ids by name) that are named in what was drawn here. */
  link(el: HTMLElement, cells: ErrorOutput["cells"]): void;
}

export interface OutputsProps {
  readonly outputs: readonly Output[];
  /** Those of an earlier run, whose place is not taken yet. */
  readonly leftovers?: readonly Output[];
  readonly places?: Places;
  /** The cell's source cannot be seen: nobody could count its lines. */
  readonly hidden?: boolean;
}

export function Outputs({ outputs, leftovers = [], places, hidden = false }: OutputsProps) {
  const draw = (output: Output, old: boolean) => {
    switch (output.kind) {
      case "data":
        return <DataOutputView key={output.key} output={output} old={old} />;
      case "console":
        return <ConsoleView key={output.key} output={output} old={old} />;
      case "error":
        return <ErrorView key={output.key} output={output} places={places} hidden={hidden} old={old} />;
      default:
        return output satisfies never;
    }
  };
  return [...outputs.map((output) => draw(output, false)), ...leftovers.map((output) => draw(output, true))];
}

interface OutputProps<Kind extends Output> {
  readonly output: Kind;
  readonly old: boolean;
}

/** What is shown lives until something else is: equal data, as after a snapshot, leaves the DOM alone. */
class DataOutputView extends Component<OutputProps<DataOutput>> {
  readonly #place = createRef<HTMLDivElement>();
  #shown: Bundle | null = null;
  #lifetime = new AbortController();

  override componentDidMount() {
    this.#draw();
  }

  override shouldComponentUpdate({ output, old }: OutputProps<DataOutput>) {
    const before = this.props;
    const same = output.data === before.output.data && output.metadata === before.output.metadata;
    return !same || old !== before.old;
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
    return <div class="output" data-old={this.props.old || undefined} ref={this.#place} />;
  }
}

class ConsoleView extends Component<OutputProps<ConsoleOutput>> {
  readonly #place = createRef<HTMLPreElement>();
  #drawing: ConsoleDrawing | null = null;

  override componentDidMount() {
    if (this.#place.current) this.#drawing = new ConsoleDrawing(this.#place.current);
    this.#drawing?.draw(this.props.output.text);
  }

  override shouldComponentUpdate({ output, old }: OutputProps<ConsoleOutput>) {
    return output !== this.props.output || old !== this.props.old;
  }

  override componentDidUpdate() {
    this.#drawing?.draw(this.props.output.text);
  }

  override render() {
    const { stream, callback, text } = this.props.output;
    return (
      <div class="output console" data-stream={stream} data-old={this.props.old || undefined}>
        {callback && <p class="note">from a callback</p>}
        {text.dropped > 0 && <p class="note">{text.dropped.toLocaleString()} earlier lines are not kept.</p>}
        <pre ref={this.#place} />
      </div>
    );
  }
}

interface ErrorViewProps extends OutputProps<ErrorOutput> {
  readonly places: Places | undefined;
  readonly hidden: boolean;
}

/** The error first, in words; then where it came from, for those who want to know. */
function ErrorView({ output, places, hidden, old }: ErrorViewProps) {
  const { name, value, line, callback, times, cells } = output;
  const where = [
    callback && "in a callback",
    line !== null && !hidden && <Line line={line} places={places} />,
    times > 1 && `${times} times`,
  ].filter(Boolean);
  const head = (
    <>
      <strong>{name}</strong>
      {value && ": "}
      {output.traceback.length || !places ? value : places.words(value)}
      <span class="error-where">{where.map((part, index) => [index > 0 && ", ", part])}</span>
    </>
  );
  const traceback = way(output);
  if (!traceback.length)
    return (
      <div class="output error" data-old={old || undefined}>
        {head}
      </div>
    );
  return (
    <details class="output error" data-old={old || undefined} open={traceback.length <= OPEN_LINES}>
      <summary>{head}</summary>
      <Traceback lines={traceback.join("\n")} cells={cells} places={places} />
    </details>
  );
}

function Line({ line, places }: { line: number; places: Places | undefined }) {
  if (!places) return `line ${line}`;
  return (
    <button type="button" class="link" onClick={() => places.line(line)}>
      line {line}
    </button>
  );
}

/**
 * The lines of a traceback that say where the error came from. IPython puts a line of dashes and the error's name
 * before them, and Python its name and words after them: here those are the title.
 */
function way({ name, value, traceback }: ErrorOutput): readonly string[] {
  let lines = traceback.join("\n").split("\n");
  if (/^-{20,}$/.test(plain(lines.slice(0, 1)))) lines = lines.slice(1);
  const [first = ""] = plain(lines.slice(0, 1)).split(/ {2,}/);
  if (first === name && /Traceback \(most recent call last\)/.test(lines[0] ?? "")) lines = lines.slice(1);
  const words = `${name}: ${value}`.trim();
  const last = lines.length - words.split("\n").length;
  if (last >= 0 && plain(lines.slice(last)) === words) lines = lines.slice(0, last);
  while (lines.at(-1)?.trim() === "") lines = lines.slice(0, -1);
  return lines;
}

/** What a console would show of these lines, without colours. */
function plain(lines: readonly string[]): string {
  const text = new ConsoleText();
  text.write(lines.join("\n"));
  return text.rows.map(textOf).join("\n").trimEnd();
}

interface TracebackProps {
  readonly lines: string;
  readonly cells: ErrorOutput["cells"];
  readonly places: Places | undefined;
}

class Traceback extends Component<TracebackProps> {
  readonly #place = createRef<HTMLPreElement>();

  override componentDidMount() {
    this.#draw();
  }

  override shouldComponentUpdate({ lines }: TracebackProps) {
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
    this.props.places?.link(pre, this.props.cells);
  }

  override render() {
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so a keyboard must reach it
    return <pre class="traceback" ref={this.#place} tabIndex={0} />;
  }
}
