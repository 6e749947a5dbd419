import { expect, test } from "vitest";
import { follow, type Method } from "../src/index.ts";

const METHODS: Method[] = ["open", "update", "custom", "close"];

test.each(METHODS)("M11: no %s follows a close", (method) => {
  expect(follow("closed", method)).toBeNull();
});

test("P18: what comes for a model that is not known is dropped, but an open", () => {
  expect(METHODS.map((method) => follow("unknown", method))).toEqual(["open", null, null, null]);
});

test("R2: a model that is open may be opened again", () => {
  expect(METHODS.map((method) => follow("open", method))).toEqual(["open", "open", "open", "closed"]);
});
