/**
 * One WebSocket as a channel of messages: frames in, commands out.
 *
 * At most one message is being written. A long one is cut, and its next piece waits until what was given
 * to the browser before has left, so that a large write does not fill memory twice.
 */

import { type Command, encodeCommand, FrameReader, type Notification, StreamBroken } from "@anyhost/protocol";

/** What the browser may hold before the next piece is given to it: it is to have something until the next look. */
const HIGH_WATER = 16 << 20;
/** A browser does not say when it has room again: look, this often (ms), as often as it lets timers fire. */
const POLL = 4;
/** Bytes of one notification. Its announcement is checked, before room is made for it. */
const LARGEST = 2 ** 30;
const PROTOCOL_BROKEN = 4002; // a page may not close with 1002

export interface SocketEvents {
  open(): void;
  notification(notification: Notification): void;
  /** Bytes came, or left: a sign of life. */
  alive(): void;
  /** One message could not be read. The socket goes on. */
  unreadable(error: unknown): void;
  /** Once, and nothing follows. `reason` is what the far end said, if it said anything. */
  closed(reason: string): void;
}

export type OpenWebSocket = (url: string) => WebSocket;

export class Socket {
  readonly #events: SocketEvents;
  readonly #reader = new FrameReader(LARGEST);
  readonly #socket: WebSocket;
  readonly #lifetime = new AbortController();
  #outbox: Iterator<string | Uint8Array<ArrayBuffer>>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, events: SocketEvents, open: OpenWebSocket = (address) => new WebSocket(address)) {
    this.#events = events;
    this.#socket = open(url);
    this.#socket.binaryType = "arraybuffer";
    const { signal } = this.#lifetime;
    this.#socket.addEventListener("open", () => events.open(), { signal });
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    this.#socket.addEventListener("close", ({ reason }) => this.#end(reason), { signal });
  }

  /** Write a command after those before it. Throws `MessageTooLarge` before anything is written. */
  send(command: Command, limit: number): void {
    this.#outbox.push(encodeCommand(command, limit)[Symbol.iterator]());
    this.#pump();
  }

  /** Close from this side; `closed` is called at once, without waiting for the far end. */
  close(reason = "", code = 1000): void {
    if (this.#lifetime.signal.aborted) return;
    this.#socket.close(code);
    this.#end(reason);
  }

  #receive(data: string | ArrayBuffer): void {
    this.#events.alive();
    try {
      const message = typeof data === "string" ? this.#reader.text(data) : this.#reader.data(data);
      if (message) this.#events.notification(message);
    } catch (error) {
      this.#events.unreadable(error);
      if (error instanceof StreamBroken) this.close(String(error), PROTOCOL_BROKEN);
    }
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#lifetime.signal.aborted) return;
    for (let writing = this.#outbox[0]; writing; writing = this.#outbox[0]) {
      if (this.#socket.bufferedAmount > HIGH_WATER) {
        this.#later();
        break;
      }
      const { value, done } = writing.next();
      if (done) this.#outbox.shift();
      else this.#socket.send(value);
    }
  }

  #later(): void {
    const before = this.#socket.bufferedAmount;
    this.#timer = setTimeout(() => {
      if (this.#socket.bufferedAmount < before) this.#events.alive();
      this.#pump();
    }, POLL);
  }

  #end(reason: string): void {
    if (this.#lifetime.signal.aborted) return;
    this.#lifetime.abort();
    clearTimeout(this.#timer);
    this.#outbox = [];
    this.#events.closed(reason);
  }
}
