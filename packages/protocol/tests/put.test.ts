import { describe, expect, test } from "vitest";
import { type FloatPatch, ProtocolError, putBuffers, putContent, putFloats, putState } from "../src/index.ts";

const view = (...bytes: number[]) => new DataView(new Uint8Array(bytes).buffer);

test("N3: an int in a path is also the string key of an object", () => {
  const state = { d: {}, list: [null, { "1": {} }] };
  const [a, b, c] = [view(1), view(2), view(3)];
  putBuffers(
    state,
    [
      ["d", 1],
      ["list", 0],
      ["list", 1, 1, "x"],
    ],
    [a, b, c],
  );
  expect(state).toEqual({ d: { "1": a }, list: [b, { "1": { x: c } }] });
});

test("N5: more buffers than paths are ignored, fewer are an error", () => {
  const state = {};
  putBuffers(state, [["a"]], [view(1), view(2)]);
  expect(Object.keys(state)).toEqual(["a"]);
  expect(() => putBuffers({}, [["a"], ["b"]], [view(1)])).toThrow(
    "`buffers`: expected 2, one for each path, got 1",
  );
});

describe("a path from outside", () => {
  test.each([
    [[]],
    [["missing", "x"]],
    [["list", 5]],
    [["list", -1]],
    [["list", -1, "x"]],
    [["list", "0"]],
    [["number", "x"]],
    [["__proto__", "polluted"]],
    [["constructor", "prototype", "polluted"]],
    [["__proto__"]],
  ])("%j leads nowhere", (path) => {
    expect(() => putBuffers({ list: [{}], number: 1 }, [path], [view(1)])).toThrow(ProtocolError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test.each([
  [0, 3],
  [-1, 1],
  [2, 1],
  [0, 1e12],
])("a run [%i, %i] beyond its list is refused", (start, stop) => {
  expect(() => putFloats({ x: [null, null] }, [[["x"], "nan", [[start, stop]]]])).toThrow(
    "`floats`: expected runs within a list of 2",
  );
});

test("a decoded state is put together in place, since it belongs to who decoded it", () => {
  const state = { image: {}, x: null };
  const buffer = view(7);
  const message = {
    state,
    buffer_paths: [["image", "data"]],
    buffers: [buffer],
    floats: [[["x"], "inf"] as FloatPatch],
  };
  expect(putState(message)).toBe(state);
  expect(state).toEqual({ image: { data: buffer }, x: Infinity });
});

test("the content of a custom message may itself be such a number", () => {
  const message = { method: "custom" as const, buffers: [] };
  expect(putContent({ ...message, content: null, floats: [[[], "nan"]] })).toBeNaN();
  expect(putContent({ ...message, content: [null, 1], floats: [[[0], "-inf"]] })).toEqual([-Infinity, 1]);
});
