import { expect, test } from "vitest";
import { createIdentity } from "../src/identity.ts";
import { MemoryStorage } from "./memory-storage.ts";

const storage = () => MemoryStorage.create();

test("after F5 the page names the one before it, and returns to its session", () => {
  const tab = storage();
  const first = createIdentity(tab, "/");
  expect([first.session, first.previous]).toEqual([null, null]);
  first.joined("s1");
  const second = createIdentity(tab, "/");
  expect([second.session, second.previous]).toEqual(["s1", first.client]);
  expect(second.client).not.toBe(first.client);
});

test("once it has joined, its reconnections name no previous page", () => {
  const tab = storage();
  createIdentity(tab, "/").joined("s1");
  const second = createIdentity(tab, "/");
  second.joined("s1");
  expect(second.previous).toBeNull();
});

test("two servers of one origin do not mix", () => {
  const tab = storage();
  createIdentity(tab, "/a/").joined("s1");
  expect(createIdentity(tab, "/b/").session).toBeNull();
});

test.each(["not json", "null", "[]", '{"session": 1, "client": 2}'])(
  "what is not its own is ignored: %s",
  (text) => {
    const tab = storage();
    tab.setItem("anyhost /", text);
    expect(createIdentity(tab, "/").session).toBeNull();
  },
);

test("a browser that forbids storage costs only the return after F5", () => {
  const forbidden = {
    getItem() {
      throw new DOMException("denied", "SecurityError");
    },
    setItem() {
      throw new DOMException("denied", "SecurityError");
    },
  } as unknown as Storage;
  const identity = createIdentity(forbidden, "/");
  identity.joined("s1");
  expect(identity.session).toBe("s1");
});
