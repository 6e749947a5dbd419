/**
 * The page's way to its session: one thing that lasts, over sockets that do not (promise 7).
 *
 * A socket opens with the session, this client's id, and the last notification that it handled. The
 * server answers with `session`: either what came after that follows (`resumed`), or a snapshot does,
 * until `snapshot-end`. From then on the connection is *live*: all commands without an answer are sent
 * again, in order, and new ones as they come. A socket that ends is followed by another, sooner at first
 * and later if that does not help, and at once when the network is back or the tab is shown.
 *
 * While a snapshot is read, its place in the order is not known: if the socket ends then, the next one
 * asks for a snapshot again.
 */

import {
  type Command,
  type Complete,
  MessageTooLarge,
  type ModelAck,
  type ModelRequest,
  type NotebookAck,
  type Notification,
  PROTOCOL_VERSION,
  type SessionStart,
} from "@anyhost/protocol";
import type { Connection } from "@anyhost/runtime";
import { Heartbeat } from "./heartbeat.ts";
import type { Identity } from "./identity.ts";
import { type NotebookRequest, Outbox, type Waiting } from "./outbox.ts";
import { explainFailure } from "./reachability.ts";
import { type OpenWebSocket, Socket } from "./socket.ts";
import { socketAddress } from "./socket-address.ts";
import { TIMING, type Timing } from "./timing.ts";
import type { Inherited, Unsent } from "./unsent.ts";

/**
 * `connecting`: for the first time. `lost`: it will be tried again; `problem` says why it fails, once
 * that is known. `left`: the page was hidden for good, or is kept by the browser for its "back" button.
 */
export type ConnectionState =
  | { readonly phase: "connecting"; readonly problem: string | null }
  | { readonly phase: "live" }
  | { readonly phase: "lost"; readonly problem: string | null }
  | { readonly phase: "left" };

export interface ConnectionListener {
  /** A notification, in order. The answers to commands are among them, each once. */
  notification(notification: Notification): void;
  /** The state has changed. */
  state(state: ConnectionState): void;
  /** There is a way to the kernel again: what waits in the models may be sent. */
  online(): void;
  /** The page goes, perhaps for good: what waits in the models is to be sent now, or never. */
  leaving(): void;
  /** A command of the page before F5, which the server does not have: it is to be made this page's own. */
  inherited(command: Inherited): void;
  /** So many commands of the page before F5 could not be kept for this one. */
  lost(count: number): void;
  /** A command has waited for more than `WAITING_AFTER`, or none does any more. */
  waiting(waiting: boolean): void;
  /** The server does not do what it was asked for, and says why. */
  refused(reason: string): void;
  /** Something arrived that could not be read, or handled. */
  error(error: unknown): void;
}

export interface ConnectionOptions {
  /** The address that the page is served from; `ws` and `healthz` are beside it. */
  readonly base: URL;
  readonly identity: Identity;
  readonly listener: ConnectionListener;
  /** Where commands without an answer are left for the page that comes after this one. */
  readonly unsent: Unsent;
  readonly timing?: Partial<Timing>;
  readonly openWebSocket?: OpenWebSocket;
  readonly fetch?: typeof globalThis.fetch;
  /** Between 0 and 1, for the jitter. */
  readonly random?: () => number;
}

/** A user's write that Python has not answered by then is said to be waiting. */
export const WAITING_AFTER = 300;
/** A handshake that is younger may still succeed when someone begins to wait for it. */
const FRESH = 1_000;
/** A connection that lived this long was a good one: the next attempt is a first one again. */
const GOOD_AFTER = 5_000;
/** A socket that does not open is looked into at once; one that opens and ends, after so many attempts. */
const EXPLAIN_AFTER = 4;

