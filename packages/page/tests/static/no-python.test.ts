// @vitest-environment happy-dom
import type { Notification } from "@anyhost/protocol";
import { handleModelLifecycle, Registry } from "@anyhost/runtime";
import { afterEach, expect, test, vi } from "vitest";
import { RecordedAnswers } from "../../src/static/answers.ts";
import { InlineModules, takeSnapshot } from "../../src/static/inline.ts";
import { NoPython, NoPythonConnection } from "../../src/static/no-python.ts";

afterEach(() => document.body.replaceChildren());

/** A page with one model, and how often its reader was told that Python is missed. */
function setUp({ used = true } = {}) {
  const missed = vi.fn();
  const answers = RecordedAnswers.take(document);
  const connection = new NoPythonConnection({ registry: () => registry, answers, missed, used: () => used });
  const registry: Registry = new Registry({ connection }, new AbortController().signal);
  handleModelLifecycle(registry, {
    op: "model-lifecycle",
    seq: 0,
    model_id: "m",
    message: {
      method: "open",
      state: { count: 1 },
      buffer_paths: [],
      buffers: [],
      floats: [],
      module: null,
      style: null,
    },
  });
  const model = registry.find("m");
  if (!model) throw new Error("the model is not open");
  return { model, missed };
}

test("what is written stays in the page, and is answered", async () => {
  const { model, missed } = setUp();
  for (let count = 2; count < 20; count++) {
    model.set({ count });
    model.save();
    await Promise.resolve();
  }
  expect(model.get("count")).toBe(19);
  expect(missed).toHaveBeenCalledTimes(18);
});

test("what a widget writes by itself while it starts is no reason to say anything", async () => {
  const { model, missed } = setUp({ used: false });
  model.set({ count: 2 });
  model.save();
  await Promise.resolve();
  expect(missed).not.toHaveBeenCalled();
});

test("who asks Python gets an error at once", async () => {
  const { model, missed } = setUp({ used: false });
  await expect(model.invocations.invoke("double", 2)).rejects.toThrow(NoPython);
  expect(missed).toHaveBeenCalledOnce();
});

test("what is sent to Python is said to be missed", async () => {
  const { model, missed } = setUp({ used: false });
  model.send({ type: "query" });
  await Promise.resolve();
  expect(missed).toHaveBeenCalledOnce();
});

function inline(attributes: Record<string, string>, value: unknown) {
  const script = document.createElement("script");
  script.type = "application/json";
  Object.assign(script.dataset, attributes);
  script.text = JSON.stringify(value);
  document.body.append(script);
}

test("the snapshot is taken in its order, with its binary, once", () => {
  const close: Notification = { op: "model-lifecycle", seq: 0, model_id: "a", message: { method: "close" } };
  inline({ anyhost: "notification" }, close);
  inline(
    { anyhost: "notification" },
    {
      op: "model-lifecycle",
      seq: 0,
      model_id: "b",
      message: {
        method: "open",
        state: {},
        buffer_paths: [["x"]],
        buffers: ["AQI="],
        module: null,
        style: null,
      },
    },
  );
  const [first, second] = [...takeSnapshot(document)];
  expect(first).toEqual(close);
  const message =
    second?.op === "model-lifecycle" && second.message.method === "open" ? second.message : null;
  expect(message?.buffers.map((view) => [...new Uint8Array(view.buffer)])).toEqual([[1, 2]]);
  expect([...takeSnapshot(document)]).toEqual([]);
});

test("a module has one address, and its text is had by name and by address (A14)", async () => {
  inline({ anyhost: "module", name: "modules/a.js" }, "export default {}");
  inline({ anyhost: "module", name: "modules/a.css" }, "p {}");
  const modules = InlineModules.take(document);
  const address = modules.resolveUrl("modules/a.js");
  expect(address).toMatch(/^blob:/);
  expect(modules.resolveUrl("modules/a.js")).toBe(address);
  expect(await modules.fetchText(address)).toBe("export default {}");
  expect(await modules.fetchText(modules.resolveUrl("modules/a.css"))).toBe("p {}");
  await expect(modules.fetchText("modules/b.css")).rejects.toThrow("modules/b.css is not in this page");
});
