// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { Fill } from "../../src/any-view.ts";
import { addHost } from "../../src/embed/hosts.ts";

const filled: [host: string, el: Element, signal: AbortSignal][] = [];
const fillOf =
  (host: string): Fill =>
  (el, signal) =>
    void filled.push([host, el, signal]);
const settled = () => new Promise((resolve) => setTimeout(resolve));

function view(attributes: Record<string, string>): HTMLElement {
  const el = document.createElement("any-view");
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  document.body.append(el);
  return el;
}

afterEach(() => {
  document.body.replaceChildren();
  filled.length = 0;
});

test("each view is filled by its host, those without one by the first, and late hosts by those that waited", async () => {
  const late = view({ name: "a", host: "/late" });
  addHost(new URL("/first/", document.baseURI).href, fillOf("first"));
  addHost(new URL("/second/", document.baseURI).href, fillOf("second"));
  await settled();
  const [plain, second] = [view({ name: "b" }), view({ name: "c", host: "second/" })];
  expect(filled.map(([host, el]) => [host, el])).toEqual([
    ["first", plain],
    ["second", second],
  ]);
  addHost(new URL("/late/", document.baseURI).href, fillOf("late"));
  expect(filled.at(-1)?.slice(0, 2)).toEqual(["late", late]);
});

test("a view whose host never comes leaves nothing behind when it goes", async () => {
  const el = view({ name: "a", host: "/never" });
  el.remove();
  await settled();
  addHost(new URL("/never/", document.baseURI).href, fillOf("never"));
  expect(filled).toEqual([]);
});

test("the same script twice is one host, and the element is defined once", async () => {
  const define = vi.spyOn(customElements, "define");
  addHost(new URL("/first/", document.baseURI).href, fillOf("twice"));
  await settled();
  view({ name: "a" });
  expect(filled.map(([host]) => host)).toEqual(["first"]);
  expect(define).not.toHaveBeenCalled();
});
