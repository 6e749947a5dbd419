// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { AnyModel, Host, InitializeProps, RenderProps, ResolvedWidget } from "../../src/view/afm.ts";
import { closed, opened, updated } from "../wire.ts";
import { createPage, deferred, type Page, settle, usePages, WIDGET } from "./page.ts";

usePages();

/** The props of a parent widget that is shown, and its view. */
async function parentOf(page: Page, modelId = "parent") {
  let props: RenderProps | undefined;
  const render = (given: RenderProps) => {
    props = given;
  };
  page.open(modelId, { default: { render } });
  const view = page.show(modelId);
  await view.shown;
  if (!props) throw new Error("the parent was not rendered");
  return { ...props, view, div: () => props?.el.appendChild(document.createElement("div")) as HTMLElement };
}

const named = ({ el, model }: RenderProps) => el.append(String(model.get("name")));

test.each([["IPY_MODEL_x"], ["x"], ["anywidget:"], [null], [{ a: 1 }]])(
  "D3: %j is no reference",
  async (reference) => {
    const { host } = await parentOf(createPage());
    const text = `[anywidget] Invalid widget reference: ${JSON.stringify(reference)}`;
    await expect(host.getWidget(reference as string)).rejects.toThrow(text);
    await expect(host.getModel(reference as string)).rejects.toThrow(text);
  },
);

test("D4, D5, D6, D10: a child that was never shown: exports by identity, render in several elements", async () => {
  const page = createPage();
  const exports = { value: 1 };
  const initialize = vi.fn(async () => exports);
  const rendering = deferred();
  const render = vi.fn(async ({ el }: RenderProps) => {
    await rendering.promise;
    el.append("child");
  });
  page.open("child", { default: { initialize, render } });
  const { host, div } = await parentOf(page);
  const child = await host.getWidget("anywidget:child");
  expect(child.exports).toBe(exports);
  const [one, two] = [div(), div()];
  let done = false;
  const both = Promise.all([child.render({ el: one }), child.render({ el: two })]);
  void both.then(() => {
    done = true;
  });
  await settle();
  expect(done).toBe(false);
  rendering.resolve(null);
  expect(await both).toEqual([undefined, undefined]);
  expect([one.textContent, two.textContent]).toEqual(["child", "child"]);
  expect([initialize.mock.calls.length, render.mock.calls.length]).toEqual([1, 2]);
});

test("D7, D8, D9: a child ends with the signal it was given, else with the render that asked; and its own children with it", async () => {
  const page = createPage();
  const gone: string[] = [];
  const render = async ({ el, signal, host, model }: RenderProps) => {
    signal.addEventListener("abort", () => gone.push(model.get("name")));
    const inner = model.get("inner");
    if (inner)
      await (await host.getWidget(inner)).render({ el: el.appendChild(document.createElement("p")) });
  };
  page.open("inner", { default: { render } }, { name: "inner" });
  page.open("a", { default: { render } }, { name: "a", inner: "anywidget:inner" });
  page.open("b", { default: { render } }, { name: "b" });
  const { host, div, view } = await parentOf(page);
  const abort = new AbortController();
  await (await host.getWidget("anywidget:a")).render({ el: div(), signal: abort.signal });
  await (await host.getWidget("anywidget:b")).render({ el: div() });
  abort.abort("a reason that is no error");
  expect(gone.sort()).toEqual(["a", "inner"]);
  view.remove();
  expect(gone).toEqual(["a", "inner", "b"]);
});

test("D8: the parent's hot replacement ends the child of its old render", async () => {
  const page = createPage();
  const childGone = vi.fn();
  page.open("child", {
    default: { render: ({ signal }: RenderProps) => signal.addEventListener("abort", childGone) },
  });
  const parent = {
    render: async ({ host, el }: RenderProps) =>
      (await host.getWidget("anywidget:child")).render({ el: el.appendChild(document.createElement("p")) }),
  };
  page.open("parent", { default: parent });
  await page.show("parent").shown;
  page.define("two", { default: parent });
  page.registry.handle(updated("parent", {}, { module: { url: "modules/two.js", hash: "two" } }));
  await settle();
  expect(childGone).toHaveBeenCalledTimes(1);
});

