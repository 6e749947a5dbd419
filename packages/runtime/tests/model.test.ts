import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { BackboneModel } from "./backbone.ts";
import { createModel, hear } from "./models.ts";

test("E3, E4: get returns the value, by the same reference until it changes", () => {
  const list = [1, 2];
  const { model } = createModel({ list });
  expect(model.get("list")).toBe(list);
  expect(model.get("unknown")).toBeUndefined();
  model.receive({ list: [1, 2] });
  expect(model.get("list")).toBe(list);
  const next = [3];
  model.receive({ list: next });
  expect(model.get("list")).toBe(next);
});

test("E7: set changes the value at once and sends nothing", () => {
  const { model, connection } = createModel({ a: 1 });
  model.set({ a: 2 });
  expect(model.get("a")).toBe(2);
  expect(connection.sent).toEqual([]);
});

test("E10, E12: an equal value, or the same one mutated, fires nothing and is not sent", () => {
  const list = [1];
  const { model, connection } = createModel({ list });
  const heard = hear(model, "change:list change");
  list.push(2);
  model.set({ list });
  model.set({ list: list.map((n) => n) });
  model.set({ list: [1, 2] });
  expect(heard).toEqual([]);
  const quiet = createModel({ list: [1] });
  quiet.model.set({ list: [1] });
  quiet.model.save();
  expect(quiet.connection.sent).toEqual([]);
  expect(connection.sent).toEqual([]);
});

test("a copy of a list that grew in place is sent, though it is equal (drawdata)", () => {
  const list = [1];
  const { model, connection } = createModel({ list });
  const heard = hear(model, "change:list change");
  list.push(2);
  const copy = [...list];
  model.set({ list: copy });
  model.save();
  expect(heard).toEqual([]);
  expect(connection.sent).toMatchObject([{ message: { method: "update", state: { list: [1, 2] } } }]);
  list.push(3);
  expect(model.get("list")).toBe(copy);
});

test("E10: a listener that sets and saves what it was told ends", () => {
  const { model, connection } = createModel({ a: [0] });
  model.events.on(
    "change:a",
    (_m, value) => {
      model.set({ a: [...value] });
      model.save();
    },
    {},
  );
  model.receive({ a: [1] });
  model.set({ a: [2] });
  model.save();
  expect(connection.updates).toEqual([{ a: [2] }]);
});

test("F2: listeners get the owner's model, the value, and options", () => {
  const { model } = createModel({ a: 1 });
  const owner = {};
  const heard = vi.fn();
  model.events.on("change:a", heard, owner);
  model.set({ a: 2 });
  expect(heard).toHaveBeenCalledWith(owner, 2, {});
});

test("F3, F4, F5: all keys are applied, then change:k in order for those that changed, then one change", () => {
  const { model } = createModel({ a: 1, b: 1, c: 1 });
  const seen: unknown[] = [];
  model.events.on("change:b change:a change:c change", () => seen.push([model.get("a"), model.get("b")]), {});
  const heard = hear(model, "change:a change:b change:c change");
  model.receive({ b: 2, c: 1, a: 2 });
  expect(heard).toEqual([
    ["change:b", 2],
    ["change:a", 2],
    ["change", {}],
  ]);
  expect(seen).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
  ]);
});

test("F11: a set inside a listener fires at once, and change comes once at the end", () => {
  const { model } = createModel({ a: 0, b: 0 });
  model.events.on("change:a", () => model.set({ b: 1 }), {});
  const heard = hear(model, "change:a change:b change");
  model.set({ a: 1 });
  expect(heard.map(([name]) => name)).toEqual(["change:b", "change:a", "change"]);
});

test("F12: a listener that throws, or whose promise rejects, is reported, and the rest run", async () => {
  const { model, reports } = createModel({ a: 0, b: 0 });
  model.events.on(
    "change:a",
    () => {
      throw new Error("first");
    },
    {},
  );
  model.events.on(
    "change:a",
    async () => {
      throw new Error("second");
    },
    {},
  );
  const heard = hear(model, "change:a change:b change");
  model.set({ a: 1, b: 1 });
  await Promise.resolve();
  expect(heard.map(([name]) => name)).toEqual(["change:a", "change:b", "change"]);
  expect(reports.map(String)).toEqual(["Error: first", "Error: second"]);
});

test("F1, F3, F4, F5, F11: events are those of Backbone, whatever listeners set meanwhile", () => {
  const key = fc.constantFrom("a", "b", "c");
  const changes = fc.dictionary(key, fc.integer({ min: 0, max: 3 }), { maxKeys: 3 });
  const event = fc.constantFrom("change", "change:a", "change:b", "change:c");
  const reaction = fc.record({ event, changes, limit: fc.integer({ min: 1, max: 2 }) });
  fc.assert(
    fc.property(fc.array(changes), fc.array(reaction, { maxLength: 4 }), (steps, reactions) => {
      const initial = { a: 0, b: 0, c: 0 };
      const { model } = createModel(initial);
      const reference = new BackboneModel(initial);
      const ours = run(
        (name, callback) => model.events.on(name, (_m, value) => callback(value), {}),
        (set) => model.set(set),
        steps,
        reactions,
      );
      const theirs = run(
        (name, callback) => reference.on(name, callback),
        (set) => reference.set(set),
        steps,
        reactions,
      );
      expect(ours).toEqual(theirs);
      expect(Object.fromEntries(model.keys.map((name) => [name, model.get(name)]))).toEqual(
        reference.attributes,
      );
    }),
  );
});

