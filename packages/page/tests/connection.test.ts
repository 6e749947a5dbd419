import type { ModelRequest, Notification } from "@anyhost/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ConnectionState, PageConnection, WAITING_AFTER } from "../src/connection.ts";
import { createIdentity } from "../src/identity.ts";
import { MAX_WAITING, OutboxFull } from "../src/outbox.ts";
import { TIMING } from "../src/timing.ts";
import { type Inherited, type InheritedModelCommand, ROOM, Unsent } from "../src/unsent.ts";
import { FarEnd, SESSION } from "./far-end.ts";
import { MemoryStorage } from "./memory-storage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Given {
  fetch?: typeof globalThis.fetch;
  base?: string;
  /** The tab's storage. */
  tab?: Storage;
  /** What the models still had to send when the page goes. */
  last?: (connection: PageConnection) => void;
}

function connect(options: Given = {}) {
  const far = new FarEnd();
  const heard: Notification[] = [];
  const states: ConnectionState[] = [];
  const errors: unknown[] = [];
  const inherited: InheritedModelCommand[] = [];
  const inheritedByNotebook: Inherited[] = [];
  const refused: string[] = [];
  const lost: number[] = [];
  const tab = options.tab ?? null;
  const calls = { online: 0, waiting: [] as boolean[] };
  const lifetime = new AbortController();
  const fetch = options.fetch ?? (() => Promise.reject(new TypeError("no network")));
  const listener = {
    notification: (notification: Notification) => void heard.push(notification),
    state: (state: ConnectionState) => void states.push(state),
    online: () => void calls.online++,
    waiting: (waiting: boolean) => void calls.waiting.push(waiting),
    leaving: () => options.last?.(connection),
    inherited: (command: Inherited) =>
      void (command.type === "model" ? inherited.push(command) : inheritedByNotebook.push(command)),
    lost: (count: number) => void lost.push(count),
    refused: (reason: string) => void refused.push(reason),
    error: (error: unknown) => void errors.push(error),
  };
  const connection: PageConnection = new PageConnection(
    {
      base: new URL(options.base ?? "http://127.0.0.1:8765/app/"),
      identity: createIdentity(tab, "/app/"),
      unsent: new Unsent(tab, "/app/"),
      listener,
      openWebSocket: far.open,
      fetch,
      random: () => 1,
    },
    lifetime.signal,
  );
  return {
    connection,
    far,
    heard,
    states,
    errors,
    inherited,
    inheritedByNotebook,
    refused,
    lost,
    calls,
    lifetime,
  };
}

/** A connection that has joined a session, whose snapshot stands for `seq` 10. */
function join(options: Given = {}) {
  const joined = connect(options);
  joined.far.last.accept();
  joined.far.last.say(SESSION, { op: "snapshot-end", seq: 10 });
  return joined;
}

const set = (value: unknown): ModelRequest => ({
  method: "update",
  state: { value },
  bufferPaths: [],
  floats: [],
});
const custom = (content: unknown): ModelRequest => ({ method: "custom", content, floats: [] });
const kernel = (seq: number) => ({ op: "kernel", seq, status: "busy" }) as const;
const ack = (seq: number, command_id: number) =>
  ({ op: "model-ack", seq, model_id: "m", command_id }) as const;

describe("joining", () => {
  test("the socket is beside the page, with a client id of 128 bits and nothing else", () => {
    const { far } = connect({ base: "https://example.org/app/" });
    expect(far.last.url).toMatch(/^wss:\/\/example\.org\/app\/ws\?client=[0-9a-f]{32}$/);
    expect(far.last.binaryType).toBe("arraybuffer");
  });

  test("it is live only when the snapshot is whole", () => {
    const { connection, far, heard, calls } = connect();
    far.last.accept();
    far.last.say(SESSION, kernel(4));
    expect(connection.online).toBe(false);
    far.last.say({ op: "snapshot-end", seq: 10 });
    expect(connection.online).toBe(true);
    expect(heard.map((notification) => notification.op)).toEqual(["session", "kernel", "snapshot-end"]);
    expect(calls.online).toBe(1);
  });

  test("a server of another protocol version is told of", () => {
    const { far, errors } = connect();
    far.last.accept();
    far.last.say({ ...SESSION, protocol: 2 });
    expect(String(errors[0])).toContain("version 2");
  });

  test("a probe is answered at once", () => {
    const { far } = join();
    far.last.say({ op: "probe" });
    expect(far.last.commands).toEqual([{ type: "ping", ack: 10 }]);
  });
});

