import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { putBuffers, putFloats, takeContent, takeState } from "../src/index.ts";
import { bytesOf, comparable, states, values } from "./values.ts";

function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("did not throw");
}

describe("laws", () => {
  test("what was taken and put back is equal, after JSON", () => {
    fc.assert(
      fc.property(states, (state) => {
        const taken = takeState(state);
        const received = JSON.parse(JSON.stringify(taken.value));
        putBuffers(received, taken.paths, taken.buffers);
        putFloats(received, taken.floats);
        expect(comparable(received)).toEqual(comparable(state));
      }),
    );
  });

  test("taking never changes its input", () => {
    fc.assert(
      fc.property(values.value, (value) => {
        const before = comparable(structuredClone(value));
        takeState({ value });
        expect(comparable(value)).toEqual(before);
      }),
    );
  });
});

describe("binary (N2, N7, N8)", () => {
  test("every view and ArrayBuffer is taken: a key is deleted, a slot becomes null", () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const value = {
      a: bytes,
      b: [bytes.buffer, "x", new DataView(bytes.buffer, 1, 2)],
      c: { d: new Int16Array(bytes.buffer) },
    };
    const taken = takeState(value);
    expect(taken.value).toEqual({ b: [null, "x", null], c: {} });
    expect(taken.paths).toEqual([["a"], ["b", 0], ["b", 2], ["c", "d"]]);
    expect(taken.buffers.map(bytesOf)).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [2, 3],
      [1, 2, 3, 4],
    ]);
  });

  test("N8: exactly the window of a view is sent, and it is a copy (G4)", () => {
    const whole = new Uint8Array([1, 2, 3, 4]);
    const [sent] = takeState({ x: whole.subarray(1, 3) }).buffers;
    whole.fill(9);
    expect(bytesOf(sent as DataView)).toEqual([2, 3]);
    expect([sent?.byteOffset, sent?.buffer.byteLength]).toEqual([0, 2]);
  });

  test("N2, G4: what changes after it was taken is as it was", () => {
    const state = { sibling: { deep: [1] }, on: { data: new Uint8Array(1), beside: { x: 1 } } };
    const taken = takeState(state);
    state.sibling.deep.push(2);
    state.on.data[0] = 9;
    state.on.beside.x = 2;
    expect(taken.value).toEqual({ sibling: { deep: [1] }, on: { beside: { x: 1 } } });
    expect(taken.buffers.map(bytesOf)).toEqual([[0]]);
  });

  test("a whole key that is binary is a path of its own", () => {
    const taken = takeState({ data: new Float32Array([1.5]).buffer, n: 1 });
    expect(taken.value).toEqual({ n: 1 });
    expect(taken.paths).toEqual([["data"]]);
    expect(taken.buffers[0]?.getFloat32(0, true)).toBe(1.5);
  });

  test("shared memory is copied into memory of its own", () => {
    const [sent] = takeState({ x: new Uint8Array(new SharedArrayBuffer(2)) }).buffers;
    expect(sent?.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe("what JSON makes of values (O6, O7)", () => {
  test("O6: undefined members vanish, undefined slots and holes become null", () => {
    const holes: unknown[] = [undefined, 1];
    holes[3] = 2;
    expect(takeState({ a: undefined, b: { c: undefined, d: 1 }, holes }).value).toEqual({
      b: { d: 1 },
      holes: [null, 1, null, 2],
    });
  });

  test("O6: numbers that JSON cannot hold become null, and come back", () => {
    const taken = takeState({
      x: Number.NaN,
      series: [1, Number.NaN, Number.NaN, -Infinity],
      deep: [[Infinity]],
    });
    expect(taken.value).toEqual({ x: null, series: [1, null, null, null], deep: [[null]] });
    expect(taken.floats).toEqual([
      [["x"], "nan"],
      [["series"], "nan", [[1, 3]]],
      [["series"], "-inf", [[3, 4]]],
      [["deep", 0], "inf", [[0, 1]]],
    ]);
  });

  test("O7: toJSON is respected first, so that a date is ISO text", () => {
    const point = { toJSON: (key: string) => ({ from: key }) };
    expect(takeState({ at: new Date(0), point }).value).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      point: { from: "point" },
    });
    expect(takeState({ at: new Date(Number.NaN) }).value).toEqual({ at: null });
  });

  test("the members of an instance are sent, those of its class are not", () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    expect(
      takeState({ point: new Point(), bare: Object.assign(Object.create(null), { z: 3 }) }).value,
    ).toEqual({
      point: { x: 1 },
      bare: { z: 3 },
    });
  });

  test.each([
    ["function", () => 1],
    ["bigint", 1n],
    ["symbol", Symbol("s")],
    ["Map", new Map()],
    ["Set", new Set()],
    ["Promise", Promise.resolve()],
    ["RegExp", /x/],
    ["a DOM node", { [Symbol.toStringTag]: "HTMLDivElement" }],
  ])("O6, O7: a %s throws, and the error names the key and the place", (_, value) => {
    const error = thrownBy(() => takeState({ good: 1, bad: { deep: [value] } }));
    expect(error.message).toBe("Error serializing widget state attribute: bad");
    expect((error.cause as Error).message).toContain("cannot be sent to Python (at bad.deep.0)");
  });

  test("a value that contains itself throws", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => takeState({ loop })).toThrow("Error serializing widget state attribute: loop");
  });

  test("lone surrogates become the replacement character; whole emoji stay", () => {
    expect(takeState({ "a\ud800": ["\udc00b", "😀"] }).value).toEqual({ "a\ufffd": ["\ufffdb", "😀"] });
  });
});

test("G4: what was taken is a copy, whatever becomes of the widget's own", () => {
  const state = { list: [{ x: 1 }] };
  const taken = takeState(state);
  (state.list[0] as { x: number }).x = 2;
  state.list.push({ x: 3 });
  expect(taken.value).toEqual({ list: [{ x: 1 }] });
});

test("the content of a custom message is copied, and its numbers come with it", () => {
  const content = { x: [Number.NaN] };
  const taken = takeContent(content);
  content.x.push(1);
  expect(taken).toEqual({ content: { x: [null] }, floats: [[["x"], "nan", [[0, 1]]]] });
  expect(takeContent(undefined)).toEqual({ content: null, floats: [] });
  expect(takeContent(Number.NaN)).toEqual({ content: null, floats: [[[], "nan"]] });
});

test("binary inside the content of a custom message is refused with the remedy", () => {
  expect(() => takeContent({ x: new Uint8Array(1) })).toThrow("pass it as the third argument");
});