interface Reaction {
  event: string;
  changes: Record<string, number>;
  limit: number;
}

function run(
  on: (name: string, callback: (value: unknown) => void) => void,
  set: (changes: Record<string, number>) => void,
  steps: Record<string, number>[],
  reactions: Reaction[],
): unknown[] {
  const log: unknown[] = [];
  for (const name of ["change", "change:a", "change:b", "change:c"]) {
    on(name, (value) => log.push(name === "change" ? [name] : [name, value]));
  }
  for (const { event, changes, limit } of reactions) {
    let count = 0;
    on(event, () => {
      if (count++ < limit) set(changes);
    });
  }
  for (const step of steps) set(step);
  return log;
}

test("F8, C10: off removes only what the same owner registered", () => {
  const { model } = createModel({ a: 0 });
  const [mine, other] = [{}, {}];
  const callback = vi.fn();
  const kept = hear(model, "change:a", other);
  for (const off of [
    ["change:a", callback],
    ["change:a", null],
    [null, callback],
    [undefined, undefined],
  ] as const) {
    model.events.on("change:a", callback, mine);
    model.events.off(off[0], off[1], mine);
  }
  model.set({ a: 1 });
  expect(callback).not.toHaveBeenCalled();
  expect(kept).toHaveLength(1);
});

test("F9: a callback that is registered twice runs twice, and one off removes both", () => {
  const { model } = createModel({ a: 0 });
  const owner = {};
  const callback = vi.fn();
  model.events.on("change:a", callback, owner);
  model.events.on("change:a", callback, owner);
  model.set({ a: 1 });
  expect(callback).toHaveBeenCalledTimes(2);
  model.events.off("change:a", callback, owner);
  expect(model.events.size).toBe(0);
});

test("F6: several events in one string", () => {
  const { model } = createModel({ a: 0, b: 0 });
  const callback = vi.fn();
  model.events.on(" change:a  change:b ", callback, {});
  model.set({ a: 1, b: 1 });
  expect(callback).toHaveBeenCalledTimes(2);
});

test("F10: who comes during an event is not called for it, who goes is", () => {
  const { model } = createModel({ a: 0 });
  const owner = {};
  const late = vi.fn();
  const gone = vi.fn();
  model.events.on(
    "change:a",
    () => {
      model.events.on("change:a", late, owner);
      model.events.off("change:a", gone, owner);
    },
    owner,
  );
  model.events.on("change:a", gone, owner);
  model.set({ a: 1 });
  expect(late).not.toHaveBeenCalled();
  expect(gone).toHaveBeenCalledTimes(1);
});

test("F15, C7: destroy fires once when the model closes, and nothing after it", () => {
  const { model } = createModel({ a: 0 });
  const heard = hear(model, "destroy change:a change msg:custom");
  model.close(new Error("closed"));
  model.close(new Error("closed"));
  model.set({ a: 1 });
  model.receiveCustom("late", []);
  expect(heard.map(([name]) => name)).toEqual(["destroy"]);
});

test("C7: a listener that closes the model is the last that is called", () => {
  const { model } = createModel({ a: 0, b: 0 });
  model.events.on("change:a", () => model.close(new Error("closed")), {});
  const heard = hear(model, "change:b change");
  model.set({ a: 1, b: 1 });
  expect(heard).toEqual([]);
});

test("H5, H8, H9: msg:custom gets content and buffers, null content too; without a listener it is dropped", () => {
  const { model } = createModel();
  model.receiveCustom("nobody hears", []);
  const heard: unknown[] = [];
  model.events.on("msg:custom", (content, buffers) => heard.push([content, buffers]), {});
  const buffer = new DataView(new ArrayBuffer(1));
  model.receiveCustom(null, [buffer]);
  model.receiveCustom({ a: 1 }, []);
  expect(heard).toEqual([
    [null, [buffer]],
    [{ a: 1 }, []],
  ]);
});

test("promise 6: code cannot be set from the page", () => {
  const { model, connection } = createModel({ _esm: "modules/a.js", _css: "" });
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  model.set({ _esm: "evil", _css: "evil" });
  model.save();
  expect(model.get("_esm")).toBe("modules/a.js");
  expect(connection.sent).toEqual([]);
  expect(warned).toHaveBeenCalledTimes(2);
  warned.mockRestore();
});

test("R2: a snapshot removes keys that are gone, fires what changed, and keeps what did not change", () => {
  const list = [1];
  const { model } = createModel({ list, a: 1, gone: 1, _esm: "modules/a.js" });
  const heard = hear(model, "change:list change:a change:gone change:_esm change");
  model.reconcile({ list: [1], a: 2 });
  expect(heard).toEqual([
    ["change:a", 2],
    ["change:gone", undefined],
    ["change", {}],
  ]);
  expect(model.get("list")).toBe(list);
  expect(model.keys).toEqual(["list", "a", "_esm"]);
});
