/**
 * The shipped clients, without a browser: `PageConnection` and the registry of models, as a page joins
 * them, several of them in one Node process. A test drives them over lines of JSON: each line that comes
 * is a list of orders, which are carried out at once; each line that goes answers an `await`.
 *
 * Run with `--experimental-websocket`: until Node 22 the standard WebSocket is behind that flag.
 */

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import type { ModelAck, ModelRequest, Notification } from "@anyhost/protocol";
import type { Connection } from "@anyhost/runtime";
import { Page } from "../../packages/page/src/app/page.ts";
import { createRoute } from "../../packages/page/src/app/route.ts";
import { PageConnection } from "../../packages/page/src/connection.ts";
import { Unsent } from "../../packages/page/src/unsent.ts";
import type { Model } from "../../packages/runtime/src/model.ts";
import { type Binding, ModelRegistry } from "../../packages/runtime/src/registry.ts";

type Order =
  | { do: "open"; slot: number; base: string; session: string }
  | { do: "close"; slot: number }
  | { do: "set"; slot: number; model: string; values: Record<string, unknown>; save: boolean }
  | { do: "save"; slot: number; model: string }
  | { do: "drag"; slot: number; model: string; key: string; values: unknown[] }
  | { do: "say"; slot: number; model: string }
  | { do: "wake"; slot: number }
  | { do: "await"; id: number; model: string; serial: number };

/** What a client heard of one model, in order. */
interface Heard {
  /** Each custom message: its number, and what the model's counter said at that moment. */
  readonly customs: [number, unknown][];
  /** Each value that a key took, by key. */
  readonly values: Record<string, unknown[]>;
  /** After how many custom messages it was told that some were lost. */
  readonly gaps: number[];
}

/** Runs no code: a widget's front end is not what this is about. */
class HearingBinding implements Binding {
  readonly pending = false;
  readonly visible = false;
  readonly #heard: Heard;

  constructor(model: Model, heard: Heard) {
    this.#heard = heard;
    model.events.on(
      "msg:custom",
      (content: unknown, buffers: DataView[]) => {
        const { number } = content as { number: number };
        const [told] = buffers;
        const counter =
          told && new TextDecoder().decode(told) === String(number) ? model.get("counter") : "?";
        heard.customs.push([number, counter]);
      },
      this,
    );
    model.events.on(
      "change",
      () => {
        for (const key of model.keys) {
          heard.values[key] ??= [];
          const values = heard.values[key];
          const value = readable(model.get(key));
          if (values.at(-1) !== value) values.push(value);
        }
      },
      this,
    );
  }

  start(): void {}
  replace(): void {}
  fail(error: unknown): void {
    throw error;
  }
  reconnect(): void {}
  lose(): void {}
  close(): void {}
  rebind(): void {
    this.#heard.gaps.push(this.#heard.customs.length);
  }
}

class HearingRegistry extends ModelRegistry {
  readonly heard = new Map<string, Heard>();
  bound = 0;

  protected override bind(model: Model): Binding {
    const heard: Heard = { customs: [], values: {}, gaps: [] };
    this.heard.set(model.id, heard);
    this.bound += 1;
    return new HearingBinding(model, heard);
  }
}

/** The shipped connection, and what it has sent that has no answer yet. */
class WatchedConnection implements Connection {
  readonly unanswered = new Set<number>();
  readonly statuses: string[] = [];
  sent = 0;
  readonly page: PageConnection;

  constructor(page: PageConnection) {
    this.page = page;
  }

  get online(): boolean {
    return this.page.online;
  }

  send(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): number {
    const commandId = this.page.send(modelId, message, buffers);
    this.sent += 1;
    this.unanswered.add(commandId);
    return commandId;
  }

  answered(ack: ModelAck): void {
    if (!this.unanswered.delete(ack.command_id)) throw new Error(`answered twice: ${JSON.stringify(ack)}`);
    this.statuses.push(ack.status);
  }
}

/** One page. */
class Client {
  readonly #life = new AbortController();
  readonly #connection: WatchedConnection;
  readonly registry: HearingRegistry;
  readonly errors: string[] = [];
  readonly received: Record<string, number> = {};

