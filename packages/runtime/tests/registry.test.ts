import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { handleModelLifecycle, type ModelRegistry } from "../src/registry.ts";
import { createRegistry, hear } from "./models.ts";
import { ack, bytes, closed, code, custom, opened, updated } from "./wire.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

function model(registry: ModelRegistry, modelId = "m") {
  const found = registry.find(modelId);
  if (!found) throw new Error(`no model ${modelId}`);
  return found;
}

test("M1: open makes a model with its state, binary in its place, not cloned", () => {
  const { registry } = createRegistry();
  const list = [1];
  const view = bytes(1, 2);
  handleModelLifecycle(
    registry,
    opened("m", { list }, { paths: [["b"]], buffers: [view], module: code("a") }),
  );
  expect(model(registry).get("list")).toBe(list);
  expect(model(registry).get("b")).toBe(view);
  expect(model(registry).get("_esm")).toBe("modules/a.js");
  expect(registry.bindings.get("m")?.log).toEqual(["replace modules/a.js", "start"]);
});

test("M11: after close the model is forgotten, and what comes for it is dropped", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 1 }));
  const gone = model(registry);
  const heard = hear(gone, "change:a destroy msg:custom");
  registry.handle(closed("m"));
  registry.handle(updated("m", { a: 2 }));
  registry.handle(custom("m", "late"));
  registry.handle(closed("m"));
  expect(heard.map(([name]) => name)).toEqual(["destroy"]);
  expect([gone.get("a"), registry.modelIds]).toEqual([1, []]);
});

test("M17: updates of a model without views are applied", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 1 }));
  registry.handle(updated("m", { a: 2 }));
  expect(model(registry).get("a")).toBe(2);
});

test("H6, H7, B14: messages wait for initialize, and come in their order, updates merged", () => {
  const { registry } = createRegistry();
  registry.pending = true;
  registry.handle(opened("m", { a: 0 }));
  const heard = hear(model(registry), "change:a");
  model(registry).events.on("msg:custom", (content) => heard.push(["custom", content]), {});
  registry.handle(updated("m", { a: 1 }));
  registry.handle(updated("m", { a: 2 }));
  registry.handle(custom("m", "x"));
  registry.handle(updated("m", { a: 3 }));
  expect(heard).toEqual([]);
  registry.bindings.get("m")?.settle();
  expect(heard).toEqual([
    ["change:a", 2],
    ["custom", "x"],
    ["change:a", 3],
  ]);
  registry.handle(updated("m", { a: 4 }));
  expect(heard).toHaveLength(4);
});

test("a signal through a trait that waits for initialize is not merged away (plotly)", () => {
  const { registry } = createRegistry();
  registry.pending = true;
  registry.handle(opened("m", { signal: null, a: 0 }));
  registry.handle(updated("m", { a: 1 }));
  registry.handle(updated("m", { signal: { color: "red" } }));
  registry.handle(updated("m", { signal: null }));
  const heard = hear(model(registry), "change:a change:signal");
  registry.bindings.get("m")?.settle();
  expect(heard).toEqual([
    ["change:a", 1],
    ["change:signal", { color: "red" }],
    ["change:signal", null],
  ]);
});

test("an answer keeps its place behind the updates that wait, and makes room at once", () => {
  const { registry, connection } = createRegistry();
  registry.pending = true;
  registry.handle(opened("m", { a: 0 }));
  for (let value = 1; value <= 9; value++) {
    model(registry).set({ a: value });
    model(registry).save();
  }
  expect(connection.sent).toHaveLength(8);
  registry.handle(updated("m", { a: 77 }));
  for (let id = 1; id <= 9; id++) registry.handleAck(ack("m", id));
  expect(connection.sent).toHaveLength(9);
  registry.bindings.get("m")?.settle();
  expect(model(registry).get("a")).toBe(9);
});

test("an answer to an invocation does not wait for the initialize that asks", async () => {
  const { registry, connection } = createRegistry();
  registry.pending = true;
  registry.handle(opened("m", {}));
  const asked = model(registry).invocations.invoke("one");
  const { id } = connection.customs[0];
  registry.handle(custom("m", { id, kind: "anywidget-command-response", response: 1 }));
  expect(await asked).toEqual([1, []]);
});