describe("commands", () => {
  test("they are numbered, and say what was handled last", () => {
    const { connection, far } = join();
    far.last.say(kernel(12));
    expect(connection.send("m", set(1), [])).toBe(1);
    expect(connection.send("m", set(2), [])).toBe(2);
    expect(far.last.commands.map(({ commandId, ack }) => [commandId, ack])).toEqual([
      [1, 12],
      [2, 12],
    ]);
  });

  test("binary follows its text as bytes", () => {
    const { connection, far } = join();
    const bytes = new Uint8Array([1, 2, 3]);
    connection.send("m", custom({}), [new DataView(bytes.buffer)]);
    expect(far.last.commands[0]?.buffers).toEqual([3]);
    expect(far.last.received[1]).toEqual(bytes);
  });

  test("one over the server's limit is refused before it is kept or sent", () => {
    const { connection, far } = join();
    expect(() => connection.send("m", custom("x".repeat(2000)), [])).toThrow("1000");
    expect(() => connection.send("m", custom({}), [new DataView(new ArrayBuffer(2000))])).toThrow("1000");
    expect(far.last.received).toEqual([]);
    expect(connection.send("m", custom("small"), [])).toBeGreaterThan(0);
  });

  test("those without an answer are sent again, in order, after a reconnection (promise 3)", () => {
    const { connection, far, heard } = join();
    for (const value of [1, 2, 3]) connection.send("m", set(value), []);
    far.last.say(ack(11, 2));
    far.last.hangUp();
    connection.send("m", custom("offline"), []);
    vi.advanceTimersByTime(1000);
    far.last.accept();
    expect(far.last.commands).toEqual([]);
    far.last.say({ ...SESSION, resumed: true, seq: 11 });
    expect(far.last.commands.map(({ commandId }) => commandId)).toEqual([1, 3, 4]);
    far.last.say(ack(12, 1), ack(13, 3), ack(14, 4));
    expect(heard.filter(({ op }) => op === "model-ack")).toHaveLength(4);
  });

  test("an answer that comes twice is delivered once", () => {
    const { connection, far, heard } = join();
    connection.send("m", set(1), []);
    far.last.say(ack(11, 1), ack(11, 1));
    expect(heard.filter(({ op }) => op === "model-ack")).toHaveLength(1);
  });

  test("a refusal is the answer of the command that it names; another is told of", () => {
    const { connection, far, heard, refused } = join();
    const id = connection.send("m", set(1), []);
    far.last.say({ op: "refusal", error: "not allowed", command_id: id }, { op: "refusal", error: "what?" });
    expect(heard.at(-1)).toMatchObject({
      op: "model-ack",
      command_id: id,
      status: "rejected",
      error: "not allowed",
    });
    expect(refused).toEqual(["what?"]);
  });

  test("with a thousand waiting, updates wait in their models and a custom message is refused (promise 8)", () => {
    const { connection, far, calls } = join();
    for (let count = 0; count < MAX_WAITING; count++) connection.send("m", set(count), []);
    expect(connection.online).toBe(false);
    expect(() => connection.send("m", custom("one more"), [])).toThrow(OutboxFull);
    far.last.say(ack(11, 1));
    expect(connection.online).toBe(true);
    expect(calls.online).toBe(2);
  });

  test("those of a session that ended are not sent to the next one", () => {
    const { connection, far } = join();
    connection.send("m", set(1), []);
    far.last.hangUp();
    vi.advanceTimersByTime(1000);
    far.last.accept();
    far.last.say({ ...SESSION, session_id: "s2" }, { op: "snapshot-end", seq: 3 });
    expect(far.last.commands).toEqual([]);
  });

  test("after 300 ms without an answer the page is told that Python is waited for", () => {
    const { connection, far, calls } = join();
    connection.send("m", set(1), []);
    vi.advanceTimersByTime(WAITING_AFTER - 1);
    expect(calls.waiting).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls.waiting).toEqual([true]);
    far.last.say(ack(11, 1));
    expect(calls.waiting).toEqual([true, false]);
  });
});

