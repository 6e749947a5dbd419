/**
 * The models of a page, by id, and the one entry for everything that arrives for them. No DOM: what runs
 * a widget's front-end code is a `Binding`, which `view/` has.
 */
import {
  type ModelAck,
  type ModelCustomMessage,
  type ModelLifecycle,
  type ModelOpenMessage,
  type ModelRequest,
  type ModelUpdateMessage,
  type ModuleSpec,
  putContent,
  putState,
  type StyleSpec,
} from "@anyhost/protocol";
import { KernelLost, MessagesLost, ModelClosed, PythonError } from "./errors.ts";
import { Inbox, type Incoming } from "./inbox.ts";
import { Model } from "./model.ts";
import type { ModelOptions, Phase } from "./options.ts";
import { Pace } from "./writes.ts";

/** A model's front-end code at work, as the registry sees it. */
export interface Binding {
  /** An `initialize` is to be awaited before messages are delivered. */
  readonly pending: boolean;
  /** Whether someone looks at the model: such bindings start first (A21). */
  readonly visible: boolean;
  /** Load the code and run `initialize`. */
  start(): void;
  /** The kernel says which code, and which style, the model has; `null`: as before. */
  replace(module: ModuleSpec | null, style: StyleSpec | null): void;
  /** End what runs and begin anew, with the same code. */
  rebind(): void;
  /** The model cannot go on; its views show why. */
  fail(error: unknown): void;
  /** The connection is back: what could not be fetched meanwhile is fetched again. */
  reconnect(): void;
  /** The kernel is gone: the views stay as they are, and say so. */
  lose(): void;
  /** The model has closed. */
  close(reason: Error): void;
}

interface Entry {
  readonly model: Model;
  readonly inbox: Inbox;
  readonly binding: Binding;
  lost: boolean;
}

/**
 * The one entry for everything that arrives for a model. It owns the notification: the state is put
 * together in place and becomes the model's, without a copy.
 *
 * Throws `ProtocolError` when the message does not hold what it announces. A message for a model that
 * is not open is dropped (M11).
 */
export function handleModelLifecycle(registry: ModelRegistry, notification: ModelLifecycle): void {
  registry.handle(notification);
}

export abstract class ModelRegistry {
  readonly #options: ModelOptions;
  readonly #pace = new Pace();
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Set<(model: Model) => void>>();
  /** While a snapshot comes in: the answers that came with it, to be settled after it. */
  #snapshot: ModelAck[] | null = null;
  /** What the last snapshot stands for: an answer that is older than it says nothing new. */
  #snapshotSeq = 0;

