import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadPart } from "../../src/outputs/part.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A part that cannot be fetched so many times. */
function failing(times: number) {
  return vi.fn(async () => {
    if (times-- > 0) throw new TypeError("Failed to fetch dynamically imported module");
    return "the part";
  });
}

test("a part that cannot be fetched is tried again, and the first failure is heard of", async () => {
  const load = failing(3);
  const failed = vi.fn();
  const loaded = loadPart(load, new AbortController().signal, failed);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(await loaded).toBe("the part");
  expect(failed).toHaveBeenCalledOnce();
});

test("after three quarters of a minute it is an error", async () => {
  const loaded = expect(loadPart(failing(100), new AbortController().signal)).rejects.toThrow(
    "Failed to fetch",
  );
  await vi.advanceTimersByTimeAsync(46_000);
  await loaded;
});

test("what nobody wants any more is not tried again", async () => {
  const lifetime = new AbortController();
  const load = failing(100);
  const loaded = expect(loadPart(load, lifetime.signal)).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(100);
  lifetime.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  await loaded;
  expect(load).toHaveBeenCalledOnce();
});
