// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { drawBundle } from "../../src/outputs/draw.ts";

const png = (data: string) => ({ data: { "image/png": data, "text/plain": "<Figure>" }, metadata: {} });
const sources = (el: HTMLElement) => [...el.children].map((child) => child.getAttribute("src")?.slice(-4));

const { decode } = HTMLImageElement.prototype;
afterEach(() => {
  HTMLImageElement.prototype.decode = decode;
});

/** A place in which a first picture is shown; the next one can be painted when the test says so. */
async function shown() {
  const el = document.createElement("div");
  await drawBundle(png("aaaa"), el, new AbortController().signal);
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const decoded = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  HTMLImageElement.prototype.decode = () => decoded; // happy-dom has none that settles
  return { el, resolve, reject };
}

test("a picture stays until the next one can be painted", async () => {
  const { el, resolve } = await shown();
  const drawn = drawBundle(png("bbbb"), el, new AbortController().signal);
  await Promise.resolve();
  expect(sources(el)).toEqual(["aaaa"]);
  resolve();
  await drawn;
  expect(sources(el)).toEqual(["bbbb"]);
});

test("one that cannot be decoded is shown all the same", async () => {
  const { el, reject } = await shown();
  reject(new DOMException("broken", "EncodingError"));
  await drawBundle(png("bbbb"), el, new AbortController().signal);
  expect(sources(el)).toEqual(["bbbb"]);
});

test("one that has been overtaken is not shown", async () => {
  const { el, resolve } = await shown();
  const overtaken = new AbortController();
  const drawn = drawBundle(png("bbbb"), el, overtaken.signal);
  overtaken.abort();
  resolve();
  await drawn;
  expect(sources(el)).toEqual(["aaaa"]);
});
