import type { Model } from "@anyhost/runtime";
import { type ICallbacks, type IClassicComm, put_buffers } from "@jupyter-widgets/base";

/** What a classic model is sent, and sends. */
interface Data {
  readonly method: string;
  readonly state?: Record<string, unknown>;
  readonly buffer_paths?: (string | number)[][];
  readonly content?: unknown;
}

type Handler = (message: {
  readonly content: { readonly data: Data };
  readonly buffers: readonly DataView[];
}) => unknown;

interface Incoming {
  readonly data: Data;
  readonly buffers: readonly DataView[];
}

type Bytes = ArrayBuffer | ArrayBufferView;

/**
 * The comm of a classic model is the runtime's model of the same id: what the classic one sends is set and saved
 * there, what changes there is delivered here. The runtime's model knows what Python holds, has answered and
 * corrected, so there are no echoes, and every message is handled as soon as it is sent.
 *
 * A classic model applies an update later, once the models that it names are there. Meanwhile it may have written
 * the same keys; so afterwards those are delivered again, as they are by then.
 */
export class ModelComm implements IClassicComm {
  readonly target_name = "jupyter.widget";
  readonly comm_id: string;
  readonly #model: Model;
  readonly #failed: (error: unknown) => void;
  /** What both sides know of each key, by reference: what differs from it in the runtime's model is news. */
  readonly #known = new Map<string, unknown>();
  readonly #waiting: Incoming[] = [];
  #handler: Handler | null = null;
  #delivering = false;
  /** The keys that the classic model writes while an update is on its way to it. */
  #written = new Set<string>();
  #sent = 0;

  /** `failed` hears of a message that could not be delivered or sent. */
  constructor(model: Model, failed: (error: unknown) => void) {
    this.comm_id = model.id;
    this.#model = model;
    this.#failed = failed;
    for (const key of model.keys) this.#known.set(key, model.get(key));
    model.events.on("change", () => this.#changed(), this);
    model.events.on("msg:custom", this.#custom.bind(this), this);
  }

  /** The state at the moment at which this was made; from then on changes are kept for who asks for messages. */
  get state(): Record<string, unknown> {
    return Object.fromEntries(this.#known);
  }

  on_msg(callback: Handler): void {
    this.#handler = callback;
    void this.#deliver();
  }

  on_close(callback: (message: unknown) => void): void {
    this.#model.events.on("destroy", () => callback({}), this);
  }

  send(data: unknown, callbacks?: ICallbacks, _metadata?: unknown, buffers: readonly Bytes[] = []): string {
    const { method, state = {}, buffer_paths = [], content } = data as Data;
    try {
      if (method === "custom") this.#model.send(content, buffers);
      else {
        put_buffers(state as Parameters<typeof put_buffers>[0], buffer_paths, [...buffers]);
        this.write(state);
      }
    } catch (error) {
      this.#failed(error);
    }
    acknowledge(callbacks);
    return `${this.comm_id}-${++this.#sent}`;
  }

  /** Set and save values: binary is in its place in them. */
  write(state: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(state)) {
      this.#known.set(key, value);
      this.#written.add(key);
      for (const { data } of this.#waiting) delete data.state?.[key];
    }
    this.#model.set(state);
    this.#model.save();
  }

  /** Only Python opens comms, and has opened this one. */
  open(): string {
    return "";
  }

  /** A page that lets go of a model does not close the widget: Python does. */
  close(): string {
    this.#model.events.off(null, null, this);
    return "";
  }

  #changed(): void {
    const state: Record<string, unknown> = {};
    for (const key of this.#model.keys) {
      const value = this.#model.get(key);
      if (this.#known.get(key) === value && this.#known.has(key)) continue;
      this.#known.set(key, value);
      state[key] = value;
    }
    if (Object.keys(state).length) this.#push({ data: { method: "update", state }, buffers: [] });
  }

  #custom(content: unknown, buffers: DataView[]): void {
    this.#push({ data: { method: "custom", content }, buffers });
  }

  #push(incoming: Incoming): void {
    this.#waiting.push(incoming);
    void this.#deliver();
  }

  /** One after the other, so that a custom message does not overtake the update before it (promise 3). */
  async #deliver(): Promise<void> {
    if (this.#delivering || !this.#handler) return;
    this.#delivering = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#written = new Set();
      const { data, buffers } = next;
      try {
        await this.#handler({ content: { data }, buffers });
      } catch (error) {
        this.#failed(error);
      }
      const overtaken = Object.keys(data.state ?? {}).filter((key) => this.#written.has(key));
      if (overtaken.length) this.#again(overtaken);
    }
    this.#delivering = false;
  }

  #again(keys: readonly string[]): void {
    const state = Object.fromEntries(keys.map((key) => [key, this.#model.get(key)]));
    this.#waiting.unshift({ data: { method: "update", state }, buffers: [] });
  }
}

/** The comm of a model that only this page has, such as the buttons of a gamepad: nobody hears what it says. */
export class LocalComm implements IClassicComm {
  readonly target_name = "jupyter.widget";
  readonly comm_id: string;

  constructor(id: string) {
    this.comm_id = id;
  }

  send(_data: unknown, callbacks?: ICallbacks): string {
    acknowledge(callbacks);
    return "";
  }

  on_msg(): void {}
  on_close(): void {}

  open(): string {
    return "";
  }

  close(): string {
    return "";
  }
}

/**
 * A classic model sends one update and waits for the kernel to be idle before the next. Its host has a better
 * measure of that, and without a word it would never send again. It counts what it has sent after `send`.
 */
function acknowledge(callbacks: ICallbacks | undefined): void {
  const idle = { content: { execution_state: "idle" } };
  queueMicrotask(() => callbacks?.iopub?.status?.(idle as never));
}
