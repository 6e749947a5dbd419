import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { fromBase64, toBase64 } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytes = fc.uint8Array({ maxLength: 50 });

test("what is encoded and decoded is equal, and is what others write", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(toBase64(value)).toBe(Buffer.from(value).toString("base64"));
      expect([...fromBase64(toBase64(value))]).toEqual([...value]);
    }),
  );
});

test("a large value is encoded without overflowing the stack", () => {
  const large = new Uint8Array(1_000_000).fill(255);
  expect(toBase64(large)).toBe(Buffer.from(large).toString("base64"));
});

test("a view is encoded by its window", () => {
  expect(toBase64(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe("AgM=");
});

test("the engine's own is used where it has one", () => {
  class Native extends Uint8Array {
    static fromBase64 = () => new Uint8Array([42]);
    toBase64 = () => "native";
  }
  vi.stubGlobal("Uint8Array", Native);
  expect([...fromBase64("ignored")]).toEqual([42]);
  expect(toBase64(new Native(1))).toBe("native");
});

test("what is not base64 throws", () => {
  expect(() => fromBase64("*")).toThrow();
});