test.each([
  ["1,000 messages", 1001, 0],
  ["64 MiB", 4, 16 * 1024 * 1024],
])("messages held for initialize: over %s the model fails, its updates are kept", (_, count, size) => {
  const { registry } = createRegistry();
  registry.pending = true;
  registry.handle(opened("m", { a: 0 }));
  registry.handle(updated("m", { a: 1 }));
  const buffer = new DataView(new ArrayBuffer(size));
  for (let n = 0; n < count; n++) {
    expect(registry.bindings.get("m")?.log).not.toContain("fail InboxFull");
    registry.handle(custom("m", n, [buffer]));
  }
  expect(registry.bindings.get("m")?.log).toContain("fail InboxFull");
  const heard = hear(model(registry), "change:a msg:custom");
  registry.bindings.get("m")?.settle();
  expect(heard).toEqual([["change:a", 1]]);
});

test("what a listener makes arrive is delivered after what it listens to", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 0, b: 0 }));
  const heard = hear(model(registry), "change:a change:b");
  model(registry).events.on("msg:custom", () => registry.handle(updated("m", { b: 1 })), {});
  model(registry).events.on("msg:custom", () => heard.push(["custom"]), {});
  registry.handle(custom("m", "x"));
  expect(heard).toEqual([["custom"], ["change:b", 1]]);
});

test("D13: a model that is not there yet is waited for", async () => {
  const { registry } = createRegistry();
  const { signal } = new AbortController();
  const waited = Promise.all([registry.wait("m", signal), registry.wait("m", signal)]);
  registry.handle(opened("m", {}));
  expect(await waited).toEqual([model(registry), model(registry)]);
  const abort = new AbortController();
  const never = registry.wait("other", abort.signal);
  abort.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");
});

test("R1, A21: in a snapshot nothing starts before its end; what is looked at starts first", () => {
  const { registry } = createRegistry();
  registry.beginSnapshot(["a", "b"]);
  const order: string[] = [];
  for (const modelId of ["a", "b"]) {
    registry.handle(opened(modelId, {}, { module: code(modelId) }));
    const binding = registry.bindings.get(modelId);
    if (binding) binding.start = () => order.push(modelId);
  }
  const visible = registry.bindings.get("b");
  if (visible) visible.visible = true;
  expect(order).toEqual([]);
  registry.endSnapshot();
  expect(order).toEqual(["b", "a"]);
});

test("R1, R2: models that a snapshot does not name close, those that it knows are reconciled", () => {
  const { registry } = createRegistry();
  registry.handle(opened("old", {}));
  registry.handle(opened("m", { a: 1, gone: 1 }, { module: code("x") }));
  const same = model(registry);
  const heard = hear(same, "change:a change:gone");
  registry.beginSnapshot(["m", "new"]);
  expect(registry.modelIds).toEqual(["m"]);
  registry.handle(opened("m", { a: 2 }, { module: code("x") }));
  registry.handle(opened("new", {}));
  registry.endSnapshot(10);
  expect(model(registry)).toBe(same);
  expect(heard).toEqual([
    ["change:a", 2],
    ["change:gone", undefined],
  ]);
});

test("an answer that is older than the snapshot does not undo it", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  model(registry).set({ a: 1 });
  model(registry).save();
  registry.beginSnapshot(["m"]);
  registry.handleAck(ack("m", 1, { seq: 9 }));
  registry.handle(opened("m", { a: 5 }));
  expect(model(registry).get("a")).toBe(1);
  registry.endSnapshot(10);
  expect(model(registry).get("a")).toBe(5);
});

test("promise 2: a correction that comes with a snapshot has its value there, and is not taken for an acceptance", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  model(registry).set({ a: 18 });
  model(registry).save();
  registry.beginSnapshot(["m"]);
  registry.handleAck(ack("m", 1, { seq: 0, status: "corrected" }));
  registry.handle(opened("m", { a: 10 }));
  registry.endSnapshot(10);
  expect(model(registry).get("a")).toBe(10);
});

test("a snapshot that breaks off and is begun again loses no answer", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  model(registry).set({ a: 1 });
  model(registry).save();
  registry.beginSnapshot(["m"]);
  registry.handleAck(ack("m", 1, { seq: 9, status: "rejected" }));
  registry.beginSnapshot(["m"]);
  registry.handle(opened("m", { a: 0 }));
  registry.endSnapshot(5);
  expect(model(registry).get("a")).toBe(0);
});

