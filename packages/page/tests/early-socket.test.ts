// @vitest-environment happy-dom
import type { Notification } from "@anyhost/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ConnectionState, PageConnection } from "../src/connection.ts";
import { LONGEST_WAIT, MOST_KEPT, openEarly, takeEarly } from "../src/early-socket.ts";
import { Unsent } from "../src/unsent.ts";
import { FarEnd, SESSION } from "./far-end.ts";

const BASE = new URL("http://127.0.0.1:8765/app/");
const kernel = (seq: number) => ({ op: "kernel", seq, status: "busy" }) as const;
const END = { op: "snapshot-end", seq: 10 } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  takeEarly(BASE); // what no page of the test took
  vi.useRealTimers();
  window.sessionStorage.clear();
});

/** The head of a page has run. */
function head(): FarEnd {
  const far = new FarEnd();
  openEarly(BASE, far.open);
  return far;
}

/** Its modules have come. */
async function modules(far: FarEnd) {
  const heard: Notification[] = [];
  const states: ConnectionState[] = [];
  const asked: string[] = [];
  const lifetime = new AbortController();
  const nothing = () => {};
  const connection = new PageConnection(
    {
      base: BASE,
      ...takeEarly(BASE, far.open),
      unsent: new Unsent(null, BASE.pathname),
      listener: {
        notification: (notification) => void heard.push(notification),
        state: (state) => void states.push(state),
        online: nothing,
        waiting: nothing,
        leaving: nothing,
        inherited: nothing,
        lost: nothing,
        refused: nothing,
        error: (error) => expect(error).toBeUndefined(),
      },
      fetch: (address) => {
        asked.push(String(address));
        return Promise.reject(new TypeError("no network"));
      },
      random: () => 1,
    },
    lifetime.signal,
  );
  const atOnce = heard.length;
  await Promise.resolve();
  return { connection, heard, states, asked, atOnce, ops: () => heard.map(({ op }) => op) };
}

describe("the handover", () => {
  test("the connection hears all that was said before, in order, and then what follows", async () => {
    const far = head();
    expect(far.last.url).toMatch(/^ws:\/\/127\.0\.0\.1:8765\/app\/ws\?client=[0-9a-f]{32}$/);
    expect(far.last.binaryType).toBe("arraybuffer");
    far.last.accept();
    far.last.say(SESSION, END, kernel(11));
    const page = await modules(far);
    expect(page.atOnce).toBe(0); // whoever is to hear it is still being set up
    far.last.say(kernel(12));
    expect(page.heard.map(({ seq }) => seq)).toEqual([0, 10, 11, 12]);
    expect(page.connection.online).toBe(true);
    expect(far.sockets).toHaveLength(1);
  });

  test("a message whose bytes are still on their way is put together", async () => {
    const far = head();
    far.last.accept();
    const update = { method: "update", state: { data: null }, buffer_paths: [["data"]], buffers: [4] };
    far.last.say(SESSION, END, {
      op: "model-lifecycle",
      seq: 11,
      model_id: "m",
      message: update,
    } as unknown as Notification);
    far.last.frame(new Uint8Array([1, 2]).buffer);
    const page = await modules(far);
    expect(page.ops()).toEqual(["session", "snapshot-end"]);
    far.last.frame(new Uint8Array([3, 4]).buffer);
    expect(page.ops()).toEqual(["session", "snapshot-end", "model-lifecycle"]);
  });

  test("one that has not opened yet opens for the connection", async () => {
    const far = head();
    const page = await modules(far);
    far.last.accept();
    far.last.say(SESSION, END);
    expect(page.connection.online).toBe(true);
    expect(far.sockets).toHaveLength(1);
  });

  test("both are one client, and after F5 the head names the page before", async () => {
    const far = head();
    far.last.accept();
    far.last.say(SESSION, END);
    await modules(far);
    const { client } = far.last.query;
    far.last.hangUp();
    vi.advanceTimersByTime(1_000);
    expect(far.sockets).toHaveLength(2);
    expect(far.last.query).toEqual({ client, session: "s1", after: "10" });
    const after = head();
    expect(after.last.query).toMatchObject({ session: "s1", previous: client });
    expect(after.last.query.client).not.toBe(client);
  });

  test("where the head opened none the connection opens its own", async () => {
    const far = new FarEnd();
    const page = await modules(far);
    far.last.accept();
    far.last.say(SESSION, END);
    expect(page.connection.online).toBe(true);
  });
});

describe("one that came to nothing", () => {
  test("a refused one is looked into at once, and followed by another", async () => {
    const far = head();
    far.last.hangUp();
    const page = await modules(far);
    expect(page.asked).toEqual(["http://127.0.0.1:8765/app/healthz"]);
    vi.advanceTimersByTime(1_000);
    expect(far.sockets).toHaveLength(2);
  });

  test("what the server said before it hung up is what the page says", async () => {
    const far = head();
    far.last.accept();
    far.last.say({ op: "refusal", seq: 0, error: "1 people use this app", command_id: null });
    far.last.hangUp();
    const page = await modules(far);
    expect(page.states).toEqual([{ phase: "connecting", problem: "1 people use this app" }]);
    expect(page.asked).toEqual([]);
  });

  test("one that ended in the middle is resumed where it ended", async () => {
    const far = head();
    far.last.accept();
    far.last.say(SESSION, END, kernel(11));
    far.last.hangUp();
    const page = await modules(far);
    expect(page.ops()).toEqual(["session", "snapshot-end", "kernel"]);
    vi.advanceTimersByTime(1_000);
    expect(far.last.query).toMatchObject({ session: "s1", after: "11" });
  });
});

describe("modules that do not come", () => {
  test("it ends when it has waited for long", () => {
    const far = head();
    vi.advanceTimersByTime(LONGEST_WAIT - 1);
    expect(far.last.closed).toBeNull();
    vi.advanceTimersByTime(1);
    expect(far.last.closed).not.toBeNull();
  });

  test("once taken it may last", async () => {
    const far = head();
    far.last.accept();
    await modules(far);
    far.last.say(SESSION, END);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      vi.advanceTimersByTime(5_000);
      far.last.say({ op: "pong" });
    }
    expect(far.last.closed).toBeNull();
  });

  test("it ends when there is too much to keep (promise 8)", () => {
    const far = head();
    far.last.accept();
    far.last.frame(new ArrayBuffer(MOST_KEPT));
    expect(far.last.closed).toBeNull();
    far.last.frame("one more");
    expect(far.last.closed).not.toBeNull();
  });
});

describe("a page that is left", () => {
  const hide = () => window.dispatchEvent(new Event("pagehide"));
  const GOODBYE = [{ type: "goodbye", ack: null }];

  test("before its modules came it says goodbye, so that its session is not kept for long", () => {
    const far = head();
    far.last.accept();
    hide();
    expect(far.last.commands).toEqual(GOODBYE);
    expect(far.last.closed).not.toBeNull();
  });

  test("before its socket has opened there is nobody to say it to", () => {
    const far = head();
    hide();
    expect(far.last.commands).toEqual([]);
    expect(far.last.closed).not.toBeNull();
  });

  test("afterwards that is the connection's", async () => {
    const far = head();
    far.last.accept();
    await modules(far);
    hide();
    expect(far.last.commands).toEqual([]);
  });
});
