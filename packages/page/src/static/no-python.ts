/** The connection of a page that has no Python behind it: an export. */

import type { ModelAck, ModelRequest } from "@anyhost/protocol";
import type { Connection, Registry } from "@anyhost/runtime";

/** What a widget gets that asks its Python in an exported page. */
export class NoPython extends Error {
  override readonly name = "NoPython";

  constructor() {
    super("this page was exported: there is no Python behind it that could answer");
  }
}

export interface NoPythonOptions {
  /** The models of the page. It is asked for when something was sent, and not before. */
  readonly registry: () => Pick<Registry, "find" | "handleAck">;
  /** Something was sent that Python would have had an answer to. */
  readonly missed: () => void;
  /** Whether somebody has used the page: what widgets write by themselves while they start is nobody's wish. */
  readonly used: () => boolean;
}

/**
 * Writes are accepted as they are, since nothing could say otherwise: the page keeps them, and all views follow.
 * Who asks gets an error at once.
 */
export class NoPythonConnection implements Connection {
  readonly #options: NoPythonOptions;
  #commands = 0;

  constructor(options: NoPythonOptions) {
    this.#options = options;
  }

  send(modelId: string, message: ModelRequest): number {
    const commandId = ++this.#commands;
    const isWrite = message.method === "update";
    // An answer never comes inside `send`.
    queueMicrotask(() => {
      const { registry, missed, used } = this.#options;
      if (isWrite) registry().handleAck(accepted(modelId, commandId));
      else registry().find(modelId)?.invocations.reject(new NoPython());
      if (!isWrite || used()) missed();
    });
    return commandId;
  }
}

function accepted(modelId: string, commandId: number): ModelAck {
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
  };
}
