// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { MAX_NOTICES, Status } from "../../src/embed/status.ts";

afterEach(() => document.body.replaceChildren());

const shown = () => document.querySelector("[role=status]")?.shadowRoot;
const texts = () => [...(shown()?.querySelectorAll("p") ?? [])].map(({ textContent }) => textContent);

test("it is in the page only while there is something to say", () => {
  const status = new Status(new AbortController().signal);
  status.link({ phase: "connecting", problem: null });
  expect(shown()).toBeUndefined();
  status.link({ phase: "lost", problem: "the server does not answer" });
  expect(texts()).toEqual(["Reconnecting… The server does not answer."]);
  status.link({ phase: "live", problem: null });
  expect(shown()).toBeUndefined();
});

test("notices are said once each, can be dismissed, and the earliest go (promise 8)", () => {
  const status = new Status(new AbortController().signal);
  for (const text of ["one", "two", "two", "three", "four"]) status.notice(text);
  expect(texts()).toEqual(["two", "three", "four"]);
  expect(texts()).toHaveLength(MAX_NOTICES);
  shown()?.querySelector("button")?.click();
  expect(texts()).toEqual(["three", "four"]);
});

test("what can be done stays until it is done, whatever else is said, and rests while it is under way", async () => {
  const status = new Status(new AbortController().signal);
  const tries: (() => void)[] = [];
  const act = () => new Promise<void>((resolve) => tries.push(resolve));
  const takeAway = status.offer("it has stopped", { label: "Start again", act });
  for (const text of ["one", "two", "three", "four"]) status.notice(text);
  expect(texts()).toEqual(["it has stopped", "two", "three", "four"]);
  for (const close of shown()?.querySelectorAll<HTMLElement>("[aria-label=Dismiss]") ?? []) close.click();
  expect(texts()).toEqual(["it has stopped"]);
  const [button, ...others] = shown()?.querySelectorAll("button") ?? [];
  expect([button?.textContent, others]).toEqual(["Start again", []]);
  button?.click();
  button?.click();
  expect([button?.disabled, tries.length]).toEqual([true, 1]);
  tries[0]?.();
  await expect.poll(() => button?.disabled).toBe(false); // it was in vain: once more
  takeAway();
  expect(shown()).toBeUndefined();
});

test("with its page's end it is gone", () => {
  const lifetime = new AbortController();
  new Status(lifetime.signal).notice("one");
  lifetime.abort();
  expect(shown()).toBeUndefined();
});
