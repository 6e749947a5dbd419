/** What a widget's author sees beside the widget: its traits, live and editable, its messages, its errors. */

import "./tools.css";
import type { ModelRequest, Notification } from "@anyhost/protocol";
import type { Connection, ErrorReport, Registry } from "@anyhost/runtime";
import { render } from "preact";
import { eachFrame } from "../app/page.ts";
import { Panel } from "./panel.tsx";
import { Traffic } from "./traffic.ts";

/** Errors that are kept: the earliest go (promise 8). */
const KEPT_ERRORS = 50;

export class Tools {
  readonly traffic = new Traffic();
  errors: readonly ErrorReport[] = [];
  /** What became of the last write of each trait, by model and key, where Python holds another value. */
  readonly corrections = new Map<string, string>();
  readonly #changed: () => void;
  readonly #place = document.createElement("aside");
  #registry: Registry | null = null;

  constructor(signal: AbortSignal) {
    this.#place.className = "tools";
    this.#place.setAttribute("aria-label", "Tools for the widget's author");
    this.#changed = eachFrame(() => this.#draw(), signal);
  }

  /** Begin to show the models of this registry. */
  open(registry: Registry): void {
    this.#registry = registry;
    document.body.dataset.mode = "dev";
    document.body.append(this.#place);
    this.#draw();
  }

  /** The same connection, overheard. */
  tapped(connection: Connection): Connection {
    const send = (modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]) => {
      const commandId = connection.send(modelId, message, buffers);
      this.traffic.sent(modelId, message, buffers, commandId);
      this.#changed();
      return commandId;
    };
    return {
      send,
      get online() {
        return connection.online ?? true;
      },
    };
  }

  received(notification: Notification): void {
    this.traffic.received(notification);
    if (notification.op === "model-ack") {
      for (const [key, value] of Object.entries(notification.state)) {
        this.corrections.set(`${notification.model_id} ${key}`, `Python holds ${JSON.stringify(value)}`);
      }
    }
    this.#changed();
  }

  reported(error: ErrorReport): void {
    this.errors = [error, ...this.errors].slice(0, KEPT_ERRORS);
    this.#changed();
  }

  /** Write a trait, as the widget's own code would. */
  write(modelId: string, key: string, value: unknown): void {
    const model = this.#registry?.find(modelId);
    this.corrections.delete(`${modelId} ${key}`);
    model?.set({ [key]: value });
    model?.save();
    this.#changed();
  }

  clear(what: "messages" | "errors"): void {
    if (what === "messages") this.traffic.clear();
    else this.errors = [];
    this.#changed();
  }

  pause(paused: boolean): void {
    this.traffic.paused = paused;
    this.#changed();
  }

  #draw(): void {
    const registry = this.#registry;
    if (!registry) return;
    const found = registry.modelIds.map((id) => registry.find(id)).filter((model) => model !== undefined);
    const models = found.filter((model) => model.get("_model_module") === "anywidget");
    // A change by the widget's own code is seen before it is saved.
    for (const model of models) {
      model.events.off("change", null, this);
      model.events.on("change", this.#changed, this);
    }
    render(<Panel tools={this} models={models} />, this.#place);
  }
}
