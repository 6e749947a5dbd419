import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const src = new URL("../src/", import.meta.url);

function importsOf(file: string): string[] {
  const text = readFileSync(new URL(file, src), "utf8");
  return [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
}

const state = readdirSync(src).filter((name) => name.endsWith(".ts") && name !== "index.ts");

test.each(state)("models need no DOM: %s imports nothing of view/", (file) => {
  expect(importsOf(file).filter((name) => name.includes("view/"))).toEqual([]);
});

test.each([...state, ...readdirSync(new URL("view/", src)).map((name) => `view/${name}`)])(
  "no framework: %s imports @anyhost/protocol and its neighbours only",
  (file) => {
    const foreign = importsOf(file).filter((name) => !name.startsWith(".") && name !== "@anyhost/protocol");
    expect(foreign).toEqual([]);
  },
);

test("models run without a document", () => {
  expect(typeof document).toBe("undefined");
});
