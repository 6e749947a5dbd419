// What tests send and hear: notifications as they come from the kernel, and a connection that remembers.

import type { ModelAck, ModelLifecycle, ModelRequest, ModuleSpec, StyleSpec } from "@anyhost/protocol";
import type { Connection } from "../src/index.ts";

export interface Sent {
  readonly commandId: number;
  readonly modelId: string;
  readonly message: ModelRequest;
  readonly buffers: DataView<ArrayBuffer>[];
}

/** A way to nowhere that remembers what went there. */
export class RecordingConnection implements Connection {
  readonly sent: Sent[] = [];
  online = true;
  /** What `send` throws. */
  refusal: Error | null = null;

  send(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): number {
    if (this.refusal) throw this.refusal;
    const commandId = this.sent.length + 1;
    this.sent.push({ commandId, modelId, message, buffers });
    return commandId;
  }

  /** The states of the updates that were sent, in order. */
  get updates(): Record<string, unknown>[] {
    return this.sent.flatMap(({ message }) => (message.method === "update" ? [message.state] : []));
  }

  /** The contents of the custom messages that were sent, in order. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  get customs(): any[] {
    return this.sent.flatMap(({ message }) => (message.method === "custom" ? [message.content] : []));
  }
}

interface Parts {
  readonly module?: ModuleSpec | null;
  readonly style?: StyleSpec | null;
  readonly paths?: (string | number)[][];
  readonly buffers?: DataView<ArrayBuffer>[];
}

export function opened(modelId: string, state: Record<string, unknown>, parts: Parts = {}): ModelLifecycle {
  return lifecycle(modelId, { method: "open", ...stateOf(state, parts) });
}

export function updated(modelId: string, state: Record<string, unknown>, parts: Parts = {}): ModelLifecycle {
  return lifecycle(modelId, { method: "update", ...stateOf(state, parts) });
}

export function custom(
  modelId: string,
  content: unknown,
  buffers: DataView<ArrayBuffer>[] = [],
): ModelLifecycle {
  return lifecycle(modelId, { method: "custom", content, buffers, floats: [] });
}

export function closed(modelId: string): ModelLifecycle {
  return lifecycle(modelId, { method: "close" });
}

export function ack(modelId: string, commandId: number, answer: Partial<ModelAck> = {}): ModelAck {
  return {
    op: "model-ack",
    seq: 0,
    model_id: modelId,
    command_id: commandId,
    status: "accepted",
    state: {},
    buffer_paths: [],
    buffers: [],
    floats: [],
    error: null,
    ...answer,
  };
}

export function code(name: string): ModuleSpec {
  return { url: `modules/${name}.js`, hash: name };
}

export function bytes(...values: number[]): DataView<ArrayBuffer> {
  return new DataView(new Uint8Array(values).buffer);
}

function lifecycle(modelId: string, message: ModelLifecycle["message"]): ModelLifecycle {
  return { op: "model-lifecycle", seq: 0, model_id: modelId, message };
}

function stateOf(state: Record<string, unknown>, { module, style, paths, buffers }: Parts) {
  return {
    state,
    buffer_paths: paths ?? [],
    buffers: buffers ?? [],
    floats: [],
    module: module ?? null,
    style: style ?? null,
  };
}
