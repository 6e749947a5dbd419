import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { Model } from "../src/model.ts";
import { createModel, hear } from "./models.ts";
import { RecordingConnection } from "./wire.ts";

afterEach(() => {
  vi.useRealTimers();
});

function write(model: Model, values: Record<string, unknown>): void {
  model.set(values);
  model.save();
}

const ACCEPTED = { status: "accepted", state: {} } as const;

test("G1, G2, G3, G8: one update with all keys that were set, and none when nothing was", () => {
  const { model, connection } = createModel({ a: 1, b: 1, c: 1 });
  model.save();
  model.set({ a: 2 });
  model.set({ b: 2 });
  model.set({ c: 2 });
  model.set({ c: 1 });
  model.save();
  model.save();
  expect(connection.sent.map((sent) => sent.message)).toEqual([
    { method: "update", state: { a: 2, b: 2, c: 1 }, bufferPaths: [], floats: [] },
  ]);
});

test("G4: what is saved is a copy", () => {
  const { model, connection } = createModel();
  const list = [1];
  const bytes = new Uint8Array([1, 2, 3]);
  write(model, { list, bytes: bytes.subarray(1) });
  list.push(2);
  bytes[1] = 9;
  expect(connection.updates).toEqual([{ list: [1] }]);
  expect(connection.sent[0]?.message).toMatchObject({ bufferPaths: [["bytes"]] });
  expect(connection.sent[0]?.buffers.map((view) => [...new Uint8Array(view.buffer)])).toEqual([[2, 3]]);
});

test("G5, G6: values of the kernel are never sent back", () => {
  const { model, connection } = createModel({ a: 1, b: 1 });
  model.events.on(
    "change:a",
    () => {
      model.set({ b: 2 });
      model.save();
    },
    {},
  );
  model.receive({ a: 2 });
  expect(connection.updates).toEqual([{ b: 2 }]);
});

test("G7: the kernel wins over a value that was not saved, even by an equal one", () => {
  const { model, connection } = createModel({ a: 1, b: 1, c: 1 });
  model.set({ a: 2, b: 2, c: 2 });
  model.receive({ a: 3, b: 2 });
  model.save();
  expect(model.get("a")).toBe(3);
  expect(connection.updates).toEqual([{ c: 2 }]);
});

test("G9: up to 8 updates in flight; later ones are merged into one", () => {
  const { model, connection } = createModel({ a: 0 });
  for (let value = 1; value <= 20; value++) write(model, { a: value, [`k${value}`]: value });
  expect(connection.sent).toHaveLength(8);
  model.answered(1);
  expect(connection.sent).toHaveLength(9);
  expect(connection.updates[8]).toMatchObject({ a: 20, k9: 9, k20: 20 });
});

test("G9: one in flight while the kernel is busy", () => {
  const { model, connection, pace } = createModel({ a: 0 });
  pace.busy = true;
  for (let value = 1; value <= 3; value++) write(model, { a: value });
  expect(connection.updates).toEqual([{ a: 1 }]);
  pace.busy = false;
  model.flush();
  expect(connection.updates).toEqual([{ a: 1 }, { a: 3 }]);
});

test("G9: one in flight after an answer that took long; each quick one makes room for another", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { model, connection } = createModel({ a: 0 });
  const answer = (commandId: number, after: number) => {
    vi.advanceTimersByTime(after);
    model.answered(commandId);
  };
  write(model, { a: 1 });
  answer(1, 5);
  write(model, { a: 2 });
  write(model, { a: 3 });
  answer(2, 40);
  write(model, { a: 4 });
  expect(connection.sent).toHaveLength(3);
  answer(3, 1); // it was in flight for as long
  expect(connection.updates.at(-1)).toEqual({ a: 4 });
  answer(4, 5);
  for (let value = 5; value < 10; value++) write(model, { a: value });
  expect(connection.sent).toHaveLength(6);
});

test("a slow connection alone leaves 8 in flight", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { model, connection } = createModel({ a: 0 });
  for (let value = 1; value <= 8; value++) write(model, { a: value });
  vi.advanceTimersByTime(200);
  for (let commandId = 1; commandId <= 8; commandId++) model.answered(commandId);
  for (let value = 9; value <= 20; value++) write(model, { a: value });
  expect(connection.sent).toHaveLength(16);
});

test("G11: a custom message takes the update that waits with it, and neither overtakes", () => {
  const { model, connection } = createModel({ a: 0 });
  for (let value = 1; value <= 10; value++) write(model, { a: value });
  model.send({ kind: "go" });
  expect(connection.sent.slice(8).map(({ message }) => message)).toEqual([
    { method: "update", state: { a: 10 }, bufferPaths: [], floats: [] },
    { method: "custom", content: { kind: "go" }, floats: [] },
  ]);
});

