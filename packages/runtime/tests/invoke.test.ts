import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ModelClosed } from "../src/index.ts";
import { createModel } from "./models.ts";
import { bytes } from "./wire.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const { model, connection } = createModel();
  const { invocations } = model;
  const reply = (index: number, more: object, buffers: DataView[] = []) =>
    invocations.handle(
      { id: connection.customs[index].id, kind: "anywidget-command-response", ...more },
      buffers,
    );
  return { model, connection, invocations, reply };
}

test("I1, I7: the request has a uuid, kind, name, msg (null when there is none), and its buffers", () => {
  const { connection, invocations } = setup();
  void invocations.invoke("add", { a: 1 }, { buffers: [bytes(1)] });
  void invocations.invoke("add");
  expect(connection.customs).toEqual([
    {
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/),
      kind: "anywidget-command",
      name: "add",
      msg: { a: 1 },
    },
    expect.objectContaining({ msg: null }),
  ]);
  expect(connection.sent[0]?.buffers[0]?.getUint8(0)).toBe(1);
});

test("I2, I8, I9: answers come in any order, with their buffers", async () => {
  const { invocations, reply } = setup();
  const first = invocations.invoke("one");
  const second = invocations.invoke("two");
  const buffers = [bytes(2)];
  expect(reply(1, { response: "b" }, buffers)).toBe(true);
  expect(reply(0, { response: "a" })).toBe(true);
  expect(await second).toEqual(["b", buffers]);
  expect(await first).toEqual(["a", []]);
  expect(invocations.size).toBe(0);
});

test("I3: another kind, another id, and a late answer are none", async () => {
  const { connection, invocations, reply } = setup();
  const asked = invocations.invoke("one");
  const { id } = connection.customs[0];
  expect(invocations.handle({ id, kind: "other", response: 1 }, [])).toBe(false);
  expect(invocations.handle({ id: "x", kind: "anywidget-command-response" }, [])).toBe(false);
  expect(invocations.handle(null, [])).toBe(false);
  reply(0, { response: 1 });
  await asked;
  expect(reply(0, { response: 2 })).toBe(false);
});

test("I4: without a signal, a TimeoutError after 3 s", async () => {
  const { invocations } = setup();
  const asked = invocations.invoke("slow");
  const failed = expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
  await vi.advanceTimersByTimeAsync(2999);
  expect(invocations.size).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await failed;
});

test("I5: with a signal there is no other limit, and its reason is what one gets", async () => {
  const { invocations } = setup();
  const abort = new AbortController();
  const asked = invocations.invoke("slow", null, { signal: abort.signal });
  const failed = expect(asked).rejects.toThrow("enough");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(invocations.size).toBe(1);
  abort.abort(new Error("enough"));
  await failed;
  expect(invocations.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("I6: with a signal that has aborted nothing is sent", async () => {
  const { connection, invocations } = setup();
  await expect(invocations.invoke("x", null, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow(
    "no",
  );
  expect(connection.sent).toEqual([]);
});

test("I10: an error reply rejects, with the name and the text of what Python raised", async () => {
  const { invocations, reply } = setup();
  const asked = invocations.invoke("bad");
  reply(0, { error: { name: "ValueError", message: "not that" } });
  await expect(asked).rejects.toMatchObject({ name: "ValueError", message: "not that" });
});

test("I16: when the model closes, who asks and who will ask gets a named error at once", async () => {
  const { model, connection, invocations } = setup();
  const asked = invocations.invoke("one");
  const failed = expect(asked).rejects.toMatchObject({ name: "ModelClosed" });
  model.close(new ModelClosed("closed"));
  await failed;
  await expect(invocations.invoke("two")).rejects.toMatchObject({ name: "ModelClosed" });
  expect(connection.sent).toHaveLength(1);
});

test("what the connection refuses to send rejects", async () => {
  const { connection, invocations } = setup();
  connection.refusal = new Error("over the limit");
  await expect(invocations.invoke("one")).rejects.toThrow("over the limit");
  expect(invocations.size).toBe(0);
});

test("I1: ids are uuids in a page without a secure context, too", async () => {
  const { connection, invocations } = setup();
  const { randomUUID } = crypto;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  void invocations.invoke("one");
  Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true });
  expect(connection.customs[0].id).toMatch(
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  );
});