test("D11, D19: getModel gives a whole model, whose listeners end with the render that asked", async () => {
  const page = createPage();
  page.open("child", { default: {} }, { a: 1 });
  const { host, view } = await parentOf(page);
  const model: AnyModel = await host.getModel("anywidget:child");
  const heard = vi.fn();
  model.on("change:a", heard);
  page.registry.handle(updated("child", { a: 2 }));
  expect([model.get("a"), heard.mock.calls.length]).toEqual([2, 1]);
  view.remove();
  await settle();
  page.registry.handle(updated("child", { a: 3 }));
  expect(heard).toHaveBeenCalledTimes(1);
});

test("D12: a model without code is a model, and no widget", async () => {
  const page = createPage();
  page.registry.handle(opened("layout", { width: "1px" }));
  const { host } = await parentOf(page);
  expect((await host.getModel("anywidget:layout")).get("width")).toBe("1px");
  await expect(host.getWidget("anywidget:layout")).rejects.toThrow(
    "[anywidget] No binding found for widget layout",
  );
});

test("D13: an unknown widget is waited for, for 10 s", async () => {
  const page = createPage();
  const { host } = await parentOf(page);
  vi.useFakeTimers();
  const late = host.getWidget("anywidget:late");
  page.open("late", { default: { initialize: () => ({ x: 1 }) } });
  expect((await late).exports).toEqual({ x: 1 });
  const never = expect(host.getModel("anywidget:never")).rejects.toThrow(
    "[anywidget] widget model not found: never",
  );
  await vi.advanceTimersByTimeAsync(10_000);
  await never;
});

test("D14: a child whose initialize does not settle, for 10 s", async () => {
  const page = createPage();
  page.open("child", { default: { initialize: () => new Promise(() => {}) } });
  const { host } = await parentOf(page);
  vi.useFakeTimers();
  const text = "[anywidget] Timed out waiting for widget child to initialize";
  const failed = expect(host.getWidget("anywidget:child")).rejects.toThrow(text);
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
});

test("D15: a child that has failed, or fails, rejects at once with its error", async () => {
  const page = createPage();
  const failing = deferred();
  page.open("broken", { default: { initialize: () => Promise.reject(new Error("broken")) } });
  page.open("failing", { default: { initialize: () => failing.promise } });
  page.open("missing", () => Promise.reject(new Error("404")));
  const { host } = await parentOf(page);
  await expect(host.getWidget("anywidget:broken")).rejects.toThrow("broken");
  await expect(host.getWidget("anywidget:missing")).rejects.toThrow("404");
  const asked = expect(host.getWidget("anywidget:failing")).rejects.toThrow("failing");
  failing.reject(new Error("failing"));
  await asked;
});

test("a child whose render fails says so in its element, and to its parent", async () => {
  const page = createPage();
  let broken = true;
  const render = (props: RenderProps) => {
    if (broken) throw new Error("no canvas");
    named(props);
  };
  page.open("child", { default: { render } }, { name: "child" });
  const { host, div } = await parentOf(page);
  const el = div();
  const child: ResolvedWidget = await host.getWidget("anywidget:child");
  await expect(child.render({ el })).rejects.toThrow("no canvas");
  expect(el.textContent).toContain("no canvas");
  expect(page.reports).toMatchObject([{ modelId: "child", phase: "render" }]);
  broken = false;
  el.querySelector("button")?.click();
  await settle();
  expect(el.textContent).toBe("child");
});

test("D16, D17: a pending getWidget and rendered children survive the child's hot replacement", async () => {
  const page = createPage();
  const never = { default: { initialize: () => new Promise(() => {}) } };
  page.open("child", never);
  const { host, div } = await parentOf(page);
  const pending = host.getWidget("anywidget:child");
  const replace = (name: string) => {
    page.define(name, {
      default: {
        initialize: () => ({ name }),
        render: ({ el }: RenderProps) => {
          el.classList.add(name);
          el.append(name);
        },
      },
    });
    page.registry.handle(updated("child", {}, { module: { url: `modules/${name}.js`, hash: name } }));
  };
  replace("one");
  const child = await pending;
  expect(child.exports).toEqual({ name: "one" });
  const el = div();
  el.className = "mine";
  await child.render({ el });
  expect([el.textContent, el.className]).toEqual(["one", "mine one"]);
  replace("two");
  await settle();
  expect([el.textContent, el.className]).toEqual(["two", "mine two"]);
});

test("D18: a child that closes while it is shown is cleaned up", async () => {
  const page = createPage();
  const cleanup = vi.fn();
  const render = (props: RenderProps) => {
    named(props);
    return cleanup;
  };
  page.open("child", { default: { render } }, { name: "child" });
  const { host, div } = await parentOf(page);
  const el = div();
  await (await host.getWidget("anywidget:child")).render({ el });
  page.registry.handle(closed("child"));
  await settle();
  expect([cleanup.mock.calls.length, el.textContent]).toEqual([1, ""]);
});

