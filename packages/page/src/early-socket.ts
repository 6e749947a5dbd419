/**
 * The page's first socket, opened by a script in its head, before its modules are there: so the server hands out
 * a kernel, and the cells run, while the browser fetches and compiles the page's code.
 *
 * What happens to the socket meanwhile is kept. The connection takes it for the first of its own, and all of it
 * happens again, in order. So nobody but this file can tell an early socket from another one: one that was refused,
 * or has ended, is looked into and followed by the next as any.
 */

import type { Goodbye } from "@anyhost/protocol";
import { createIdentity, type Identity, tabStorage } from "./identity.ts";
import type { OpenWebSocket } from "./socket.ts";
import { socketAddress } from "./socket-address.ts";

/** Characters and bytes that are kept for modules that do not come. More ends the socket: the next one resumes. */
export const MOST_KEPT = 64 << 20;
/** It ends after so long (ms) that nobody has taken it. */
export const LONGEST_WAIT = 30_000;

const EARLY = Symbol.for("anyhost early socket");

/** Where the script in the head leaves it for the modules: the two share nothing else. */
type Place = typeof globalThis & { [EARLY]?: EarlySocket };

export interface WayIn {
  readonly identity: Identity;
  readonly openWebSocket: OpenWebSocket;
}

/** Open the socket of the page at `base`, for the `takeEarly` of its modules. */
export function openEarly(base: URL, open: OpenWebSocket = openWebSocket): void {
  const identity = createIdentity(tabStorage(), base.pathname);
  (globalThis as Place)[EARLY] = new EarlySocket(identity, open(socketAddress(base, identity, null).href));
}

/** Who the page at `base` is, and how it opens its sockets: the first is the early one, where there is one. */
export function takeEarly(base: URL, open: OpenWebSocket = openWebSocket): WayIn {
  const place: Place = globalThis;
  const early = place[EARLY];
  delete place[EARLY];
  if (!early) return { identity: createIdentity(tabStorage(), base.pathname), openWebSocket: open };
  return { identity: early.identity, openWebSocket: (url) => early.take() ?? open(url) };
}

const openWebSocket: OpenWebSocket = (url) => new WebSocket(url);

class EarlySocket {
  readonly identity: Identity;
  readonly #lifetime = new AbortController();
  readonly #patience: ReturnType<typeof setTimeout>;
  #socket: WebSocket | null;
  #events: Event[] = [];
  #size = 0;

  constructor(identity: Identity, socket: WebSocket) {
    this.identity = identity;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const { signal } = this.#lifetime;
    const keep = (event: Event) => this.#events.push(event);
    socket.addEventListener("open", keep, { signal });
    socket.addEventListener("close", keep, { signal });
    socket.addEventListener(
      "message",
      (event) => {
        keep(event);
        this.#size += event.data.length ?? event.data.byteLength;
        if (this.#size > MOST_KEPT) socket.close();
      },
      { signal },
    );
    this.#patience = setTimeout(() => socket.close(), LONGEST_WAIT);
    // Somebody who goes before the page is there: the session need not be kept for long.
    window.addEventListener("pagehide", () => leave(socket), { signal });
  }

  /** The socket, to which all that has happened will happen again before anything else does. Null the second time. */
  take(): WebSocket | null {
    const socket = this.#socket;
    this.#socket = null;
    this.#lifetime.abort();
    clearTimeout(this.#patience);
    // In this turn, but after the page is set up: what comes from the network comes in a later one.
    queueMicrotask(() => {
      for (const event of this.#events.splice(0)) socket?.dispatchEvent(event);
    });
    return socket;
  }
}

function leave(socket: WebSocket): void {
  const goodbye: Goodbye = { type: "goodbye", ack: null };
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(goodbye));
  socket.close();
}
