/**
 * The commands that wait for their answer, in order (promises 3 and 4).
 *
 * They are kept until they are answered, over reconnections too, and sent again then: the server applies
 * each once. At most `MAX_WAITING` of them: then updates wait in their models, merged, and a custom
 * message is refused.
 */

import type {
  Command,
  Goodbye,
  Interrupt,
  ModelCommand,
  ModelRequest,
  Ping,
  Restart,
} from "@anyhost/protocol";

export const MAX_WAITING = 1_000;

/** A command on the notebook (`edit`); it is answered by a `notebook-ack`, or by `completions`. */
export type NotebookCommand = Exclude<Command, ModelCommand | Ping | Goodbye | Restart | Interrupt>;
/** One that is not numbered yet. */
export type NotebookRequest = WithoutNumber<NotebookCommand>;
type WithoutNumber<C> = C extends NotebookCommand ? Omit<C, "commandId" | "ack"> : never;

export type Waiting = ModelCommand | NotebookCommand;

export class OutboxFull extends Error {
  override readonly name = "OutboxFull";

  constructor() {
    super(
      `expected fewer than ${MAX_WAITING} messages waiting for Python's answer, got one more; ` +
        "it was not sent. Python is busy, or the connection is lost",
    );
  }
}

export class Outbox {
  readonly #waiting = new Map<number, { command: Waiting; since: number }>();
  #last = 0;

  get size(): number {
    return this.#waiting.size;
  }

  get full(): boolean {
    return this.size >= MAX_WAITING;
  }

  /** Since when the oldest command waits, in the page's clock; null when none does. */
  get waitingSince(): number | null {
    for (const { since } of this.#waiting.values()) return since;
    return null;
  }

  /** Keep a command and number it. An update is never refused: its model has said before that it fits. */
  add(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): ModelCommand {
    if (this.full && message.method === "custom") throw new OutboxFull();
    const command: ModelCommand = {
      type: "model",
      ack: null,
      modelId,
      commandId: ++this.#last,
      message,
      buffers,
    };
    return this.#keep(command);
  }

  /** Keep a command on the notebook and number it. */
  addToNotebook(request: NotebookRequest): NotebookCommand {
    if (this.full) throw new OutboxFull();
    return this.#keep({ ...request, ack: null, commandId: ++this.#last });
  }

  #keep<C extends Waiting>(command: C): C {
    this.#waiting.set(this.#last, { command, since: performance.now() });
    return command;
  }

  /** An answer came. Returns false where nothing waits for it: it was answered before. */
  answered(commandId: number): boolean {
    return this.#waiting.delete(commandId);
  }

  commands(): Waiting[] {
    return [...this.#waiting.values()].map(({ command }) => command);
  }

  find(commandId: number): Waiting | undefined {
    return this.#waiting.get(commandId)?.command;
  }

  /** Their session is gone, and with it whoever could answer. */
  clear(): void {
    this.#waiting.clear();
  }
}
