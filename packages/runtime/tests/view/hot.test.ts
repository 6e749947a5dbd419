// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { InitializeProps, RenderProps } from "../../src/view/afm.ts";
import { custom, updated } from "../wire.ts";
import { createPage, deferred, type Page, settle, usePages } from "./page.ts";

usePages();

function replace(page: Page, name: string, exports: unknown): void {
  page.define(name, exports);
  page.registry.handle(updated("m", {}, { module: { url: `modules/${name}.js`, hash: name } }));
}

function version(name: string, log: string[] = []) {
  return {
    default: {
      initialize: () => {
        log.push(`${name} initialize`);
        return () => void log.push(`${name} cleanup`);
      },
      render: ({ el, model }: RenderProps) => {
        log.push(`${name} render`);
        el.classList.add(name);
        el.append(`${name} ${model.get("a")}`);
        return () => void log.push(`${name} view cleanup`);
      },
    },
  };
}

test("K1, C1, C12, K6: new code takes over state and views; the old is cleaned up first", async () => {
  const page = createPage();
  const log: string[] = [];
  page.open("m", version("one", log), { a: 1 });
  const view = page.show("m");
  await view.shown;
  page.registry.find("m")?.set({ a: 2 });
  replace(page, "two", version("two", log));
  await settle();
  expect(log).toEqual([
    "one initialize",
    "one render",
    "one view cleanup",
    "one cleanup",
    "two initialize",
    "two render",
  ]);
  expect(view.el.textContent).toBe("two 2");
  expect(view.el.querySelector(".one")).toBeNull();
  expect(page.registry.find("m")?.get("_esm")).toBe("modules/two.js");
});

test("K2: the same code again is nothing new", async () => {
  const page = createPage();
  const log: string[] = [];
  page.open("m", version("m", log), { a: 1 });
  await page.show("m").shown;
  replace(page, "m", version("m", log));
  await settle();
  expect(log).toEqual(["m initialize", "m render"]);
});

test("K3: of rapid changes only the newest takes effect, in whichever order they load", async () => {
  const page = createPage();
  const log: string[] = [];
  page.open("m", version("m", log), { a: 1 });
  const view = page.show("m");
  await view.shown;
  const slow = deferred();
  replace(page, "slow", () => slow.promise);
  replace(page, "fast", version("fast", log));
  await settle();
  const before = [...log];
  slow.resolve(version("slow", log));
  await settle();
  expect(log).toEqual(before);
  expect(log.filter((line) => line.startsWith("slow"))).toEqual([]);
  expect(view.el.textContent).toBe("fast 1");
});

test("K4, K5: code that cannot be loaded leaves the old running, with the error over it; the next recovers", async () => {
  const page = createPage();
  const log: string[] = [];
  page.open("m", version("one", log), { a: 1 });
  const view = page.show("m");
  await view.shown;
  replace(page, "broken", () => Promise.reject(new SyntaxError("unexpected token")));
  await settle();
  expect(log).toEqual(["one initialize", "one render"]);
  expect(view.el.querySelector("[role=alert]")?.textContent).toContain("unexpected token");
  expect(view.el.querySelector(".one")?.textContent).toBe("one 1");
  const later = page.show("m");
  await later.shown;
  await settle();
  expect(later.el.querySelector("[role=alert]")).not.toBeNull();
  replace(page, "two", version("two", log));
  await settle();
  expect([view.el.textContent, later.el.textContent]).toEqual(["two 1", "two 1"]);
});

test("K4: an error in a child's new code shows over the parent, whose own DOM is left alone", async () => {
  const page = createPage();
  page.open("m", version("one"), { a: 1 });
  const render = async ({ el, host }: RenderProps) =>
    (await host.getWidget("anywidget:m")).render({ el: el.appendChild(document.createElement("p")) });
  page.open("parent", { default: { render } });
  const view = page.show("parent");
  await view.shown;
  replace(page, "broken", { default: 42 });
  await settle();
  expect(view.el.querySelector(".anyhost-view > [role=alert]")).not.toBeNull();
  expect(view.el.querySelector(".one")?.textContent).toBe("one 1");
});