test("R4: back online, what was saved is sent", () => {
  const { registry, connection } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  connection.online = false;
  model(registry).set({ a: 1 });
  model(registry).save();
  expect(connection.sent).toEqual([]);
  connection.online = true;
  registry.handleOnline();
  expect(connection.updates).toEqual([{ a: 1 }]);
});

test("G10, promise 9: an error of an observer is reported, the value kept", () => {
  const { registry, reports } = createRegistry();
  registry.handle(opened("m", { a: 0, _anywidget_id: "pkg.Counter" }));
  model(registry).set({ a: 1 });
  model(registry).save();
  registry.handleAck(ack("m", 1, { error: "ValueError: no" }));
  expect(model(registry).get("a")).toBe(1);
  expect(reports).toMatchObject([{ modelId: "m", widget: "pkg.Counter", phase: "message" }]);
});

test("a gap rejects invocations and binds the models anew", async () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", {}));
  const asked = model(registry).invocations.invoke("one");
  const failed = expect(asked).rejects.toMatchObject({ name: "MessagesLost" });
  registry.handleGap(["m", "unknown"]);
  await failed;
  expect(registry.bindings.get("m")?.log).toContain("rebind");
  void model(registry)
    .invocations.invoke("two")
    .catch(() => {});
  expect(model(registry).invocations.size).toBe(1);
});

test("I16, R5: when the kernel is gone invocations reject, and an id that comes again is another model", async () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  const before = model(registry);
  const failed = expect(before.invocations.invoke("one")).rejects.toMatchObject({ name: "KernelLost" });
  registry.lose("killed by signal 9");
  await failed;
  before.set({ a: 1 });
  before.save();
  registry.beginSnapshot(["m"]);
  registry.handle(opened("m", { a: 2 }));
  registry.endSnapshot();
  expect(model(registry)).not.toBe(before);
  expect([before.closed, model(registry).get("a")]).toEqual([true, 2]);
});

test("the end of the registry closes every model", () => {
  const { registry, life } = createRegistry();
  registry.handle(opened("m", {}));
  life.abort();
  expect(registry.modelIds).toEqual([]);
  expect(registry.bindings.get("m")?.log).toContain("close");
});

test("L1: a report that throws does not hurt", () => {
  const { registry, reports } = createRegistry();
  registry.handle(opened("m", { a: 0 }));
  reports.push = () => {
    throw new Error("broken");
  };
  model(registry).events.on(
    "change:a",
    () => {
      throw new Error("x");
    },
    {},
  );
  registry.handle(updated("m", { a: 1 }));
  expect(model(registry).get("a")).toBe(1);
});

test("a page that goes hands over what was saved, whether or not there is room for it", () => {
  const { registry, connection } = createRegistry();
  registry.handle(opened("m", { a: 0, unsaved: 0 }));
  registry.setKernelBusy(true);
  for (const a of [1, 2, 3]) {
    model(registry).set({ a });
    model(registry).save();
  }
  model(registry).set({ unsaved: 1 });
  expect(connection.updates).toEqual([{ a: 1 }]);
  registry.handleLeaving();
  expect(connection.updates).toEqual([{ a: 1 }, { a: 3 }]);
});

test("what another page wrote is written by this one: shown, told to listeners, and answered", () => {
  const { registry, connection } = createRegistry();
  registry.handle(opened("m", { a: 1, b: bytes(1) }));
  const heard = hear(model(registry), "change:a");
  const state = { a: 5, b: null };
  registry.rewrite("m", { method: "update", state, bufferPaths: [["b"]], floats: [] }, [bytes(2, 3)]);
  registry.rewrite("m", { method: "custom", content: { n: null }, floats: [[["n"], "nan", null]] }, [
    bytes(4),
  ]);
  registry.rewrite("gone", { method: "custom", content: 1, floats: [] }, []);
  expect(heard).toHaveLength(1);
  expect(connection.sent.map(({ message }) => message.method)).toEqual(["update", "custom"]);
  expect(connection.sent[0]?.message).toMatchObject({ state: { a: 5 }, bufferPaths: [["b"]] });
  expect(connection.sent[1]?.message).toMatchObject({ content: { n: null }, floats: [[["n"], "nan"]] });
  expect(connection.sent[1]?.buffers).toEqual([bytes(4)]);
  registry.handleAck(ack("m", 1, { status: "corrected", state: { a: 3 } }));
  expect(model(registry).get("a")).toBe(3);
});