test("D21: render without an element says what it needs", async () => {
  const page = createPage();
  page.open("child", { default: {} });
  const { host } = await parentOf(page);
  const child = await host.getWidget("anywidget:child");
  await expect((child.render as () => Promise<void>)()).rejects.toThrow(
    "[anywidget] render needs an element",
  );
});

test("D22: circles of references are fine, circles of rendering are refused", async () => {
  const page = createPage();
  const failures: string[] = [];
  const render = async ({ host, el, model }: RenderProps) => {
    const other = await host.getWidget(model.get("other"));
    await other.render({ el: el.appendChild(document.createElement("p")) }).catch((error: Error) => {
      failures.push(error.message);
    });
  };
  page.open("a", { default: { render } }, { other: "anywidget:b" });
  page.open("b", { default: { render } }, { other: "anywidget:a" });
  await page.show("a").shown;
  expect(failures).toEqual([expect.stringContaining("circular rendering")]);
  expect(failures[0]).toContain("a > b > a");
});

test("C12: another child in the same element waits for the cleanup of the one before", async () => {
  const page = createPage();
  const cleaning = deferred();
  const log: string[] = [];
  const slow = { render: () => () => cleaning.promise.then(() => log.push("cleaned")) };
  page.open("slow", { default: slow });
  page.open(
    "next",
    {
      default: {
        render: (props: RenderProps) => {
          log.push("rendered");
          named(props);
        },
      },
    },
    { name: "next" },
  );
  const { host, div } = await parentOf(page);
  const el = div();
  const abort = new AbortController();
  await (await host.getWidget("anywidget:slow")).render({ el, signal: abort.signal });
  abort.abort();
  const second = (await host.getWidget("anywidget:next")).render({ el });
  await settle();
  cleaning.resolve(null);
  await second;
  expect([log, el.textContent]).toEqual([["cleaned", "rendered"], "next"]);
});

test("E14: widget_manager.get_model takes a bare id, and gives a model bound to the scope", async () => {
  const page = createPage();
  page.open("child", { default: {} }, { a: 1 });
  let model: AnyModel | undefined;
  const initialize = async (props: InitializeProps) => {
    model = await props.model.widget_manager.get_model("child");
    model?.on("change:a", () => {});
  };
  page.open("m", { default: { initialize } });
  await settle();
  expect(model?.get("a")).toBe(1);
  expect(page.registry.find("child")?.events.size).toBe(1);
  page.registry.handle(closed("m"));
  await settle();
  expect(page.registry.find("child")?.events.size).toBe(0);
});

test("E15: create_view gives an element, in which the view shows once it is in the document", async () => {
  vi.useFakeTimers();
  const page = createPage();
  page.open("child", { default: { render: named } }, { name: "child" });
  const { model, el } = await parentOf(page);
  const view = await model.widget_manager.create_view(await model.widget_manager.get_model("child"));
  expect(view.el.textContent).toBe("");
  el.append(view.el);
  await vi.advanceTimersByTimeAsync(50);
  expect(el.textContent).toBe("child");
  view.remove();
  await vi.advanceTimersByTimeAsync(0);
  expect(el.childNodes).toHaveLength(0);
});

test("D24: a child's style is where the child is, in a shadow root as well", async () => {
  const page = createPage();
  const style = { url: "", hash: "s", text: ".child { color: red }" };
  page.define("child", { default: {} });
  page.registry.handle(
    opened("child", WIDGET, { module: { url: "modules/child.js", hash: "child" }, style }),
  );
  const { host, div } = await parentOf(page);
  const shadow = div().attachShadow({ mode: "open" });
  const el = document.createElement("div");
  shadow.append(el);
  const before = document.adoptedStyleSheets.length;
  await (await host.getWidget("anywidget:child")).render({ el });
  expect(shadow.adoptedStyleSheets).toHaveLength(1);
  expect(document.adoptedStyleSheets).toHaveLength(before);
});

test("D1: host is not there for initialize", async () => {
  const page = createPage();
  let host: Host | undefined;
  const initialize = (props: InitializeProps) => {
    host = (props as RenderProps).host;
  };
  page.open("m", { default: { initialize } });
  await settle();
  expect(host).toBeUndefined();
});