test("H1, H3: content may be anything, and of buffers exactly the window is sent", () => {
  const { model, connection } = createModel();
  const floats = new Float32Array([1, 2, 3]);
  model.send(null);
  model.send("text", [floats.subarray(1, 2), new Uint8Array([7]).buffer]);
  expect(connection.customs).toEqual([null, "text"]);
  const [first, second] = connection.sent[1]?.buffers ?? [];
  expect([first?.getFloat32(0, true), first?.buffer.byteLength]).toEqual([2, 4]);
  expect(second?.getUint8(0)).toBe(7);
});

test("promise 4: an accepted write never comes back as a change, and keeps its reference", () => {
  const { model } = createModel({ a: [0] });
  const mine = [1];
  write(model, { a: mine });
  const heard = hear(model, "change:a change");
  mine.push(2); // its owner may go on with it
  model.settle(1, ACCEPTED);
  expect(heard).toEqual([]);
  expect(model.get("a")).toBe(mine);
});

test("G10, G14: a corrected write shows what the kernel holds", () => {
  const { model } = createModel({ a: 0, b: 0 });
  write(model, { a: 99, b: 1 });
  const heard = hear(model, "change:a change:b change");
  model.settle(1, { status: "corrected", state: { a: 10 } });
  expect(heard).toEqual([
    ["change:a", 10],
    ["change", {}],
  ]);
  expect(model.get("b")).toBe(1);
});

test("a rejected write shows what the kernel held before, or what it sent meanwhile", () => {
  const { model } = createModel({ a: 0, b: 0 });
  write(model, { a: 1, b: 1 });
  model.receive({ b: 7 });
  expect(model.get("b")).toBe(1);
  model.settle(1, { status: "rejected", state: {} });
  expect([model.get("a"), model.get("b")]).toEqual([0, 7]);
});

test("a rejected write after an accepted one shows that, binary and infinities as they were", () => {
  const { model } = createModel({ a: null });
  write(model, { a: { bytes: new Uint8Array([1, 2]), numbers: [Number.NaN, Infinity] } });
  write(model, { a: "other" });
  model.settle(1, ACCEPTED);
  model.settle(2, { status: "rejected", state: {} });
  const value = model.get("a") as { bytes: DataView; numbers: number[] };
  expect(value.numbers).toEqual([Number.NaN, Infinity]);
  expect([...new Uint8Array(value.bytes.buffer)]).toEqual([1, 2]);
});

test("an update of a key with an unanswered write is remembered, and the answer settles it", () => {
  const { model } = createModel({ a: 0, b: 0 });
  write(model, { a: 5 });
  const heard = hear(model, "change:a change:b");
  model.receive({ a: 3, b: 3 });
  expect(heard).toEqual([["change:b", 3]]);
  model.settle(1, ACCEPTED);
  expect(heard).toEqual([["change:b", 3]]);
  expect(model.get("a")).toBe(5);
});

test("an answer to an older write leaves a newer one alone, saved or not", () => {
  const { model } = createModel({ a: 0 });
  write(model, { a: 1 });
  write(model, { a: 2 });
  model.settle(1, { status: "corrected", state: { a: 50 } });
  expect(model.get("a")).toBe(2);
  model.set({ a: 3 });
  model.settle(2, { status: "corrected", state: { a: 60 } });
  expect(model.get("a")).toBe(3);
});

test("O6: what cannot be sent throws and names its key; the rest is sent", () => {
  const { model, connection } = createModel({ a: 0, f: 0 });
  model.set({ f: () => 1, a: 1 });
  expect(() => model.save()).toThrow("Error serializing widget state attribute: f");
  expect(connection.updates).toEqual([{ a: 1 }]);
});

test("E13, O6: unknown keys are sent; undefined is nothing to send", () => {
  const { model, connection } = createModel({ a: 0 });
  write(model, { extra: 1, a: undefined });
  expect(connection.updates).toEqual([{ extra: 1 }]);
});

test("a write that is too large throws, and what the kernel holds is shown", () => {
  const { model, connection } = createModel({ a: 0 });
  connection.refusal = new Error("over the limit");
  model.set({ a: 1 });
  expect(() => model.save()).toThrow("over the limit");
  expect(model.get("a")).toBe(0);
});

test("G19, R5: after the kernel is gone set works, and saving sends nothing and throws nothing", () => {
  const { model, connection } = createModel({ a: 0 });
  model.lose(new Error("gone"));
  write(model, { a: 1 });
  model.send("x");
  model.settle(1, ACCEPTED);
  expect(model.get("a")).toBe(1);
  expect(connection.sent).toEqual([]);
});

