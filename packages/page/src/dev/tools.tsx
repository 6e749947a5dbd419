/** What a widget's author sees beside the widget: its traits, live and editable, its messages, its errors. */

import "./tools.css";
import type { ModelRequest, Notification } from "@anyhost/protocol";
import type { Connection, ErrorReport, Registry } from "@anyhost/runtime";
import { render } from "preact";
import { drawSoon } from "../app/drawing.ts";
import { Descriptions } from "./descriptions.ts";
import { Outcomes } from "./outcomes.ts";
import { Panel } from "./panel.tsx";
import { Problems } from "./problems.ts";
import { Traffic } from "./traffic.ts";

export type Model = NonNullable<ReturnType<Registry["find"]>>;

export class Tools {
  readonly traffic = new Traffic();
  readonly problems = new Problems(new URL("assets/", document.baseURI).href);
  readonly outcomes = new Outcomes();
  readonly descriptions: Descriptions;
  readonly #changed: () => void;
  readonly #place = document.createElement("aside");
  #registry: Registry | null = null;
  /** What Python answered just now: an error that is shown with the answer needs no second place. */
  #answered: string | null = null;

  constructor(signal: AbortSignal) {
    this.#place.className = "tools";
    this.#place.setAttribute("aria-label", "Tools for the widget's author");
    this.#changed = drawSoon(() => this.#draw(), signal);
    this.descriptions = new Descriptions(signal, this.#changed);
    const hear = (phase: string, error: unknown) => {
      this.problems.add(phase, error);
      this.#changed();
    };
    window.addEventListener("error", ({ error, message }) => hear("uncaught", error ?? message), { signal });
    window.addEventListener("unhandledrejection", ({ reason }) => hear("uncaught", reason), { signal });
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
      if (!this.descriptions.isInspector(modelId)) {
        this.traffic.sent(modelId, message, buffers, commandId);
        this.outcomes.sent(commandId, modelId, message);
        this.#changed();
      }
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
    this.#answered = null;
    this.descriptions.received(notification);
    if ("model_id" in notification && this.descriptions.isInspector(notification.model_id)) return;
    this.traffic.received(notification);
    if (notification.op === "model-ack") {
      this.#answered = notification.error ?? null;
      this.outcomes.answered(notification);
    } else if (notification.op === "model-lifecycle" && notification.message.method === "close") {
      this.outcomes.forget(notification.model_id);
    }
    this.#changed();
  }

  reported({ phase, error }: ErrorReport): void {
    const fromPython = phase === "message" && error instanceof Error && error.message === this.#answered;
    if (!fromPython) this.problems.add(phase, error);
    this.#changed();
  }

  /** Write a trait, as the widget's own code would. */
  write(modelId: string, key: string, value: unknown): void {
    const model = this.#registry?.find(modelId);
    model?.set({ [key]: value });
    model?.save();
    this.#changed();
  }

  clear(what: "messages" | "errors"): void {
    if (what === "messages") this.traffic.clear();
    else this.problems.clear();
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
    const models = found.filter(isSeen);
    // A change by the widget's own code is seen before it is saved.
    for (const model of models) {
      model.events.off("change", null, this);
      model.events.on("change", this.#changed, this);
    }
    this.descriptions.ask(registry, models);
    render(<Panel tools={this} models={models} />, this.#place);
  }
}

/** An anywidget, or a classic widget that can be shown: not its layout, its style, or a link. */
function isSeen(model: Model): boolean {
  const [name, module] = [model.get("_view_name"), model.get("_view_module")];
  return model.get("_model_module") === "anywidget" || (Boolean(name) && module !== "@jupyter-widgets/base");
}
