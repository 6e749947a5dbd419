import type { ModelCommand, Notification } from "@anyhost/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Socket } from "../src/socket.ts";
import { FarEnd } from "./far-end.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const far = new FarEnd();
  const log: string[] = [];
  const heard: Notification[] = [];
  const events = {
    open: () => void log.push("open"),
    notification: (notification: Notification) => void heard.push(notification),
    alive: () => void log.push("alive"),
    unreadable: () => void log.push("unreadable"),
    closed: (reason: string) => void log.push(`closed ${reason}`.trim()),
  };
  return { socket: new Socket("ws://a/ws", events, far.open), far: far.last, log, heard };
}

const large = (size: number): ModelCommand => ({
  type: "model",
  ack: null,
  modelId: "m",
  commandId: 1,
  message: { method: "custom", content: {}, floats: [] },
  buffers: [new DataView(new ArrayBuffer(size))],
});

test("while the browser holds much, the rest of a message waits, and the next message behind it", () => {
  const { socket, far, log } = open();
  far.bufferedAmount = 17 << 20;
  socket.send(large(3 << 19), Infinity);
  socket.send({ type: "ping", ack: null }, Infinity);
  expect(far.received).toEqual([]);
  far.bufferedAmount = 16.5 * (1 << 20);
  vi.advanceTimersByTime(10);
  expect(log).toEqual(["alive"]);
  far.bufferedAmount = 0;
  vi.advanceTimersByTime(10);
  expect(far.received.map((frame) => (typeof frame === "string" ? "text" : frame.length))).toEqual([
    "text",
    1 << 19,
    1 << 19,
    1 << 19,
    "text",
  ]);
});

test("after its end nothing is heard and nothing runs", () => {
  const { socket, far, log, heard } = open();
  far.bufferedAmount = 17 << 20;
  socket.send({ type: "ping", ack: null }, Infinity);
  socket.close("enough");
  far.say({ op: "pong" });
  far.hangUp("again");
  expect(log).toEqual(["closed enough"]);
  expect(heard).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("binary of a notification arrives as views over buffers of their own (E6)", () => {
  const { far, heard } = open();
  const message = { method: "custom", content: {}, buffers: [2, 1] };
  far.frame(JSON.stringify({ op: "model-lifecycle", seq: 1, model_id: "m", message }));
  far.frame(new Uint8Array([1]).buffer);
  far.frame(new Uint8Array([2, 3]).buffer);
  const [notification] = heard;
  if (notification?.op !== "model-lifecycle" || notification.message.method !== "custom")
    throw new Error("no custom");
  const { buffers } = notification.message;
  expect(buffers.map((view) => [view.byteOffset, ...new Uint8Array(view.buffer)])).toEqual([
    [0, 1, 2],
    [0, 3],
  ]);
});
