// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawSoon } from "../../src/app/drawing.ts";

let frames: FrameRequestCallback[] = [];
let clock = 0;
/** Long enough for a message that was posted before: one that is posted now has come, and the turn is over. */
const task = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      setTimeout(resolve);
    };
    port2.postMessage(null);
  });
const frame = () => {
  for (const callback of frames.splice(0)) callback(clock);
};

beforeEach(() => {
  clock = 0;
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});

afterEach(() => {
  frames = [];
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("changes that come together are drawn once, without waiting for a frame", async () => {
  let drawn = 0;
  const changed = drawSoon(() => void drawn++, new AbortController().signal);
  changed();
  changed();
  expect(drawn).toBe(0);
  await task();
  expect(drawn).toBe(1);
  changed();
  await task();
  expect(drawn).toBe(2);
});

test("when drawing has had its share of a frame, the rest is drawn with the next one", async () => {
  let drawn = 0;
  const lengthy = () => {
    drawn++;
    clock += 5;
  };
  const changed = drawSoon(lengthy, new AbortController().signal);
  changed();
  await task();
  changed();
  changed();
  await task();
  expect(drawn).toBe(1);
  frame();
  expect(drawn).toBe(2);
});

test("in a hidden tab, which has no frames, it is drawn all the same", async () => {
  let drawn = 0;
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const changed = drawSoon(() => {
    drawn++;
    clock += 5;
  }, new AbortController().signal);
  changed();
  await task();
  changed();
  await task();
  expect(drawn).toBe(2);
  expect(frames).toEqual([]);
});

test("after the end nothing is drawn", async () => {
  let drawn = 0;
  const lifetime = new AbortController();
  const changed = drawSoon(() => void drawn++, lifetime.signal);
  changed();
  lifetime.abort();
  changed();
  await task();
  expect(drawn).toBe(0);
});