  /** `signal` ends everything: models close, views go, whoever waits is told. */
  constructor(options: ModelOptions, signal: AbortSignal) {
    this.#options = options;
    signal.addEventListener("abort", () => this.#closeAll(), { once: true });
  }

  /** The ids of all open models, in the order in which they opened. */
  get modelIds(): string[] {
    return [...this.#entries.keys()];
  }

  /** The open model of this id. */
  find(modelId: string): Model | undefined {
    return this.#entries.get(modelId)?.model;
  }

  /** The model of this id, as soon as it is open. Rejects with the signal's reason. */
  async wait(modelId: string, signal: AbortSignal): Promise<Model> {
    const model = this.find(modelId);
    if (model) return model;
    signal.throwIfAborted();
    const done = new AbortController();
    const waiting = this.#waiting.get(modelId) ?? new Set();
    this.#waiting.set(modelId, waiting);
    const found = new Promise<Model>((resolve, reject) => {
      const waiter = (opened: Model) => resolve(opened);
      waiting.add(waiter);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done.signal });
      done.signal.addEventListener("abort", () => {
        waiting.delete(waiter);
        if (!waiting.size && this.#waiting.get(modelId) === waiting) this.#waiting.delete(modelId);
      });
    });
    return found.finally(() => done.abort());
  }

  /** See `handleModelLifecycle`. */
  handle({ model_id: modelId, message }: ModelLifecycle): void {
    switch (message.method) {
      case "open":
        this.#open(modelId, message);
        break;
      case "update":
        this.#update(modelId, message);
        break;
      case "custom":
        this.#custom(modelId, message);
        break;
      case "close":
        this.#close(modelId, new ModelClosed(`the widget ${modelId} has closed`));
        break;
      default:
        message satisfies never;
    }
  }

  /** The answer to a write. It is settled in its place among the notifications around it. */
  handleAck(ack: ModelAck): void {
    // What comes with a snapshot says only that there is an answer: the snapshot has the values.
    if (this.#snapshot) this.#snapshot.push(ack);
    else this.#answer(ack, ack.seq > 0 && ack.seq <= this.#snapshotSeq);
  }

  /**
   * A snapshot begins. Models that are not in its list close; those that are known are reconciled when
   * their `open` comes (R2), and no `initialize` starts until `endSnapshot`.
   */
  beginSnapshot(modelIds: readonly string[]): void {
    this.#snapshot ??= []; // one that broke off is begun again, and its answers still count
    const alive = new Set(modelIds);
    for (const modelId of this.modelIds) {
      if (!alive.has(modelId)) this.#close(modelId, new ModelClosed(`the widget ${modelId} has closed`));
    }
  }

  /** The snapshot is whole; `seq` is what it stands for (that of `snapshot-end`). */
  endSnapshot(seq = 0): void {
    const acks = this.#snapshot ?? [];
    this.#snapshot = null;
    this.#snapshotSeq = seq;
    const bindings = Array.from(this.#entries.values(), (entry) => entry.binding);
    const visible = bindings.filter((binding) => binding.visible);
    for (const binding of new Set([...visible, ...bindings])) binding.start();
    for (const ack of acks) this.#answer(ack, true);
    this.handleOnline();
  }

  /** The way to the kernel is open again: what was saved meanwhile is sent (R4). */
  handleOnline(): void {
    for (const { model } of this.#entries.values()) model.flush();
  }

  /** The connection is back after a loss: widgets whose code could not be fetched get another chance. */
  handleReconnect(): void {
    for (const { binding } of this.#entries.values()) binding.reconnect();
  }

  /** The page goes, perhaps for good: what was saved is handed to the connection, which may keep it. */
  handleLeaving(): void {
    for (const { model } of this.#entries.values()) model.flushAll();
  }

  /** What another page wrote, and could not send, as if it were set and saved, or sent, in this one. */
  rewrite(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): void {
    const model = this.find(modelId);
    if (!model) return;
    try {
      if (message.method === "custom") {
        model.send(putContent(message), buffers);
      } else {
        const { state, bufferPaths: buffer_paths, floats } = message;
        model.set(putState({ state, buffer_paths, buffers, floats }));
        model.save();
      }
    } catch (error) {
      this.report(model, "message", error);
    }
  }

  /** Custom messages of these models were lost: who waits for an answer is told, and they begin anew. */
  handleGap(modelIds: readonly string[]): void {
    for (const modelId of modelIds) {
      const entry = this.#entries.get(modelId);
      if (!entry) continue;
      const reason = `messages of the widget ${modelId} were lost on the way`;
      entry.model.invocations.reject(new MessagesLost(reason));
      entry.inbox.dropCustom();
      entry.binding.rebind();
    }
  }

  /** The kernel is gone: questions reject at once, what is set stays in the page, and views are marked (I16, R5). */
  lose(reason: string): void {
    for (const entry of this.#entries.values()) {
      entry.lost = true;
      entry.model.lose(new KernelLost(reason));
      entry.binding.lose();
    }
  }

  /** While the kernel is busy, one update of a model is in flight at a time. */
  setKernelBusy(busy: boolean): void {
    this.#pace.busy = busy;
    if (!busy) this.handleOnline();
  }

  /** Say on the console, and to who wants to know, what went wrong in a widget's code (L1). */
  report(model: Model, phase: Phase, error: unknown): void {
    const name = `${model.name} (${model.id})`;
    // The first is upstream's own text, which people search for (C4, L2).
    console.error(
      `[anywidget] ${phase === "cleanup" ? `error cleaning up ${name}` : `${name}, ${phase}`}:`,
      error,
    );
    try {
      this.#options.report?.({ modelId: model.id, widget: model.name, phase, error });
    } catch (failure) {
      console.error("[anywidget] the report of an error failed:", failure);
    }
  }

  /** What runs the model's code. It calls `settled` whenever its `pending` has become false. */
  protected abstract bind(model: Model, settled: () => void): Binding;

  /** `stale`: what the kernel held then is known already, from a snapshot that is newer. */
  #answer(ack: ModelAck, stale: boolean): void {
    const entry = this.#entries.get(ack.model_id);
    if (!entry) return;
    const { model } = entry;
    const answer = stale ? null : { status: ack.status, state: putState(ack) };
    model.answered(ack.command_id);
    this.#push(entry, { kind: "answer", settle: () => model.settle(ack.command_id, answer) });
    if (ack.error) this.report(model, "message", new PythonError(ack.error));
  }

  #open(modelId: string, message: ModelOpenMessage): void {
    const state = stateOf(message);
    const known = this.#entries.get(modelId);
    // Ids of a kernel that is gone mean nothing: what has the same id is another model (R5).
    if (known?.lost) this.#close(modelId, new ModelClosed(`the widget ${modelId} has been replaced`));
    else if (known) {
      known.binding.replace(message.module, message.style ?? NO_STYLE);
      this.#push(known, { kind: "state", state, whole: true });
      return;
    }
    const entry = this.#create(modelId, state);
    entry.binding.replace(message.module, message.style);
    if (!this.#snapshot) entry.binding.start();
    for (const found of this.#waiting.get(modelId) ?? []) found(entry.model);
  }

  #create(modelId: string, state: Record<string, unknown>): Entry {
    const { connection } = this.#options;
    const report = this.report.bind(this);
    const model = new Model(modelId, state, { connection, pace: this.#pace, report });
    const inbox: Inbox = new Inbox(
      (incoming) => deliver(model, incoming),
      () => binding.pending,
    );
    const binding: Binding = this.bind(model, () => inbox.release());
    const entry = { model, inbox, binding, lost: false };
    this.#entries.set(modelId, entry);
    return entry;
  }

  #update(modelId: string, message: ModelUpdateMessage): void {
    const entry = this.#entries.get(modelId);
    if (!entry) return;
    this.#push(entry, { kind: "state", state: stateOf(message), whole: false });
    if (message.module || message.style) entry.binding.replace(message.module, message.style);
  }

  #custom(modelId: string, message: ModelCustomMessage): void {
    const entry = this.#entries.get(modelId);
    if (!entry) return;
    const content = putContent(message);
    // Someone may ask from within `initialize`, while messages wait for it to settle.
    entry.model.invocations.handle(content, message.buffers);
    this.#push(entry, { kind: "custom", content, buffers: message.buffers });
  }

  #push(entry: Entry, incoming: Incoming): void {
    try {
      entry.inbox.push(incoming);
    } catch (error) {
      entry.binding.fail(error);
    }
  }

  #close(modelId: string, reason: Error): void {
    const entry = this.#entries.get(modelId);
    if (!entry) return;
    this.#entries.delete(modelId);
    entry.model.close(reason);
    entry.binding.close(reason);
  }

  #closeAll(): void {
    const reason = new ModelClosed("the page has let go of its widgets");
    for (const modelId of this.modelIds) this.#close(modelId, reason);
    this.#waiting.clear();
  }
}

/** An `open` without a style says that there is none; an `update` says that it stays. */
const NO_STYLE: StyleSpec = { url: "", hash: null, text: "" };

/** The state of a message, put together; `_esm` is the module's address (`protocol.md`, section 1). */
function stateOf(message: ModelOpenMessage | ModelUpdateMessage): Record<string, unknown> {
  const state = putState(message);
  if (message.module) state._esm = message.module.url;
  return state;
}

function deliver(model: Model, incoming: Incoming): void {
  switch (incoming.kind) {
    case "state":
      if (incoming.whole) model.reconcile(incoming.state);
      else model.receive(incoming.state);
      break;
    case "custom":
      model.receiveCustom(incoming.content, incoming.buffers);
      break;
    case "answer":
      incoming.settle();
      break;
    default:
      incoming satisfies never;
  }
}