test("L3: initialize of new code fails: views say so, updates are applied, a hot fix recovers", async () => {
  const page = createPage();
  page.open("m", version("one"), { a: 1 });
  const view = page.show("m");
  await view.shown;
  replace(page, "broken", { default: { initialize: () => Promise.reject(new Error("no data")) } });
  await settle();
  expect(view.el.textContent).toContain("no data");
  page.registry.handle(updated("m", { a: 5 }));
  expect(page.registry.find("m")?.get("a")).toBe(5);
  replace(page, "two", version("two"));
  await settle();
  expect(view.el.textContent).toBe("two 5");
});

test("C1: new code does not wait for an initialize of the old that never settles", async () => {
  const page = createPage();
  let signal: AbortSignal | undefined;
  const initialize = (props: InitializeProps) => {
    signal = props.signal;
    return new Promise(() => {});
  };
  page.open("m", { default: { initialize } }, { a: 1 });
  const view = page.show("m");
  await settle();
  page.registry.handle(updated("m", { a: 2 }));
  replace(page, "two", version("two"));
  await view.shown;
  expect([signal?.aborted, view.el.textContent]).toEqual([true, "two 2"]);
});

test("D5, K3: what the initialize of the old returns late is cleaned up, and counts no more", async () => {
  const page = createPage();
  const old = deferred();
  const cleanup = vi.fn();
  page.open("m", { default: { initialize: () => old.promise, render: () => expect.fail("it is replaced") } });
  const view = page.show("m");
  await settle();
  const log: string[] = [];
  replace(page, "two", version("two", log));
  await view.shown;
  old.resolve(cleanup);
  await settle();
  expect(cleanup).toHaveBeenCalledTimes(1);
  expect(log).toEqual(["two initialize", "two render"]);
  expect(page.reports).toEqual([]);
});

test("a failing initialize of the old does not stop new code that is loading", async () => {
  const page = createPage();
  const old = deferred();
  const slow = deferred();
  page.open("m", { default: { initialize: () => old.promise } }, { a: 1 });
  const view = page.show("m");
  await settle();
  replace(page, "two", () => slow.promise);
  old.reject(new Error("old"));
  await settle();
  expect(view.el.textContent).toContain("old");
  slow.resolve(version("two"));
  await settle();
  expect(view.el.textContent).toBe("two 1");
});

test("C12: the new code waits for an asynchronous cleanup; messages wait with it", async () => {
  const page = createPage();
  const cleaning = deferred();
  const heard: unknown[] = [];
  page.open("m", { default: { render: () => () => cleaning.promise } }, { a: 1 });
  await page.show("m").shown;
  const initialize = ({ model }: InitializeProps) => model.on("msg:custom", (content) => heard.push(content));
  const render = vi.fn();
  replace(page, "two", { default: { initialize, render } });
  await settle();
  page.registry.handle(custom("m", "x"));
  expect([heard, render.mock.calls.length]).toEqual([[], 0]);
  cleaning.resolve(null);
  await settle();
  expect([heard, render.mock.calls.length]).toEqual([["x"], 1]);
});

test("while new code loads, the old hears messages", async () => {
  const page = createPage();
  const heard: unknown[] = [];
  const initialize = ({ model }: InitializeProps) => model.on("msg:custom", (content) => heard.push(content));
  page.open("m", { default: { initialize } });
  await settle();
  replace(page, "slow", () => new Promise(() => {}));
  page.registry.handle(custom("m", "x"));
  expect(heard).toEqual(["x"]);
});

test("B12: a model that closes while its code is being replaced is left alone", async () => {
  const page = createPage();
  const slow = deferred();
  const initialize = vi.fn();
  page.open("m", version("one"), { a: 1 });
  await settle();
  replace(page, "two", () => slow.promise);
  page.registry.handle({ op: "model-lifecycle", seq: 0, model_id: "m", message: { method: "close" } });
  slow.resolve({ default: { initialize } });
  await settle();
  expect(initialize).not.toHaveBeenCalled();
});
