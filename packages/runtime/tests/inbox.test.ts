import { expect, test } from "vitest";
import { Inbox, InboxFull, type Incoming } from "../src/inbox.ts";

const MB = 1024 * 1024;

/** An inbox that is held until `release`; what it has delivered since. */
function heldInbox() {
  const delivered: Incoming[] = [];
  let held = true;
  const inbox = new Inbox(
    (incoming) => delivered.push(incoming),
    () => held,
  );
  const release = () => {
    held = false;
    inbox.release();
  };
  return { inbox, delivered, release };
}

const custom = (bytes = 0): Incoming => ({
  kind: "custom",
  content: null,
  buffers: bytes ? [new DataView(new ArrayBuffer(bytes))] : [],
});
const state = (values: Record<string, unknown>): Incoming => ({ kind: "state", state: values, whole: false });

test("promise 8: a thousand custom messages are held for an initialize, and not one more", () => {
  const { inbox, delivered, release } = heldInbox();
  for (let n = 0; n < 1000; n++) inbox.push(custom());
  expect(() => inbox.push(custom())).toThrow(InboxFull);
  release();
  expect(delivered).toHaveLength(0); // it has failed: nobody is there to hear them
});

test("promise 8: so are 64 MiB of them, and not one byte more", () => {
  const { inbox } = heldInbox();
  const text = "null".length; // of the content
  inbox.push(custom(64 * MB - 2 * text));
  inbox.push(custom());
  expect(() => inbox.push(custom())).toThrow(InboxFull);
});

test("promise 8: updates are merged, however many there are, and are kept when the messages are too many", () => {
  const { inbox, delivered, release } = heldInbox();
  for (let n = 0; n < 5000; n++) inbox.push(state({ a: n }));
  for (let n = 0; n < 1000; n++) inbox.push(custom());
  inbox.push(state({ b: 1 }));
  expect(() => inbox.push(custom())).toThrow(InboxFull);
  release();
  expect(delivered).toEqual([state({ a: 4999, b: 1 })]);
});
