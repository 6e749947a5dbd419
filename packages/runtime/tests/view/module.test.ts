// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { RenderProps } from "../../src/view/afm.ts";
import { opened, updated } from "../wire.ts";
import { createPage, settle, usePages, WIDGET } from "./page.ts";

usePages();

const shown = { render: ({ el }: RenderProps) => el.append("here") };

test("A2: an author's own address is imported as it stands; a hash, below the base", async () => {
  const page = createPage();
  const url = "https://example.com/w.js?x=1";
  page.registry.handle(opened("m", WIDGET, { module: { url, hash: null } }));
  page.open("n", { default: shown });
  await settle();
  expect(page.imports).toEqual([url, "/base/modules/n.js"]);
  expect(page.registry.find("m")?.get("_esm")).toBe(url);
});

test("A14, A15: one import for all models and views with the same code", async () => {
  const page = createPage();
  page.define("w", { default: shown });
  const module = { url: "modules/w.js", hash: "w" };
  page.registry.handle(opened("a", WIDGET, { module }));
  page.registry.handle(opened("b", WIDGET, { module }));
  await Promise.all([page.show("a").shown, page.show("a").shown, page.show("b").shown]);
  expect(page.imports).toEqual(["/base/modules/w.js"]);
});

test.each([
  ["of the host", { isolateModules: true }, {}],
  ["of the widget", {}, { _anyhost_isolate: true }],
])("A15, A16: isolated modules, as an option %s, are one for each model", async (_, options, state) => {
  const page = createPage(options);
  page.define("w", { default: shown });
  const module = { url: "modules/w.js", hash: "w" };
  for (const modelId of ["a", "b/c"]) {
    page.registry.handle(opened(modelId, { ...WIDGET, ...state }, { module }));
  }
  await Promise.all([page.show("a").shown, page.show("a").shown, page.show("b/c").shown]);
  expect(page.imports).toEqual(["/base/modules/w.js#a", "/base/modules/w.js#b%2Fc"]);
});

test.each([
  [true, 1],
  [false, 0],
])("E16: Backbone's other methods are not there; who develops (%s) is told so", async (development, told) => {
  const page = createPage({ development });
  const seen: unknown[] = [];
  const render = ({ model }: RenderProps) => {
    const { once } = model as unknown as { once: unknown };
    seen.push(once, Object.keys(model).includes("once"));
  };
  page.open("w", { default: { render } });
  await page.show("w").shown;
  expect(seen).toEqual([undefined, false]);
  expect(console.warn).toHaveBeenCalledTimes(told);
});

test("A8, A9: named exports are used, with one warning for each module", async () => {
  const page = createPage();
  const initialize = vi.fn();
  page.define("w", { initialize, render: shown.render, version: "1" });
  const module = { url: "modules/w.js", hash: "w" };
  page.registry.handle(opened("a", WIDGET, { module }));
  page.registry.handle(opened("b", WIDGET, { module }));
  const view = page.show("a");
  await Promise.all([view.shown, page.show("b").shown]);
  expect([view.el.textContent, initialize.mock.calls.length]).toEqual(["here", 2]);
  expect(console.warn).toHaveBeenCalledTimes(1);
  expect(vi.mocked(console.warn).mock.calls[0]?.[0]).toMatch(
    /^\[anywidget\] Deprecation Warning for pkg.Widget.*#395/,
  );
});

test("A10: where both are exported, the default counts", async () => {
  const page = createPage();
  const named = vi.fn();
  page.open("m", { default: shown, render: named });
  const view = page.show("m");
  await view.shown;
  expect([view.el.textContent, named.mock.calls.length]).toEqual(["here", 0]);
});

test.each([
  ["A11: nothing", {}, "[anywidget] module must export a default function or object."],
  ["A11: other names", { helper: 1 }, "It exports only helper"],
  ["A12: a number", { default: 42 }, "42 (a number)"],
  [
    "A12: null, though there are named ones",
    { default: null, render: () => {} },
    "It exports null as default",
  ],
  ["A12: a factory of a function", { default: () => () => {} }, "it returned a function"],
  ["A12: a factory of nothing", { default: () => {} }, "it returned undefined"],
  ["A12: a render that is none", { default: { render: "x" } }, "[anywidget] render must be a function"],
])("%s as export is an error that says so", async (_, exports, text) => {
  const page = createPage();
  page.open("m", exports);
  const view = page.show("m");
  await view.shown;
  expect(view.el.querySelector("[role=alert]")?.textContent).toContain(text);
  expect(page.reports).toMatchObject([{ modelId: "m", widget: "pkg.Widget", phase: "load" }]);
});

test("A20: a widget without code says so after a moment, and recovers when it comes", async () => {
  vi.useFakeTimers();
  const page = createPage();
  page.registry.handle(opened("m", WIDGET));
  const view = page.show("m");
  page.registry.handle(updated("m", { a: 1 }));
  await vi.advanceTimersByTimeAsync(1900);
  expect(view.el.textContent).toBe("");
  await vi.advanceTimersByTimeAsync(200);
  expect(view.el.textContent).toContain("it has no _esm");
  expect(page.registry.find("m")?.get("a")).toBe(1);
  page.define("w", { default: shown });
  page.registry.handle(updated("m", {}, { module: { url: "modules/w.js", hash: "w" } }));
  await vi.advanceTimersByTimeAsync(0);
  expect(view.el.textContent).toBe("here");
});

test("a model that opens empty, and gets all by an update, is shown", async () => {
  const page = createPage();
  page.define("w", { default: shown });
  page.registry.handle(opened("m", {}));
  const view = page.show("m");
  await settle();
  page.registry.handle(updated("m", WIDGET, { module: { url: "modules/w.js", hash: "w" } }));
  await settle();
  expect(view.el.textContent).toBe("here");
});

test("A22: a failed import is tried again with a fresh specifier", async () => {
  const page = createPage();
  let broken = true;
  page.open("m", () => (broken ? Promise.reject(new Error("offline")) : { default: shown }));
  const view = page.show("m");
  await view.shown;
  expect(view.el.textContent).toContain("offline");
  broken = false;
  view.el.querySelector("button")?.click();
  await settle();
  expect(view.el.textContent).toBe("here");
  expect(page.imports).toEqual(["/base/modules/m.js", "/base/modules/m.js#retry-1"]);
});

test("A4: code that is an address says that it is one", async () => {
  const page = createPage({ fetchText: async () => "./widget.js\n" });
  page.open("m", () => Promise.reject(new SyntaxError("Unexpected token '.'")));
  const view = page.show("m");
  await view.shown;
  expect(view.el.textContent).toContain("_esm looks like a path/URL, not code: ./widget.js");
  expect(view.el.textContent).toContain("Unexpected token");
});

test("an author's address that cannot be reached is named; a bundle for Node is explained", async () => {
  const page = createPage({
    importModule: (url) =>
      Promise.reject(new Error(url.includes("node") ? "process is not defined" : "failed")),
  });
  page.registry.handle(opened("a", WIDGET, { module: { url: "https://example.com/w.js", hash: null } }));
  page.open("node", {});
  const [a, b] = [page.show("a"), page.show("node")];
  await Promise.all([a.shown, b.shown]);
  expect(a.el.textContent).toContain("cannot import https://example.com/w.js: failed");
  expect(b.el.textContent).toContain("define process.env.NODE_ENV");
});
