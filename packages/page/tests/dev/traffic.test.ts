import type { ModelLifecycle, Notification } from "@anyhost/protocol";
import { expect, test } from "vitest";
import { KEPT, Traffic } from "../../src/dev/traffic.ts";

const view = (length: number) => new DataView(new ArrayBuffer(length));

function opened(model_id: string, state: Record<string, unknown>): Notification {
  const message = { method: "open", state, buffer_paths: [], buffers: [view(100)], floats: [], module: null };
  return { op: "model-lifecycle", seq: 1, model_id, message: { ...message, style: null } } as Notification;
}

function changed(message: Partial<ModelLifecycle["message"]> & { method: string }): Notification {
  const rest = { state: {}, buffer_paths: [], buffers: [], floats: [], module: null, style: null };
  return { op: "model-lifecycle", seq: 2, model_id: "m", message: { ...rest, ...message } } as Notification;
}

const ack = (status: string, more: object = {}): Notification =>
  ({
    op: "model-ack",
    seq: 3,
    model_id: "m",
    command_id: 7,
    status,
    state: {},
    buffer_paths: [],
    buffers: [],
    floats: [],
    error: null,
    ...more,
  }) as Notification;

test("each message says its way, its kind, its model and its size, the newest first", () => {
  const traffic = new Traffic();
  traffic.received(opened("m", { _anywidget_id: "my_widget.Counter", count: 1 }));
  traffic.sent("m", { method: "update", state: { count: 2 }, bufferPaths: [], floats: [] }, [view(3)], 7);
  traffic.sent("m", { method: "custom", content: "hi", floats: [] }, [], 8);
  expect(traffic.messages.map(({ direction, kind, model, size }) => [direction, kind, model, size])).toEqual([
    ["to Python", "custom", "Counter", 2],
    ["to Python", "update", "Counter", '{"count":2}'.length + 3],
    ["from Python", "open", "Counter", '{"_anywidget_id":"my_widget.Counter","count":1}'.length + 100],
  ]);
});

test("an answer says how long it took, and what went wrong", () => {
  const traffic = new Traffic();
  traffic.sent("m", { method: "update", state: { count: 2 }, bufferPaths: [], floats: [] }, [], 7);
  traffic.received(ack("corrected", { error: "ValueError: no" }));
  const [answer] = traffic.messages;
  expect(answer).toMatchObject({ kind: "corrected", content: "ValueError: no", direction: "from Python" });
  expect(answer?.took).toBeGreaterThanOrEqual(0);
  traffic.received(ack("accepted")); // one that nobody waits for
  expect(traffic.messages[0]?.took).toBeNull();
});

test("new code is told from new values; a close forgets the name", () => {
  const traffic = new Traffic();
  traffic.received(opened("m", { _model_name: "LayoutModel" }));
  traffic.received(changed({ method: "update", module: { url: "modules/b.js", hash: "b" } }));
  traffic.received(changed({ method: "custom", content: { a: 1 } }));
  traffic.received(changed({ method: "close" }));
  traffic.received(changed({ method: "custom", content: null }));
  expect(traffic.messages.map(({ kind, model }) => `${model} ${kind}`)).toEqual([
    "m custom",
    "LayoutModel close",
    "LayoutModel custom",
    "LayoutModel code",
    "LayoutModel open",
  ]);
});

test("what is kept is bounded, in number and in length (promise 8)", () => {
  const traffic = new Traffic();
  const state = { text: "x".repeat(5_000) };
  for (let count = 0; count < KEPT + 5; count++) {
    traffic.sent("m", { method: "update", state, bufferPaths: [], floats: [] }, [], count);
  }
  expect(traffic.messages).toHaveLength(KEPT);
  expect(traffic.messages[0]?.content).toHaveLength(2_001);
  expect(traffic.messages[0]?.size).toBe(JSON.stringify(state).length);
});

test("while it is paused nothing is kept, but times are", () => {
  const traffic = new Traffic();
  traffic.paused = true;
  traffic.sent("m", { method: "update", state: {}, bufferPaths: [], floats: [] }, [], 7);
  expect(traffic.messages).toEqual([]);
  traffic.paused = false;
  traffic.received(ack("accepted"));
  expect(traffic.messages[0]?.took).not.toBeNull();
  traffic.clear();
  expect(traffic.messages).toEqual([]);
});
