import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Link, LinkWatch, SHOW_BACK_FOR, SHOW_LOST_AFTER } from "../../src/app/link.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LOST = { phase: "lost", problem: null } as const;
const LIVE = { phase: "live" } as const;

function watch() {
  const shown: Link["phase"][] = [];
  const lifetime = new AbortController();
  const link = new LinkWatch(({ phase }) => void shown.push(phase), lifetime.signal);
  link.follow(LIVE);
  shown.length = 0;
  return { link, shown, lifetime };
}

test("a drop that mends itself at once is not worth a word", () => {
  const { link, shown } = watch();
  link.follow(LOST);
  vi.advanceTimersByTime(SHOW_LOST_AFTER - 1);
  link.follow(LIVE);
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual([]);
});

test("attempts that fail meanwhile do not put it off", () => {
  const { link, shown } = watch();
  for (let at = 0; at < SHOW_LOST_AFTER; at += 100) {
    link.follow(LOST);
    vi.advanceTimersByTime(100);
  }
  expect(shown).toEqual(["lost"]);
});

test("a longer one is shown, and for a moment that it is over", () => {
  const { link, shown } = watch();
  link.follow(LOST);
  vi.advanceTimersByTime(SHOW_LOST_AFTER);
  link.follow(LIVE);
  expect(shown).toEqual(["lost", "back"]);
  vi.advanceTimersByTime(SHOW_BACK_FOR);
  expect(shown).toEqual(["lost", "back", "live"]);
});

test("nothing is said after the end of its lifetime", () => {
  const { link, shown, lifetime } = watch();
  link.follow(LOST);
  lifetime.abort();
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual([]);
});
