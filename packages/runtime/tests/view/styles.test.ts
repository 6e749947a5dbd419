// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { InitializeProps, RenderProps } from "../../src/view/afm.ts";
import { Styles } from "../../src/view/styles.ts";
import { opened, updated } from "../wire.ts";
import { createPage, deferred, settle, usePages, WIDGET } from "./page.ts";

usePages();
afterEach(() => document.head.replaceChildren());

const RED = { text: ".a { color: red }" };
const BLUE = { text: ".a { color: blue }" };

function sheets(root: Document | ShadowRoot = document): string[] {
  return [...root.adoptedStyleSheets].map((sheet) => sheet.cssRules[0]?.cssText ?? "");
}

test("J7: by content, once in a root, for as long as somebody uses it", () => {
  const styles = new Styles();
  const [one, two] = [styles.mount(document, RED), styles.mount(document, RED)];
  expect(sheets()).toHaveLength(1);
  one.release();
  one.release();
  expect(sheets()).toHaveLength(1);
  two.release();
  expect(sheets()).toHaveLength(0);
});

test("J4, J6: text is replaced synchronously; none removes it", () => {
  const mounted = new Styles().mount(document, RED);
  mounted.replace(BLUE);
  expect(sheets()).toEqual([expect.stringContaining("blue")]);
  mounted.replace({ text: "" });
  expect(sheets()).toEqual([]);
  mounted.replace(RED);
  mounted.release();
  mounted.replace(BLUE);
  expect(sheets()).toEqual([]);
});

test("J7: two instances with other style do not touch each other's", () => {
  const styles = new Styles();
  const [one, two] = [styles.mount(document, RED), styles.mount(document, RED)];
  one.replace(BLUE);
  expect(sheets()).toHaveLength(2);
  one.release();
  expect(sheets()).toEqual([expect.stringContaining("red")]);
  two.release();
});

test("J2, J5: an address is a link; a new one is there before the old one goes", async () => {
  const mounted = new Styles().mount(document, { url: "https://example.com/a.css" });
  const [link] = document.head.querySelectorAll("link");
  expect([link?.rel, link?.getAttribute("href")]).toEqual(["stylesheet", "https://example.com/a.css"]);
  mounted.replace({ url: "https://example.com/b.css" });
  const links = document.head.querySelectorAll("link");
  expect(links).toHaveLength(2);
  links[1]?.dispatchEvent(new Event("load"));
  await settle();
  expect(Array.from(document.head.querySelectorAll("link"), (one) => one.getAttribute("href"))).toEqual([
    "https://example.com/b.css",
  ]);
  mounted.release();
  expect(document.head.querySelectorAll("link")).toHaveLength(0);
});

test("what is to come first gives way to all other style of the page where it weighs the same", () => {
  document.head.innerHTML = "<style>.a { color: green }</style>";
  const mounted = new Styles().mount(document, { ...RED, first: true });
  expect([...document.head.children].map(({ textContent }) => textContent)).toEqual([
    RED.text,
    ".a { color: green }",
  ]);
  expect(sheets()).toEqual([]);
  mounted.release();
  expect(document.head.children).toHaveLength(1);
});

test("J1: a link is waited for, but not for ever", async () => {
  vi.useFakeTimers();
  const ready = vi.fn();
  const mounted = new Styles().mount(document, { url: "https://example.com/never.css" });
  void mounted.ready.then(ready);
  for (const link of document.head.querySelectorAll("link")) link.remove();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ready).toHaveBeenCalled();
});

test("J9: in a shadow root; with a <style> and its nonce where sheets cannot be made, or not import", () => {
  const host = document.createElement("div");
  document.body.append(host);
  const shadow = host.attachShadow({ mode: "open" });
  const styles = new Styles("n0nce");
  styles.mount(shadow, RED);
  expect([sheets(shadow).length, sheets().length]).toEqual([1, 0]);
  const mounted = styles.mount(document, { text: "@import url(x.css); .b {}" });
  expect(document.head.querySelector("style")?.nonce).toBe("n0nce");
  mounted.release();
  expect(document.head.querySelector("style")).toBeNull();
});

test("J1: the style is fetched before initialize, once for each hash, and is what get('_css') says", async () => {
  const text = deferred<string>();
  const fetchText = vi.fn(() => text.promise);
  const page = createPage({ fetchText });
  const initialize = vi.fn(({ model }: InitializeProps) => model.get("_css"));
  page.define("w", { default: { initialize } });
  const parts = {
    module: { url: "modules/w.js", hash: "w" },
    style: { url: "modules/s.css", hash: "s", text: null },
  };
  page.registry.handle(opened("a", { ...WIDGET }, parts));
  page.registry.handle(opened("b", { ...WIDGET }, parts));
  await settle();
  expect(initialize).not.toHaveBeenCalled();
  text.resolve(RED.text);
  await settle();
  expect(initialize.mock.results.map(({ value }) => value)).toEqual([RED.text, RED.text]);
  expect(fetchText.mock.calls).toEqual([["/base/modules/s.css", expect.any(AbortSignal)]]);
});

test("J3, J4: text that comes along applies at once, without a new render", async () => {
  const page = createPage();
  const render = vi.fn((_: RenderProps) => {});
  page.open("m", { default: { render } });
  const view = page.show("m");
  await view.shown;
  const before = sheets().length;
  page.registry.handle(updated("m", {}, { style: { url: "", hash: "r", ...RED } }));
  expect(sheets()).toHaveLength(before + 1);
  expect(page.registry.find("m")?.get("_css")).toBe(RED.text);
  page.registry.handle(updated("m", {}, { style: { url: "", hash: "", text: "" } }));
  expect(sheets()).toHaveLength(before);
  expect(render).toHaveBeenCalledTimes(1);
  view.remove();
  await settle();
  expect(sheets()).toEqual([]);
});

test("a style that cannot be fetched is reported, and the widget is there without it", async () => {
  const page = createPage({ fetchText: () => Promise.reject(new Error("404")) });
  page.define("w", { default: { render: ({ el }: RenderProps) => el.append("here") } });
  const style = { url: "modules/s.css", hash: "s", text: null };
  page.registry.handle(opened("m", WIDGET, { module: { url: "modules/w.js", hash: "w" }, style }));
  const view = page.show("m");
  await view.shown;
  expect(view.el.textContent).toBe("here");
  expect(page.reports).toMatchObject([{ phase: "load" }]);
});
