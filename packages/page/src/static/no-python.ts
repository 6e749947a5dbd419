/** The connection of a page that has no Python behind it: an export. */

import type { ModelAck, ModelRequest } from "@anyhost/protocol";
import { type Connection, handleModelLifecycle, type Registry } from "@anyhost/runtime";
import type { RecordedAnswers } from "./answers.ts";

/** What a widget gets that asks its Python in an exported page. */
export class NoPython extends Error {
  override readonly name = "NoPython";

  constructor() {
    super("this page was exported: there is no Python behind it that could answer");
  }
}

export interface NoPythonOptions {
  /** The models of the page. It is asked for when something was sent, and not before. */
  readonly registry: () => Registry;
  /** What Python said to the same questions when the page was made. */
  readonly answers: Pick<RecordedAnswers, "find">;
  /** Something was sent that Python would have had an answer to. */
  readonly missed: () => void;
  /** Whether somebody has used the page: what widgets write by themselves while they start is nobody's wish. */
  readonly used: () => boolean;
}

/**
 * Writes are accepted as they are, since nothing could say otherwise: the page keeps them, and all views follow.
 * Who asks what was asked while the page was made gets what was said then; who asks anything else, an error at once.
 */
export class NoPythonConnection implements Connection {
  readonly #options: NoPythonOptions;
  #commands = 0;

  constructor(options: NoPythonOptions) {
    this.#options = options;
  }

  send(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): number {
    const commandId = ++this.#commands;
    // An answer never comes inside `send`.
    queueMicrotask(() => {
      const { registry, missed, used } = this.#options;
      if (message.method === "update") {
        registry().handleAck(accepted(modelId, commandId));
        if (used()) missed();
      } else if (!this.#answer(modelId, message.content, buffers)) {
        registry().find(modelId)?.invocations.reject(new NoPython());
        missed();
      }
    });
    return commandId;
  }

  #answer(modelId: string, content: unknown, buffers: DataView<ArrayBuffer>[]): boolean {
    const found = this.#options.answers.find(modelId, content, buffers);
    for (const answer of found ?? []) handleModelLifecycle(this.#options.registry(), answer);
    return found !== null;
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
