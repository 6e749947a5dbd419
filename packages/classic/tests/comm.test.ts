// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { createModel } from "../../runtime/tests/models.ts";
import { deferred } from "../../runtime/tests/view/page.ts";
import { LocalComm, ModelComm } from "../src/comm.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve));

/** A comm, and what a classic model hears of it; `work` is what it does with an update before it has it. */
function connect(state: Record<string, unknown> = {}, work: () => unknown = () => {}) {
  const { model, connection } = createModel(state);
  const failures: unknown[] = [];
  const comm = new ModelComm(model, (error) => failures.push(error));
  const heard: unknown[] = [];
  comm.on_msg(async ({ content: { data }, buffers }) => {
    if (data.method === "update") await work();
    heard.push(data.method === "update" ? { ...data.state } : [data.content, ...buffers]);
  });
  return { model, connection, comm, heard, failures };
}

const update = (state: Record<string, unknown>) => ({ method: "update", state, buffer_paths: [] });

test("what a classic model sends is set and saved, and does not come back", () => {
  const { model, connection, comm, heard } = connect({ value: 1 });
  comm.send(update({ value: 2 }));
  expect(model.get("value")).toBe(2);
  expect(connection.updates).toEqual([{ value: 2 }]);
  expect(heard).toEqual([]);
});

test("each message is answered with idle, after it was counted as sent", async () => {
  const { comm } = connect();
  const status = vi.fn();
  const local = vi.fn();
  comm.send(update({ value: 2 }), { iopub: { status } });
  new LocalComm("x").send({}, { iopub: { status: local } });
  expect(status).not.toHaveBeenCalled();
  await tick();
  const idle = { content: { execution_state: "idle" } };
  expect(status.mock.calls).toEqual([[idle]]);
  expect(local.mock.calls).toEqual([[idle]]);
});

test("binary goes to its place, and needs no text around it", () => {
  const { model, comm } = connect();
  const bytes = Uint8Array.of(1, 2, 3).buffer;
  comm.send({ method: "update", state: { files: [{}] }, buffer_paths: [["files", 0, "content"]] }, {}, {}, [
    bytes,
  ]);
  const [file] = model.get("files") as { content: DataView }[];
  expect(new Uint8Array(file?.content.buffer as ArrayBuffer)).toEqual(Uint8Array.of(1, 2, 3));
});

test("what Python changes is delivered, a correction and what another widget sets, too", async () => {
  const { model, comm, heard } = connect({ value: 1, other: "a" });
  model.receive({ value: 5 });
  await tick();
  comm.send(update({ value: 150 }));
  model.settle(1, { status: "corrected", state: { value: 100 } });
  await tick();
  model.set({ other: "b" });
  await tick();
  expect(heard).toEqual([{ value: 5 }, { value: 100 }, { other: "b" }]);
});

test("a custom message does not overtake the update before it (promise 3)", async () => {
  const held = deferred();
  const { model, heard } = connect({ value: 1 }, () => held.promise);
  model.receive({ value: 2 });
  model.receiveCustom("after", []);
  await tick();
  expect(heard).toEqual([]);
  held.resolve(null);
  await tick();
  expect(heard).toEqual([{ value: 2 }, ["after"]]);
});

test("what is set while an update is on its way is not undone by it", async () => {
  const held = deferred();
  const work = vi.fn().mockReturnValueOnce(held.promise);
  const { model, comm, heard } = connect({ value: 1, other: 0 }, work);
  model.receive({ value: 2 });
  model.receive({ value: 3, other: 1 }); // waits behind it
  await tick();
  comm.send(update({ value: 9 }));
  held.resolve(null);
  await tick();
  expect(model.get("value")).toBe(9);
  expect(heard).toEqual([{ value: 2 }, { value: 9 }, { other: 1 }]);
});

test("a message that cannot be delivered is reported, and the next ones come", async () => {
  const work = vi.fn().mockRejectedValueOnce(new Error("no such child")).mockResolvedValue(null);
  const { model, heard, failures } = connect({ value: 1 }, work);
  model.receive({ value: 2 });
  await tick();
  model.receive({ value: 3 });
  await tick();
  expect(failures).toEqual([new Error("no such child")]);
  expect(heard).toEqual([{ value: 3 }]);
});

test("it ends with the model; the page does not close a widget", () => {
  const { model, connection, comm } = connect();
  const closed = vi.fn();
  comm.on_close(closed);
  model.close(new Error("closed"));
  expect(closed).toHaveBeenCalledOnce();
  const { comm: kept } = connect();
  kept.close();
  expect(connection.sent).toEqual([]);
});