describe("resuming (promise 7)", () => {
  test("it asks for what came after the last notification handled, with the same client id", () => {
    const { far } = join();
    far.last.say(kernel(11), kernel(15));
    const { client } = far.last.query;
    far.last.hangUp();
    vi.advanceTimersByTime(1000);
    expect(far.last.query).toEqual({ session: "s1", client, after: "15" });
  });

  test("a snapshot that was cut short is asked for again", () => {
    const { far } = join();
    far.last.hangUp();
    vi.advanceTimersByTime(1000);
    far.last.accept();
    far.last.say(SESSION, kernel(20));
    far.last.hangUp();
    vi.advanceTimersByTime(2000);
    expect(far.last.query).not.toHaveProperty("after");
  });

  test("a message that was cut short does not count as handled", () => {
    const { far, heard } = join();
    const before = heard.length;
    far.last.frame(
      JSON.stringify({
        op: "model-lifecycle",
        seq: 11,
        model_id: "m",
        message: { method: "custom", content: {}, buffers: [4] },
      }),
    );
    far.last.frame(new Uint8Array([1, 2]).buffer);
    far.last.hangUp();
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveLength(before);
    expect(far.last.query.after).toBe("10");
  });

  test("a notification whose handler raises counts as handled, and is told of (promise 9)", () => {
    const far = new FarEnd();
    const errors: unknown[] = [];
    const listener = {
      notification: () => {
        throw new Error("handler");
      },
      state: () => {},
      online: () => {},
      waiting: () => {},
      leaving: () => {},
      inherited: () => {},
      lost: () => {},
      refused: () => {},
      error: (error: unknown) => void errors.push(error),
    };
    const identity = createIdentity(null, "/");
    const unsent = new Unsent(null, "/");
    const { signal } = new AbortController();
    const base = new URL("http://a/");
    new PageConnection({ base, identity, unsent, listener, openWebSocket: far.open }, signal);
    far.last.accept();
    far.last.say(SESSION, { op: "snapshot-end", seq: 10 }, kernel(11));
    expect(errors).toHaveLength(3);
    far.last.hangUp();
    vi.advanceTimersByTime(1000);
    expect(far.last.query.after).toBe("11");
  });

  test("a malformed message is told of, and the connection goes on", () => {
    const { far, errors, heard } = join();
    far.last.say({ op: "kernel", seq: 11, status: "asleep" } as never, kernel(12));
    expect(String(errors[0])).toContain("status");
    expect(heard.at(-1)).toMatchObject({ op: "kernel", seq: 12 });
  });

  test("binary where a text is due ends the socket", () => {
    const { far } = join();
    far.last.frame(new Uint8Array([1]).buffer);
    expect(far.last.closed).toBe(4002);
    vi.advanceTimersByTime(1000);
    expect(far.sockets).toHaveLength(2);
  });
});

