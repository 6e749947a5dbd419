import { type Notification, toBase64 } from "@anyhost/protocol";
import { Registry } from "@anyhost/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PageConnection } from "../src/connection.ts";
import { createIdentity } from "../src/identity.ts";
import { TIMING } from "../src/timing.ts";
import { Unsent } from "../src/unsent.ts";
import { FarEnd, type FarSocket, SESSION } from "./far-end.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FULL = 17 << 20;
const SIZE = 3_000_001;

/** A page with one model, joined; and how to lose its socket and join again. */
function page() {
  const far = new FarEnd();
  const lifetime = new AbortController();
  const ignore = () => {};
  const connection: PageConnection = new PageConnection(
    {
      base: new URL("http://127.0.0.1/"),
      identity: createIdentity(null, "/"),
      unsent: new Unsent(null, "/"),
      listener: {
        notification: (notification: Notification) => {
          if (notification.op === "model-lifecycle") registry.handle(notification);
        },
        online: () => registry.handleOnline(),
        state: ignore,
        leaving: ignore,
        inherited: ignore,
        lost: ignore,
        waiting: ignore,
        refused: ignore,
        error: (error: unknown) => {
          throw error;
        },
      },
      openWebSocket: far.open,
      random: () => 1,
    },
    lifetime.signal,
  );
  const registry = new Registry({ connection }, lifetime.signal);
  const session = { ...SESSION, limits: { message: 2 ** 30 } };
  const message = { method: "open" as const, state: {}, buffer_paths: [], buffers: [], floats: [] };
  far.last.accept();
  far.last.say(
    session,
    { op: "model-lifecycle", seq: 1, model_id: "m", message: { ...message, module: null, style: null } },
    { op: "snapshot-end", seq: 1 },
  );
  const model = registry.find("m");
  if (!model) throw new Error("expected an open model");
  const joinAgain = () => {
    far.last.hangUp();
    vi.advanceTimersByTime(2 * TIMING.retry);
    far.last.accept();
    far.last.say({ ...session, resumed: true });
  };
  return { far, model, joinAgain, end: () => lifetime.abort() };
}

/** The binary that has come, one after the other. */
function bytesAt({ received }: FarSocket): string {
  const pieces = received.filter((frame) => typeof frame !== "string");
  return toBase64(new Uint8Array(pieces.flatMap((piece) => Array.from(piece))));
}

test("G4: what is written into an array after save_changes is sent neither later nor again after a drop", () => {
  const { far, model, joinAgain, end } = page();
  const array = Uint8Array.from({ length: SIZE }, (_, index) => index * 7);
  const expected = toBase64(array);
  // Two pieces go at once, then the browser is full: the rest is sent after the widget has changed its array.
  const first = far.last;
  const send = first.send.bind(first);
  first.send = (frame) => {
    send(typeof frame === "string" ? frame : frame.slice()); // as a browser, which keeps no view into it
    if (first.received.length === 3) first.bufferedAmount = FULL;
  };
  model.set({ array });
  model.save();
  expect(first.received).toHaveLength(3);
  array.fill(1);
  first.bufferedAmount = 0;
  vi.advanceTimersByTime(10);
  expect(bytesAt(first)).toBe(expected);
  array.fill(2);
  joinAgain();
  expect(far.sockets).toHaveLength(2);
  expect(far.last.commands.map(({ commandId, buffers }) => [commandId, buffers])).toEqual([[1, [SIZE]]]);
  expect(bytesAt(far.last)).toBe(expected);
  end();
});
