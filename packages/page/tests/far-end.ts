/**
 * The far end of a page's sockets, scripted: each WebSocket that the page opens is recorded here, and the
 * test opens it, speaks, listens and hangs up.
 */

import type { Notification, SessionStart } from "@anyhost/protocol";

type Frame = string | Uint8Array<ArrayBuffer>;

export class FarSocket extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 0; // connecting; Node has no `WebSocket` to ask
  closed: number | null = null;
  readonly received: Frame[] = [];

  constructor(readonly url: string) {
    super();
  }

  // ---- what the page calls

  send(frame: Frame): void {
    this.received.push(frame);
  }

  close(code = 1005): void {
    this.closed = code;
  }

  // ---- what the test calls

  get query(): Record<string, string> {
    return Object.fromEntries(new URL(this.url).searchParams);
  }

  /** The commands that came, parsed. */
  get commands(): Record<string, unknown>[] {
    return this.received.filter((frame) => typeof frame === "string").map((frame) => JSON.parse(frame));
  }

  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  say(...notifications: (Partial<Notification> & { op: string })[]): void {
    for (const notification of notifications) this.frame(JSON.stringify(notification));
  }

  frame(data: string | ArrayBuffer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  hangUp(reason = ""): void {
    this.dispatchEvent(Object.assign(new Event("close"), { reason }));
  }
}

export class FarEnd {
  readonly sockets: FarSocket[] = [];

  readonly open = (url: string): WebSocket => {
    const socket = new FarSocket(url);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };

  get last(): FarSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("expected the page to open a socket, got none");
    return socket;
  }
}

export const SESSION: SessionStart = {
  op: "session",
  session_id: "s1",
  mode: "run",
  protocol: 1,
  resumed: false,
  seq: 0,
  limits: { message: 1000 },
  model_ids: [],
  handled: null,
};
