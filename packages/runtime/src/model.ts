import { ownView } from "@anyhost/protocol";
import { equal } from "./equal.ts";
import { Events } from "./events.ts";
import { Invocations } from "./invoke.ts";
import type { Connection, Phase } from "./options.ts";
import { type Answer, type Pace, Writes } from "./writes.ts";

/** The keys that name a widget's code. Only the kernel can change them (promise 6). */
const CODE = new Set(["_esm", "_css"]);

/** What a model needs of its host. */
export interface ModelContext {
  readonly connection: Connection;
  readonly pace: Pace;
  report(model: Model, phase: Phase, error: unknown): void;
}

/**
 * The synchronised state of one widget: its values, who listens to them, and what was written.
 *
 * Values belong to the model, and reading one gives the same reference until it changes (E4). Events are
 * Backbone's: all keys are applied, then `change:key` fires for each key that changed by content, then
 * `change` once (F3, F4, F5).
 */
export class Model {
  readonly id: string;
  readonly events: Events;
  readonly invocations: Invocations;
  readonly #values = new Map<string, unknown>();
  readonly #lengths = new Map<string, number>();
  readonly #writes: Writes;
  readonly #report: (phase: Phase, error: unknown) => void;
  #closed = false;
  #emitting = false;
  #changed = false;

  constructor(id: string, state: Readonly<Record<string, unknown>>, context: ModelContext) {
    this.id = id;
    for (const [key, value] of Object.entries(state)) this.#put(key, value);
    this.#report = (phase, error) => context.report(this, phase, error);
    this.events = new Events((error) => this.#report("listener", error));
    const values = { get: (key: string) => this.get(key), show: this.#show.bind(this) };
    this.#writes = new Writes(id, values, context.connection, context.pace);
    this.invocations = new Invocations((content, buffers) => this.send(content, buffers));
  }

  /** The widget's name, for people: `package.module.Class`; one of ipywidgets' own is just `IntSlider`. */
  get name(): string {
    const name = this.get("_anywidget_id");
    if (typeof name === "string" && name) return name;
    const [module, kind] = [this.get("_model_module"), this.get("_model_name")].map((part) =>
      String(part ?? ""),
    );
    const path = module?.startsWith("@jupyter-widgets/") ? "" : module;
    return [path, kind?.replace(/(?<=.)Model$/, "")].filter(Boolean).join(".") || this.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get keys(): string[] {
    return [...this.#values.keys()];
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  /** Set values in this page. Nothing is sent before `save` (E7), and nothing happens for equal ones (E10). */
  set(values: Readonly<Record<string, unknown>>): void {
    const changes = new Map<string, unknown>();
    for (const [key, value] of Object.entries(values)) {
      if (CODE.has(key)) {
        console.warn(`[anywidget] ${this.name}: only Python can change ${key}`);
      } else if (!equal(this.get(key), value)) {
        this.#writes.touch(key, this.get(key));
        changes.set(key, value);
      } else if (value !== this.get(key)) {
        // Equal, but another object: as in Backbone it takes the place of the old one, without a word.
        if (this.#grewInPlace(key)) this.#writes.touch(key, this.get(key));
        this.#put(key, value);
      }
    }
    this.#apply(changes);
  }

  /** Send what was set since the last save. */
  save(): void {
    this.#writes.save();
  }

  /** Send a custom message to Python; of each buffer, exactly the bytes that it shows (H3). */
  send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    this.#writes.send(content ?? null, buffers.map(ownView));
  }

  /** Send what waits for room in flight, or for the connection. */
  flush(): void {
    try {
      this.#writes.flush();
    } catch (error) {
      this.#report("message", error);
    }
  }

  /** The page goes: send what waits, whether or not there is room for it. */
  flushAll(): void {
    try {
      this.#writes.flushAll();
    } catch (error) {
      this.#report("message", error);
    }
  }

  /** The kernel has new values. The object and its values become the model's own. */
  receive(state: Readonly<Record<string, unknown>>): void {
    this.#show(Object.entries(state).filter(([key, value]) => this.#writes.receive(key, value)));
  }

  /** The kernel's whole state, after a time in which this page heard nothing: keys may be gone, too. */
  reconcile(state: Readonly<Record<string, unknown>>): void {
    const gone = [...this.#values.keys()].filter((key) => !Object.hasOwn(state, key) && !CODE.has(key));
    const whole = [...Object.entries(state), ...gone.map((key) => [key, undefined] as const)];
    this.#show(whole.filter(([key, value]) => this.#writes.receive(key, value, false)));
  }

  /** A custom message has come. Without a listener it is dropped (H8). */
  receiveCustom(content: unknown, buffers: DataView[]): void {
    if (!this.#closed) this.events.emit("msg:custom", () => [content, buffers]);
  }

  /** An answer to a write has come; its values are settled with `settle`. */
  answered(commandId: number): void {
    try {
      this.#writes.answered(commandId);
    } catch (error) {
      this.#report("message", error);
    }
  }

  /** Settle a write with the kernel's answer; `null` when a snapshot has come since. */
  settle(commandId: number, answer: Answer | null): void {
    this.#writes.settle(commandId, answer);
  }

  /** The kernel is gone: what is set stays in the page, who asks gets `reason` (I16, R5). */
  lose(reason: Error): void {
    this.#writes.end();
    this.invocations.end(reason);
  }

  /** The model has ended: `destroy` fires (F15), and nothing after it (C7). */
  close(reason: Error): void {
    if (this.#closed) return;
    this.events.emit("destroy", (owner) => [owner, undefined, {}]);
    this.#closed = true;
    this.#writes.end();
    this.invocations.end(reason);
  }

  /** Apply what the kernel says, as far as it is news. */
  #show(values: Iterable<readonly [string, unknown]>): void {
    this.#apply(new Map([...values].filter(([key, value]) => !equal(this.get(key), value))));
  }

  /** Apply all of it, then tell everyone. A set inside a listener fires at once, but for `change` (F11). */
  #apply(changes: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of changes) this.#put(key, value);
    if (!changes.size || this.#closed) return;
    this.#changed = true;
    const outermost = !this.#emitting;
    this.#emitting = true;
    for (const key of changes.keys()) this.#emit(`change:${key}`, key);
    if (!outermost) return;
    while (this.#changed) {
      this.#changed = false;
      this.#emit("change");
    }
    this.#emitting = false;
  }

  #put(key: string, value: unknown): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
    this.#lengths.set(key, lengthOf(value));
  }

  /**
   * Whether a list that a widget got from `get` has grown or shrunk under us. Its author pushes, and then
   * sets a copy (drawdata): equal to what is here, but Python has never seen it.
   */
  #grewInPlace(key: string): boolean {
    return lengthOf(this.get(key)) !== this.#lengths.get(key);
  }

  /** Jupyter's arguments, for code that was written for it: the model, the value, options (F2). */
  #emit(name: string, key?: string): void {
    if (this.#closed) return;
    this.events.emit(name, (owner) => (key === undefined ? [owner, {}] : [owner, this.get(key), {}]));
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