test("R4: while offline saves merge; what the snapshot changed is the kernel's, the rest is sent", () => {
  const { model, connection } = createModel({ a: 0, b: 0, c: 0 });
  connection.online = false;
  write(model, { a: 1, b: 1 });
  write(model, { b: 2 });
  model.set({ c: 1 });
  model.reconcile({ a: 9, b: 0, c: 0 });
  expect([model.get("a"), model.get("b"), model.get("c")]).toEqual([9, 2, 1]);
  connection.online = true;
  model.flush();
  expect(connection.updates).toEqual([{ b: 2 }]);
});

test("an answer that is older than the snapshot settles its write with what the snapshot said", () => {
  const { model } = createModel({ a: 0 });
  write(model, { a: 1 });
  model.reconcile({ a: 9 });
  expect(model.get("a")).toBe(1);
  model.settle(1, null);
  expect(model.get("a")).toBe(9);
});

test("promise 2: whatever crosses on the way, page and kernel end with the same state", () => {
  const key = fc.constantFrom("a", "b");
  const value = fc.integer({ min: 0, max: 9 });
  const step = fc.oneof(
    fc.record({ do: fc.constant("set" as const), key, value }),
    fc.record({ do: fc.constant("save" as const) }),
    fc.record({ do: fc.constant("message" as const) }),
    fc.record({ do: fc.constant("kernel sets" as const), key, value }),
    fc.record({
      do: fc.constant("kernel handles" as const),
      how: fc.constantFrom("accept" as const, "clamp" as const, "reject" as const),
    }),
    fc.record({ do: fc.constant("page hears" as const) }),
    fc.record({ do: fc.constant("reconnect" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const page = new SimulatedPage();
      for (const one of steps) page.step(one);
      page.quiesce();
      expect(page.shown).toEqual(page.kernel);
    }),
    { numRuns: 2000 },
  );
});

type Step =
  | { do: "set" | "kernel sets"; key: string; value: number }
  | { do: "save" | "message" | "page hears" | "reconnect" }
  | { do: "kernel handles"; how: "accept" | "clamp" | "reject" };

type Answer = { status: "accepted" | "corrected" | "rejected"; state: Record<string, unknown> };

/** One model, a kernel that holds its truth, and all that is on the way between them. */
class SimulatedPage {
  readonly kernel: Record<string, unknown> = { a: 0, b: 0 };
  readonly #connection = new RecordingConnection();
  readonly #model = createModel({ ...this.kernel }, this.#connection).model;
  readonly #answers = new Map<number, Answer>();
  #onTheWay: (() => void)[] = [];
  #handled = 0;
  #heard = new Set<number>();

  get shown(): Record<string, unknown> {
    return Object.fromEntries(this.#model.keys.map((key) => [key, this.#model.get(key)]));
  }

  step(step: Step): void {
    switch (step.do) {
      case "set":
        this.#model.set({ [step.key]: step.value });
        break;
      case "save":
        this.#model.save();
        break;
      case "message":
        this.#model.send("hello");
        break;
      case "kernel sets": {
        if (this.kernel[step.key] === step.value) break;
        this.kernel[step.key] = step.value;
        const state = { [step.key]: step.value };
        this.#onTheWay.push(() => this.#model.receive(state));
        break;
      }
      case "kernel handles":
        this.#handle(step.how);
        break;
      case "page hears":
        this.#onTheWay.shift()?.();
        break;
      case "reconnect":
        this.#reconnect();
        break;
    }
  }

  /** Save what is not saved, and let everything arrive. */
  quiesce(): void {
    this.#model.save();
    while (this.#onTheWay.length || this.#handled < this.#connection.sent.length) {
      this.#handle("accept");
      this.#onTheWay.shift()?.();
    }
  }

  #handle(how: "accept" | "clamp" | "reject"): void {
    const command = this.#connection.sent[this.#handled];
    if (!command) return;
    this.#handled += 1;
    const answer: Answer = { status: how === "reject" ? "rejected" : "accepted", state: {} };
    const written = command.message.method === "update" ? command.message.state : {};
    for (const [key, value] of Object.entries(how === "reject" ? {} : written)) {
      this.kernel[key] = how === "clamp" ? Math.min(value as number, 5) : value;
      if (this.kernel[key] === value) continue;
      answer.status = "corrected";
      answer.state[key] = this.kernel[key];
    }
    this.#answers.set(command.commandId, answer);
    this.#onTheWay.push(() => this.#hear(command.commandId, answer));
  }

  #hear(commandId: number, answer: Answer | null): void {
    this.#heard.add(commandId);
    this.#model.answered(commandId);
    this.#model.settle(commandId, answer);
  }

  /** All that was on the way is lost: a snapshot comes, and the answers to what was handled come again. */
  #reconnect(): void {
    const snapshot = { ...this.kernel };
    this.#onTheWay = [() => this.#model.reconcile(snapshot)];
    for (const commandId of this.#answers.keys()) {
      if (!this.#heard.has(commandId)) this.#onTheWay.push(() => this.#hear(commandId, null));
    }
  }
}
