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

test("what can be done about a notice is a button, and then, or when it is taken back, the notice is gone", () => {
  const status = new Status(new AbortController().signal);
  let pressed = 0;
  const action = { label: "Start again", act: () => void pressed++ };
  status.notice("it has stopped", action);
  expect([...(shown()?.querySelectorAll("button") ?? [])].map(({ textContent }) => textContent)).toEqual([
    "Start again",
    "×",
  ]);
  shown()?.querySelector("button")?.click();
  expect(pressed).toBe(1);
  expect(shown()).toBeUndefined();
  const takeAway = status.notice("it has stopped", action);
  expect(texts()).toEqual(["it has stopped"]);
  takeAway();
  expect(shown()).toBeUndefined();
});

test("with its page's end it is gone", () => {
  const lifetime = new AbortController();
  new Status(lifetime.signal).notice("one");
  lifetime.abort();
  expect(shown()).toBeUndefined();
});