describe("attempts", () => {
  test("they come sooner at first, then later, up to 15 s", () => {
    const { far } = connect();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const since = performance.now();
      const before = far.sockets.length;
      far.last.hangUp();
      while (far.sockets.length === before) vi.advanceTimersByTime(100);
      delays.push(performance.now() - since);
    }
    expect(delays).toEqual([600, 1200, 2400, 4800, 9600, 15_000, 15_000, 15_000]);
  });

  test("after a good connection the first attempt comes soon", () => {
    const { far } = join();
    vi.advanceTimersByTime(6_000);
    far.last.hangUp();
    vi.advanceTimersByTime(300);
    expect(far.sockets).toHaveLength(2);
  });

  test("the network being back, or the tab being shown, makes one at once", () => {
    const { connection, far } = join();
    far.last.hangUp();
    connection.wake();
    expect(far.sockets).toHaveLength(2);
    connection.wake();
    expect(far.sockets).toHaveLength(2);
  });

  test("a socket that does not open in time is given up", () => {
    const { far } = connect();
    vi.advanceTimersByTime(TIMING.open);
    expect(far.last.closed).toBe(1000);
    vi.advanceTimersByTime(1000);
    expect(far.sockets).toHaveLength(2);
  });

  test.each([
    [
      () => Promise.resolve(new Response("ok")),
      "The server answers, but its WebSocket does not: ws://127.0.0.1:8765/app/ws.",
    ],
    [() => Promise.reject(new TypeError("failed")), "does not answer. Is it still running?"],
    [
      (url: URL) =>
        Promise.resolve(new Response("", { status: url.pathname.endsWith("/healthz") ? 200 : 403 })),
      "Open the address that it printed",
    ],
    [() => Promise.resolve(new Response("", { status: 502 })), "answers with an error (502)"],
  ])("where the first fails the page says why, at once (%#)", async (fetch, said) => {
    const { far, states } = connect({ fetch: fetch as typeof globalThis.fetch });
    far.last.hangUp();
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toMatchObject({ phase: "connecting", problem: expect.stringContaining(said) });
  });

  test("what the server says when it hangs up, or before that, is passed on", () => {
    const { far, states, errors } = connect();
    far.last.accept();
    far.last.hangUp("the server has ended");
    expect(states.at(-1)).toEqual({ phase: "connecting", problem: "the server has ended" });
    vi.advanceTimersByTime(1000);
    far.last.accept();
    far.last.say({ op: "refusal", error: "100 people use this app" });
    far.last.hangUp("100 people use");
    expect(states.at(-1)).toEqual({ phase: "connecting", problem: "100 people use this app" });
    expect(errors).toEqual([]);
  });

  test("there are none after the end of its lifetime", () => {
    const { far, lifetime } = join();
    lifetime.abort();
    expect(far.last.closed).toBe(1000);
    vi.advanceTimersByTime(60_000);
    expect(far.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("signs of life", () => {
  test("a far end that does not answer is noticed within 30 s", () => {
    const { connection, far } = join();
    vi.advanceTimersByTime(TIMING.idle);
    expect(far.last.commands).toEqual([{ type: "ping", ack: 10 }]);
    vi.advanceTimersByTime(TIMING.patience);
    expect(TIMING.idle + TIMING.patience).toBeLessThanOrEqual(30_000);
    expect(far.last.closed).toBe(1000);
    expect(connection.state.phase).toBe("lost");
  });

  test("any byte counts, also in the middle of a message", () => {
    const { far } = join();
    far.last.frame(
      JSON.stringify({
        op: "model-lifecycle",
        seq: 11,
        model_id: "m",
        message: { method: "custom", content: {}, buffers: [100] },
      }),
    );
    for (let second = 0; second < 60; second += 6) {
      vi.advanceTimersByTime(6_000);
      far.last.frame(new Uint8Array([1]).buffer);
    }
    expect(far.last.closed).toBeNull();
  });

  test("one that answers is asked again only when it is quiet again", () => {
    const { far } = join();
    for (let round = 1; round <= 5; round++) {
      vi.advanceTimersByTime(TIMING.idle);
      far.last.say({ op: "pong" });
      expect(far.last.commands).toHaveLength(round);
    }
    vi.advanceTimersByTime(TIMING.patience);
    expect(far.last.closed).toBeNull();
  });

  test("a page that was asleep gives the far end its time again", () => {
    const { far } = join();
    vi.advanceTimersByTime(TIMING.idle);
    vi.setSystemTime(Date.now());
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 3_600_000);
    vi.advanceTimersByTime(TIMING.patience);
    expect(far.last.closed).toBeNull();
    expect(far.last.commands).toHaveLength(2);
  });

  test("when the tab is shown it must answer soon", () => {
    const { connection, far } = join();
    vi.advanceTimersByTime(5_000);
    connection.wake();
    expect(far.last.commands).toHaveLength(1);
    vi.advanceTimersByTime(TIMING.probe);
    expect(far.last.closed).toBe(1000);
  });
});

describe("waking", () => {
  test("a handshake that hangs is given up when the network is back, and one that is fresh is not", () => {
    const { connection, far } = connect();
    vi.advanceTimersByTime(900);
    connection.wake();
    expect(far.sockets).toHaveLength(1);
    vi.advanceTimersByTime(200);
    connection.wake();
    expect(far.sockets).toHaveLength(2);
    expect(far.sockets[0]?.closed).toBe(1000);
    vi.advanceTimersByTime(TIMING.open - 1);
    expect(far.sockets).toHaveLength(2);
  });

  test("a server that answers again is connected to at once, and nothing wrong is said of its WebSocket", async () => {
    let answers = () => Promise.reject(new TypeError("failed"));
    const { far, states } = connect({ fetch: () => answers() });
    for (let attempt = 0; attempt < 5; attempt++) {
      far.last.hangUp();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(states.at(-1)).toMatchObject({ problem: expect.stringContaining("Is it still running") });
    answers = () => Promise.resolve(new Response("ok")) as never;
    const before = far.sockets.length;
    far.last.hangUp();
    await vi.advanceTimersByTimeAsync(1);
    expect(far.sockets).toHaveLength(before + 1);
    expect(states.at(-1)).toMatchObject({ problem: expect.stringContaining("Is it still running") });
  });

  test("a device that is offline is said to be", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const { far, states } = connect();
    far.last.hangUp();
    await vi.advanceTimersByTimeAsync(100);
    vi.unstubAllGlobals();
    expect(states.at(-1)).toMatchObject({ problem: "This device is offline." });
  });
});

describe("commands on the notebook", () => {
  const edit = (source: string) => ({ type: "edit-cell", cellId: "a", source, base: null }) as const;
  const answer = (seq: number, command_id: number) => ({ op: "notebook-ack", seq, command_id }) as const;

  test("are counted with those on models, and wait for their answer over a lost connection", async () => {
    const { connection, far, heard } = join();
    expect(connection.send("m", set(1), [])).toBe(1);
    expect(connection.sendToNotebook(edit("x"))).toBe(2);
    far.last.say(answer(11, 2));
    connection.sendToNotebook(edit("xy"));
    far.last.hangUp();
    connection.sendToNotebook({ type: "run-cells", which: "these", cellIds: ["a"] });
    await vi.advanceTimersByTimeAsync(20_000);
    far.last.accept();
    far.last.say({ ...SESSION, resumed: true });
    expect(far.last.commands.map(({ type, commandId }) => [type, commandId])).toEqual([
      ["model", 1],
      ["edit-cell", 3],
      ["run-cells", 4],
    ]);
    far.last.say(answer(12, 3), answer(13, 3));
    const acks = heard.filter((each) => each.op === "notebook-ack").map((each) => each.command_id);
    expect(acks).toEqual([2, 3]);
  });

  test("one that the server refuses has its answer in that", () => {
    const { connection, far, heard } = join();
    const commandId = connection.sendToNotebook(edit("x"));
    far.last.say({ op: "refusal", error: "not allowed", command_id: commandId });
    expect(heard.at(-1)).toMatchObject({
      op: "notebook-ack",
      command_id: commandId,
      error: expect.stringContaining("not allowed"),
    });
  });

  test("a question for completions is asked once, or not at all", async () => {
    const { connection, far } = join();
    expect(connection.complete({ cellId: "a", source: "x.", cursor: 2 })).toBe(1);
    far.last.hangUp();
    expect(connection.complete({ cellId: "a", source: "x.", cursor: 2 })).toBeNull();
    await vi.advanceTimersByTimeAsync(20_000);
    far.last.accept();
    far.last.say({ ...SESSION, resumed: true });
    expect(far.last.commands).toEqual([]);
  });

  test("an interrupt goes out now or never", () => {
    const { connection, far } = join();
    expect(connection.interrupt()).toBe(true);
    expect(far.last.commands).toEqual([{ type: "interrupt", ack: 10 }]);
    far.last.hangUp();
    expect(connection.interrupt()).toBe(false);
  });
});

describe("F5 (promise 7)", () => {
  const contents = (inherited: InheritedModelCommand[]) =>
    inherited.map(({ message }) => (message.method === "custom" ? message.content : message.state.value));

  /** The page after F5, in the same tab; the server has handled the commands up to this one. */
  function after(tab: Storage, handled: number | null, session_id = "s1") {
    const next = connect({ tab });
    next.far.last.accept();
    next.far.last.say({ ...SESSION, session_id, handled }, { op: "snapshot-end", seq: 20 });
    return next;
  }

  test("what waits in the models goes out before the goodbye", () => {
    const { connection, far } = join({ last: (connection) => void connection.send("m", set("last"), []) });
    connection.leave();
    expect(far.last.commands.map(({ type }) => type)).toEqual(["model", "goodbye"]);
  });

  test("the next page makes those its own that the server does not have, in order and with their bytes", () => {
    const tab = MemoryStorage.create();
    const { connection, far } = join({ tab });
    connection.send("m", set(1), []);
    connection.send("m", set(2), []);
    far.last.hangUp();
    connection.send("m", custom("offline"), [new DataView(new Uint8Array([1, 2, 3]).buffer, 1)]);
    connection.leave();
    const { inherited, lost } = after(tab, 1);
    expect(contents(inherited)).toEqual([2, "offline"]);
    expect(inherited[1]?.buffers.map((view) => Array.from(new Uint8Array(view.buffer)))).toEqual([[2, 3]]);
    expect(lost).toEqual([]);
    expect(after(tab, 3).inherited).toEqual([]);
  });

  test("so does it with edits", () => {
    const tab = MemoryStorage.create();
    const { connection, far } = join({ tab });
    far.last.hangUp();
    connection.sendToNotebook({ type: "edit-cell", cellId: "a", source: "offline", base: null });
    connection.leave();
    expect(after(tab, 0).inheritedByNotebook).toMatchObject([{ type: "edit-cell", source: "offline" }]);
  });

  test("F5 again, before there was a connection or while it begins, loses nothing", () => {
    const tab = MemoryStorage.create();
    const first = join({ tab });
    first.connection.send("m", set("kept"), []);
    first.connection.leave();
    connect({ tab }).connection.leave();
    const third = connect({ tab });
    third.far.last.accept();
    third.far.last.say({ ...SESSION, handled: 0 });
    third.connection.leave();
    expect(contents(after(tab, 0).inherited)).toEqual(["kept"]);
  });

  test("a server that knows nothing of the page before is sent nothing twice, and it is said", () => {
    const tab = MemoryStorage.create();
    const { connection } = join({ tab });
    connection.send("m", set(1), []);
    connection.leave();
    const { inherited, lost } = after(tab, null);
    expect([inherited, lost]).toEqual([[], [1]]);
  });

  test("another session gets nothing of it", () => {
    const tab = MemoryStorage.create();
    const { connection } = join({ tab });
    connection.send("m", set(1), []);
    connection.leave();
    expect(after(tab, 0, "s2").inherited).toEqual([]);
  });

  test("what the tab has no room for is told of, and the rest is kept", () => {
    const tab = MemoryStorage.create();
    const { connection, far } = join({ tab });
    far.last.say({ ...SESSION, limits: { message: 2 * ROOM } }, { op: "snapshot-end", seq: 11 });
    connection.send("m", set(1), []);
    connection.send("m", custom("large"), [new DataView(new ArrayBuffer(ROOM))]);
    connection.send("m", custom("x".repeat(ROOM)), []);
    connection.send("m", set(2), []);
    connection.leave();
    const { inherited, lost } = after(tab, 0);
    expect([contents(inherited), lost]).toEqual([[1, 2], [2]]);
    connection.keepUnsent();
    expect(after(tab, 2).lost).toEqual([1]);
  });

  test("where others have filled the tab's storage, all is told of", () => {
    const tab = MemoryStorage.create(200);
    const { connection } = join({ tab });
    connection.send("m", custom("x".repeat(300)), []);
    connection.leave();
    expect(after(tab, 0).lost).toEqual([1]);
  });

  test("a page that is kept for 'back' goes on, unless the next one has sent what it left", () => {
    const tab = MemoryStorage.create();
    const { connection, far, heard } = join({ tab });
    connection.send("m", set(1), []);
    connection.leave();
    connection.return();
    far.last.accept();
    far.last.say({ ...SESSION, resumed: true, seq: 10 });
    expect(far.last.commands.map(({ commandId }) => commandId)).toEqual([1]);
    connection.leave();
    expect(contents(after(tab, 0).inherited)).toEqual([1]);
    connection.return();
    expect(heard.at(-1)).toMatchObject({ op: "model-ack", command_id: 1, status: "accepted" });
    far.last.accept();
    far.last.say({ ...SESSION, handled: null }, { op: "snapshot-end", seq: 30 });
    expect(far.last.commands).toEqual([]);
  });
});

describe("leaving", () => {
  test("it says goodbye, and makes no further attempt", () => {
    const { connection, far } = join();
    connection.leave();
    expect(far.last.commands.at(-1)).toEqual({ type: "goodbye", ack: 10 });
    expect(far.last.closed).toBe(1000);
    vi.advanceTimersByTime(60_000);
    connection.wake();
    expect(far.sockets).toHaveLength(1);
  });

  test("a page that the browser had kept returns to its session where it was", () => {
    const { connection, far } = join();
    connection.leave();
    connection.return();
    expect(far.sockets).toHaveLength(2);
    expect(far.last.query).toMatchObject({ session: "s1", after: "10" });
  });
});
