import { expect, test } from "vitest";
import { equal } from "../src/equal.ts";

const same: [string, unknown, unknown][] = [
  ["NaN", Number.NaN, Number.NaN],
  ["zeros", 0, -0],
  ["records in another order", { a: 1, b: [2] }, { b: [2], a: 1 }],
  ["a record without a prototype", { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ["typed arrays", new Float32Array([1, Number.NaN]), new Float32Array([1, Number.NaN])],
  ["BigInt arrays", new BigInt64Array([1n]), new BigInt64Array([1n])],
  ["DataViews of other windows", new DataView(new ArrayBuffer(4), 2), new DataView(new ArrayBuffer(2))],
  ["ArrayBuffers", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  [
    "Maps in another order",
    new Map([
      ["a", 1],
      ["b", 2],
    ]),
    new Map([
      ["b", 2],
      ["a", 1],
    ]),
  ],
  ["Maps with records as keys", new Map([[{ a: 1 }, [1]]]), new Map([[{ a: 1 }, [1]]])],
  ["Sets of records", new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date("x"), new Date("y")],
  ["patterns", /a/g, /a/g],
  ["errors", new TypeError("x"), new TypeError("x")],
];

const different: [string, unknown, unknown][] = [
  ["null and undefined", null, undefined],
  ["a number and its text", 1, "1"],
  ["a list and a record", [], {}],
  ["a key that is undefined and one that is not there", { a: undefined }, { b: 1 }],
  ["an inherited key", { toString: 1 }, { a: 1 }],
  ["typed arrays of two kinds", new Uint8Array([1]), new Int8Array([1])],
  ["DataViews", new DataView(new Uint8Array([1]).buffer), new DataView(new Uint8Array([2]).buffer)],
  ["a DataView and bytes", new DataView(new ArrayBuffer(1)), new Uint8Array(1)],
  ["Maps with other values", new Map([["a", 1]]), new Map([["a", 2]])],
  ["Sets with fewer matches", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 1 }, { a: 1 }])],
  ["two classes", new (class A {})(), new (class B {})()],
  ["functions", () => 1, () => 1],
  ["promises", Promise.resolve(1), Promise.resolve(1)],
];

test.each(same)("E11: %s are equal", (_, a, b) => {
  expect(equal(a, b)).toBe(true);
  expect(equal({ deep: [a] }, { deep: [b] })).toBe(true);
});

test.each(different)("E11: %s are not equal", (_, a, b) => {
  expect(equal(a, b)).toBe(false);
  expect(equal(b, a)).toBe(false);
});

test("E11: bytes are compared to the last, wherever in its buffer a view begins", () => {
  for (const offset of [0, 1, 4]) {
    for (let size = 0; size < 11; size++) {
      const viewOf = (changed: number) => {
        const bytes = new Uint8Array(20).fill(7);
        bytes[changed] = 8;
        return new DataView(bytes.buffer, offset, size);
      };
      expect(equal(viewOf(offset + size), viewOf(-1))).toBe(true);
      for (let at = offset; at < offset + size; at++) expect(equal(viewOf(at), viewOf(-1))).toBe(false);
    }
  }
});