export class PageConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #signal: AbortSignal;
  readonly #timing: Timing;
  readonly #outbox = new Outbox();
  #state: ConnectionState = { phase: "connecting", problem: null };
  #socket: Socket | null = null;
  #heartbeat: Heartbeat | null = null;
  #session: SessionStart | null = null;
  /** The last notification handled; null while a snapshot is needed. */
  #seq: number | null = null;
  #attempts = 0;
  #begunAt = 0;
  #openedAt: number | null = null;
  /** The last that was found out is that nothing answers, so an answer is news. */
  #unreachable = false;
  /** What the page before F5 wrote, until there is a model to write it to. */
  #inherited: Inherited[] = [];
  /** This socket has heard its `session`. */
  #joined = false;
  /** Why the server will not let this page in: it says so before it hangs up. */
  #refusal = "";
  #retry: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #waiting = false;

  /** Connects at once, and lasts until the signal is aborted. */
  constructor(options: ConnectionOptions, signal: AbortSignal) {
    this.#options = options;
    this.#listener = options.listener;
    this.#signal = signal;
    this.#timing = { ...TIMING, ...options.timing };
    signal.addEventListener("abort", () => this.#end(), { once: true });
    if (!signal.aborted) this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether an update would be on its way at once: otherwise it waits in its model, merged with later ones. */
  get online(): boolean {
    return this.#state.phase === "live" && !this.#outbox.full;
  }

  send(modelId: string, message: ModelRequest, buffers: DataView<ArrayBuffer>[]): number {
    const limit = this.#limit;
    const size = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    if (size > limit) throw new MessageTooLarge(size, limit);
    return this.#send(this.#outbox.add(modelId, message, buffers));
  }

  /** Send a command on the notebook, now or when there is a way again; its answer names the returned id. */
  sendToNotebook(request: NotebookRequest): number {
    return this.#send(this.#outbox.addToNotebook(request));
  }

  /**
   * Ask what could stand at the cursor. Answered by `completions`, or not at all: it is not asked again
   * when the connection is lost. Null where it cannot be asked now.
   */
  complete(request: Omit<Complete, "type" | "ack" | "commandId">): number | null {
    if (!this.online) return null;
    const command = this.#outbox.addToNotebook({ type: "complete", ...request });
    this.#outbox.answered(command.commandId);
    this.#write(command);
    return command.commandId;
  }

  /** Ask that the cell which runs stops. False where it cannot be asked now. */
  interrupt(): boolean {
    if (this.#state.phase !== "live") return false;
    this.#write({ type: "interrupt", ack: null });
    return true;
  }

  /** Ask the server to end this session's kernel, and to start another. False where it cannot be asked now. */
  restart(): boolean {
    if (this.#state.phase !== "live") return false;
    this.#write({ type: "restart", ack: null });
    return true;
  }

  /** The network has come or gone, or someone looks at the page: do not wait any longer. */
  wake(): void {
    if (this.#state.phase === "left") return;
    if (this.#openedAt !== null) {
      this.#heartbeat?.probe();
    } else if (!this.#socket) {
      this.#connect();
    } else if (performance.now() - this.#begunAt > FRESH) {
      // Its handshake went into a network that is no longer there, and would hang for long.
      this.#attempts = 0;
      this.#socket.close();
      clearTimeout(this.#retry);
      this.#connect();
    }
  }

  /**
   * The page goes, perhaps for good: the session need not be kept for long. What was written last is sent,
   * as far as the browser still takes it along, and in any case left for the page that may come after F5.
   */
  leave(): void {
    if (this.#state.phase === "left") return;
    clearTimeout(this.#retry);
    this.#listener.leaving();
    if (this.#state.phase === "live") this.#write({ type: "goodbye", ack: null });
    this.keepUnsent();
    this.#change({ phase: "left" });
    this.#socket?.close();
  }

  /** Leave what has no answer for the page after this one: this one may go without another word. */
  keepUnsent(): void {
    const { identity, unsent } = this.#options;
    if (this.#session === null || identity.session === null) return; // what the page before left stays
    const own = this.#outbox.commands();
    unsent.leave(identity.session, [...this.#inherited.map((one) => ({ ...one, commandId: null })), ...own]);
  }

  /** The page is back: the browser had kept it. */
  return(): void {
    if (this.#state.phase !== "left") return;
    // Another page in this tab has sent what was left, and what came of it is in the snapshot that follows.
    if (!this.#options.unsent.reclaim())
      for (const command of this.#outbox.commands()) this.#settle(answerHere(command, "accepted"));
    this.#change({ phase: "lost", problem: null });
    this.#attempts = 0;
    this.#connect();
  }

  get #limit(): number {
    return this.#session?.limits.message ?? Number.POSITIVE_INFINITY;
  }

  // ---- Sockets come and go ----------------------------------------------------------------------

  #connect(): void {
    clearTimeout(this.#retry);
    this.#attempts++;
    this.#begunAt = performance.now();
    this.#joined = false;
    this.#refusal = "";
    const lifetime = new AbortController();
    const slow = setTimeout(() => socket.close(), this.#timing.open);
    const socket = new Socket(
      this.#address().href,
      {
        open: () => {
          clearTimeout(slow);
          this.#openedAt = performance.now();
          this.#unreachable = false;
          const ask = () => this.#write({ type: "ping", ack: null });
          this.#heartbeat = new Heartbeat(
            { timing: this.#timing, ask, dead: () => socket.close() },
            lifetime.signal,
          );
        },
        notification: (notification) => this.#receive(notification),
        alive: () => this.#heartbeat?.alive(),
        unreadable: (error) => this.#listener.error(error),
        closed: (reason) => {
          clearTimeout(slow);
          lifetime.abort();
          this.#lose(this.#refusal || reason);
        },
      },
      this.#options.openWebSocket,
    );
    this.#socket = socket;
  }

  #address(): URL {
    return socketAddress(this.#options.base, this.#options.identity, this.#seq);
  }

  #lose(reason: string): void {
    if (this.#openedAt !== null && performance.now() - this.#openedAt > GOOD_AFTER) this.#attempts = 0;
    const opened = this.#openedAt !== null;
    this.#socket = null;
    this.#heartbeat = null;
    this.#openedAt = null;
    if (this.#state.phase === "left" || this.#signal.aborted) return;
    const first = this.#state.phase === "connecting";
    const known = "problem" in this.#state ? this.#state.problem : null;
    this.#change({ phase: first ? "connecting" : "lost", problem: reason || known });
    const { retry, longestRetry } = this.#timing;
    const delay = Math.min(longestRetry, retry * 2 ** this.#attempts);
    this.#retry = setTimeout(
      () => this.#connect(),
      delay * (0.5 + 0.5 * (this.#options.random ?? Math.random)()),
    );
    if (!reason && (!opened || this.#attempts >= EXPLAIN_AFTER)) void this.#explain();
  }

  async #explain(): Promise<void> {
    const attempt = this.#begunAt;
    const found = await explainFailure({ ...this.#options, socket: this.#address() }, this.#signal);
    if (this.#signal.aborted || !("problem" in this.#state) || attempt !== this.#begunAt) return;
    if (found.reachable && this.#unreachable) {
      // It was started while we asked: what a person should do about its WebSocket is not known yet.
      this.#unreachable = false;
      this.wake();
      return;
    }
    this.#unreachable = !found.reachable;
    this.#change({ ...this.#state, problem: found.problem });
  }

  #end(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#patience);
    this.#socket?.close();
  }

  // ---- What arrives -----------------------------------------------------------------------------

  #receive(notification: Notification): void {
    switch (notification.op) {
      case "session":
        this.#join(notification);
        break;
      case "snapshot-end":
        this.#deliver(notification);
        this.#seq = notification.seq;
        this.#goLive();
        break;
      case "probe":
        this.#write({ type: "ping", ack: null });
        break;
      case "refusal":
        this.#refused(notification.error, notification.command_id);
        break;
      case "model-ack":
      case "notebook-ack":
        this.#settle(notification);
        break;
      case "pong":
        break;
      default:
        this.#deliver(notification);
        this.#handled(notification.seq);
    }
  }

  #join(session: SessionStart): void {
    const { identity, unsent } = this.#options;
    if (session.session_id !== identity.session) this.#outbox.clear();
    identity.joined(session.session_id);
    if (this.#session === null) {
      const left = unsent.take(session.session_id, session.handled);
      this.#inherited = left.commands;
      if (left.lost) this.#listener.lost(left.lost);
    }
    this.#joined = true;
    this.#session = session;
    if (session.protocol !== PROTOCOL_VERSION) {
      const got = `the server speaks version ${session.protocol} of the protocol, and this page ${PROTOCOL_VERSION}`;
      this.#listener.error(new Error(`${got}: load the page again`));
    }
    if (!session.resumed) this.#seq = null;
    this.#deliver(session);
    if (session.resumed) this.#goLive();
  }

  #goLive(): void {
    this.#change({ phase: "live" });
    for (const command of this.#outbox.commands()) this.#writeAgain(command);
    this.#watchAnswers();
    const inherited = this.#inherited;
    this.#inherited = [];
    for (const command of inherited) this.#listener.inherited(command);
    this.#listener.online();
  }

  #settle(ack: ModelAck | NotebookAck): void {
    const wasFull = this.#outbox.full;
    // An answer that was on its way when the command was sent again comes twice.
    if (this.#outbox.answered(ack.command_id)) this.#deliver(ack);
    this.#handled(ack.seq);
    this.#watchAnswers();
    if (wasFull && this.online) this.#listener.online();
  }

  /** The server did not understand a command, or does not allow it. One of a model has its answer in that. */
  #refused(error: string, commandId: number | null): void {
    const command = commandId === null ? undefined : this.#outbox.find(commandId);
    if (command) this.#settle(answerHere(command, "rejected", error));
    else if (!this.#joined) this.#refusal = error;
    else this.#listener.refused(error);
  }

  #handled(seq: number): void {
    if (this.#seq !== null && seq > this.#seq) this.#seq = seq;
  }

  #deliver(notification: Notification): void {
    try {
      this.#listener.notification(notification);
    } catch (error) {
      this.#listener.error(error);
    }
  }

  // ---- What is sent -----------------------------------------------------------------------------

  #send(command: Waiting): number {
    const commandId = command.commandId as number;
    try {
      if (this.#state.phase === "live") this.#write(command);
    } catch (error) {
      this.#outbox.answered(commandId);
      throw error;
    }
    this.#watchAnswers();
    return commandId;
  }

  #write(command: Command): void {
    this.#socket?.send({ ...command, ack: this.#seq }, this.#limit);
  }

  /** It was accepted before the limit was known, or under a higher one: then it is answered here. */
  #writeAgain(command: Waiting): void {
    try {
      this.#write(command);
    } catch (error) {
      this.#settle(answerHere(command, "rejected", String(error)));
    }
  }

  /** Called for each command and each answer: a timer that is set already will look for itself. */
  #watchAnswers(): void {
    const since = this.#state.phase === "live" ? this.#outbox.waitingSince : null;
    const left = since === null ? null : since + WAITING_AFTER - performance.now();
    if (left === null || left <= 0) this.#tellWaiting(left !== null);
    else this.#patience ??= setTimeout(() => this.#lookAgain(), Math.ceil(left));
  }

  #lookAgain(): void {
    this.#patience = undefined;
    this.#watchAnswers();
  }

  #tellWaiting(waiting: boolean): void {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#listener.waiting(waiting);
  }

  #change(state: ConnectionState): void {
    this.#state = state;
    this.#listener.state(state);
    if (state.phase !== "live") this.#watchAnswers();
  }
}

/** The answer to a command that the server does not answer. */
function answerHere(
  command: Waiting,
  status: ModelAck["status"],
  error: string | null = null,
): ModelAck | NotebookAck {
  if (command.type !== "model") {
    return { op: "notebook-ack", seq: 0, command_id: command.commandId, error };
  }
  const { modelId, commandId } = command;
  return {
    op: "model-ack",
    seq: 0,
    model_id: modelId,
    command_id: commandId as number,
    status,
    state: {},
    buffer_paths: [],
    buffers: [],
    floats: [],
    error,
  };
}