  constructor(base: string, session: string, stirred: () => void) {
    const { signal } = this.#life;
    let route: (notification: Notification) => void = () => {};
    const error = (failure: unknown) => {
      this.errors.push(String(failure));
    };
    const page = new PageConnection(
      {
        base: new URL(base),
        identity: createIdentity(session),
        random: () => 0,
        openWebSocket,
        unsent: new Unsent(null, "/"),
        listener: {
          notification: (notification) => {
            this.received[notification.op] = (this.received[notification.op] ?? 0) + 1;
            route(notification);
            if (notification.op === "model-ack") this.#connection.answered(notification);
            stirred();
          },
          state: stirred,
          online: () => this.registry.handleOnline(),
          waiting: () => {},
          leaving: () => {},
          inherited: () => {},
          lost: () => {},
          refused: error,
          error,
        },
      },
      signal,
    );
    this.#connection = new WatchedConnection(page);
    const report = (failure: { error: unknown }) => {
      // What an author's code in Python raised is told with the answer; all else is a fault.
      if (!/TraitError|raised on purpose/.test(String(failure.error))) error(failure.error);
    };
    this.registry = new HearingRegistry({ connection: this.#connection, report }, signal);
    const notebook = new Page({ mode: "run", title: "" }, () => {});
    route = createRoute(this.registry as unknown as Parameters<typeof createRoute>[0], notebook);
  }

  get quiet(): boolean {
    return this.#connection.page.state.phase === "live" && !this.#connection.unanswered.size;
  }

  wake(): void {
    if (this.#connection.page.state.phase !== "live") this.#connection.page.wake();
  }

  close(): void {
    this.#life.abort();
  }

  report() {
    const { statuses, sent, unanswered } = this.#connection;
    const models = this.registry.modelIds.map((id) => {
      const model = this.registry.find(id) as Model;
      const state = Object.fromEntries(model.keys.map((key) => [key, readable(model.get(key))]));
      return [id, { state, ...(this.registry.heard.get(id) as Heard) }];
    });
    return {
      phase: this.#connection.page.state.phase,
      unanswered: unanswered.size,
      sent,
      statuses: statuses.filter((status) => status !== "accepted").length,
      errors: this.errors,
      received: this.received,
      bound: this.registry.bound,
      models: Object.fromEntries(models),
    };
  }
}

function createIdentity(session: string) {
  const client = crypto.randomUUID();
  return { client, session, previous: null, joined() {} };
}

/** Node's WebSocket does not say `close`, as a browser's does, when it could not be opened. */
function openWebSocket(url: string): WebSocket {
  const socket = new WebSocket(url);
  let closed = false;
  socket.addEventListener("close", () => {
    closed = true;
  });
  socket.addEventListener("error", () => {
    setTimeout(() => {
      if (!closed) socket.dispatchEvent(Object.assign(new Event("close"), { reason: "" }));
    });
  });
  return socket;
}

/** As many bytes are compared as they are, more by their hash. */
const FEW = 1000;

/** A value as JSON can hold it, the same for the same value as the test's Python writes it. */
function readable(value: unknown): unknown {
  if (value instanceof DataView) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (bytes.length <= FEW) return `bytes:${bytes.toString("hex")}`;
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) return `float:${value}`;
  return value;
}

/** What `readable` has made, as a widget would set it. */
function writable(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value.startsWith("bytes:"))
    return new DataView(new Uint8Array(Buffer.from(value.slice(6), "hex")).buffer);
  return value.startsWith("float:") ? Number(value.slice(6)) : value;
}

function settable(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, writable(value)]));
}

/** The custom messages of one slot to one model: how many, and how many of them by pages that are no more. */
interface Said {
  slot: number;
  model: string;
  total: number;
  before: number;
}

class Driver {
  readonly #clients = new Map<number, Client>();
  #said: Said[] = [];
  #awaited: (Order & { do: "await" }) | null = null;

  obey(order: Order): void {
    if (order.do === "open") this.#open(order);
    else if (order.do === "await") this.#await(order);
    else this.#act(order, this.#clients.get(order.slot) as Client);
  }

  #open({ slot, base, session }: Order & { do: "open" }): void {
    this.#clients.set(slot, new Client(base, session, () => queueMicrotask(() => this.#look())));
  }

  #await(order: Order & { do: "await" }): void {
    this.#awaited = order;
    this.#look();
  }

  #act(order: Exclude<Order, { do: "open" | "await" }>, client: Client): void {
    const model = "model" in order ? client.registry.find(order.model) : undefined;
    switch (order.do) {
      case "close":
        client.close();
        this.#clients.delete(order.slot);
        for (const said of this.#said) if (said.slot === order.slot) said.before = said.total;
        break;
      case "wake":
        client.wake();
        break;
      case "set":
        model?.set(settable(order.values));
        if (order.save) model?.save();
        break;
      case "save":
        model?.save();
        break;
      case "drag":
        for (const value of order.values) {
          model?.set({ [order.key]: value });
          model?.save();
        }
        break;
      case "say":
        if (model) this.#say(order.slot, model);
        break;
      default:
        order satisfies never;
    }
  }

  /** A write that nobody else writes, and a message that names it. */
  #say(slot: number, model: Model): void {
    const known = this.#said.find((one) => one.slot === slot && one.model === model.id);
    const said = known ?? { slot, model: model.id, total: 0, before: 0 };
    if (!known) this.#said.push(said);
    const number = ++said.total;
    const key = `own${slot}`;
    model.set({ [key]: number });
    model.save();
    model.send({ key, number }, [new TextEncoder().encode(String(number))]);
  }

  /** Answer what is awaited, once all clients are quiet and have what was said last. */
  #look(): void {
    const awaited = this.#awaited;
    if (!awaited) return;
    const clients = [...this.#clients];
    for (const [, client] of clients) client.wake();
    const arrived = clients.every(([, client]) => {
      const report = client.registry.find(awaited.model)?.get("report") as { serial: number } | undefined;
      return client.quiet && (report?.serial ?? -1) >= awaited.serial;
    });
    if (arrived) this.answer();
  }

  /** Answer what is awaited, as things are. */
  answer(): void {
    const awaited = this.#awaited;
    this.#awaited = null;
    const reports = [...this.#clients].map(([slot, client]) => [slot, client.report()] as const);
    const said = this.#said.filter(({ model }) => reports.some(([, report]) => model in report.models));
    console.log(JSON.stringify({ id: awaited?.id ?? null, clients: Object.fromEntries(reports), said }));
  }
}

// What is printed belongs to the test.
console.error = () => {};
console.warn = () => {};
const driver = new Driver();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const orders = JSON.parse(line) as Order[] | "report";
    if (orders === "report") driver.answer();
    else for (const order of orders) driver.obey(order);
  })
  .on("close", () => process.exit());
