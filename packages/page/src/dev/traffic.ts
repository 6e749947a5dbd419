/** The last messages each way, as a widget's author wants to see them. */

import type { ModelRequest, Notification } from "@anyhost/protocol";

export interface Message {
  readonly number: number;
  readonly at: Date;
  readonly direction: "to Python" | "from Python";
  readonly kind: string;
  /** What the model is called. */
  readonly model: string;
  /** The beginning of the state or of the custom message, as JSON. */
  readonly content: string;
  /** Of the values as JSON, in characters, and of the binary beside them. */
  readonly size: number;
  /** Milliseconds from a command to its answer. */
  readonly took: number | null;
}

/** Messages that are kept: the earliest go (promise 8). */
export const KEPT = 200;
/** Characters that are kept of each. */
const BEGINNING = 2_000;

export class Traffic {
  messages: readonly Message[] = [];
  paused = false;
  readonly #sentAt = new Map<number, number>();
  readonly #names = new Map<string, string>();
  #count = 0;

  sent(model: string, request: ModelRequest, buffers: readonly DataView[], commandId: number): void {
    this.#sentAt.set(commandId, performance.now());
    const value = request.method === "update" ? request.state : request.content;
    this.#add("to Python", request.method, model, value, sizeOf(buffers), null);
  }

  received(notification: Notification): void {
    if (notification.op === "model-ack") {
      const { model_id, command_id, status, state, buffers, error } = notification;
      const since = this.#sentAt.get(command_id);
      this.#sentAt.delete(command_id);
      const took = since === undefined ? null : performance.now() - since;
      this.#add("from Python", status, model_id, error ?? state, sizeOf(buffers), took);
    } else if (notification.op === "model-lifecycle") {
      const { model_id, message } = notification;
      if (message.method === "close") {
        this.#add("from Python", "close", model_id, "", 0, null);
        this.#names.delete(model_id);
        return;
      }
      if (message.method === "open") this.#names.set(model_id, nameOf(message.state));
      const value = message.method === "custom" ? message.content : message.state;
      const code = message.method === "update" && (message.module || message.style);
      this.#add(
        "from Python",
        code ? "code" : message.method,
        model_id,
        value,
        sizeOf(message.buffers),
        null,
      );
    }
  }

  clear(): void {
    this.messages = [];
  }

  #add(
    direction: Message["direction"],
    kind: string,
    model: string,
    value: unknown,
    binary: number,
    took: number | null,
  ): void {
    if (this.paused) return;
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    const message = {
      number: ++this.#count,
      at: new Date(),
      direction,
      kind,
      model: this.#names.get(model) ?? model.slice(0, 8),
      content: text.length > BEGINNING ? `${text.slice(0, BEGINNING)}…` : text,
      size: text.length + binary,
      took,
    };
    this.messages = [message, ...this.messages].slice(0, KEPT);
  }
}

/** The class, without its module. */
function nameOf({ _anywidget_id, _model_name }: Readonly<Record<string, unknown>>): string {
  const name = String(_anywidget_id ?? _model_name ?? "widget");
  return name.slice(name.lastIndexOf(".") + 1);
}

function sizeOf(buffers: readonly DataView[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
}
