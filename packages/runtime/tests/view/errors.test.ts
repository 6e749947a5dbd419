// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { InitializeProps, RenderProps } from "../../src/view/afm.ts";
import { custom, opened, updated } from "../wire.ts";
import { createPage, settle, usePages } from "./page.ts";

usePages();

const fine = { default: { render: ({ el }: RenderProps) => el.append("fine") } };

test("L1: a failure is shown in the view's place, with name and cause, reported, and hurts nobody else", async () => {
  const page = createPage();
  const error = new TypeError("x is not a function", { cause: new Error("the cause") });
  page.open("bad", { default: { render: () => Promise.reject(error) } }, { _anywidget_id: "pkg.Bad" });
  page.open("good", fine);
  const [bad, good] = [page.show("bad"), page.show("good")];
  await Promise.all([bad.shown, good.shown]);
  const alert = bad.el.querySelector("[role=alert]");
  expect(alert?.textContent).toContain("pkg.Bad failed in render()");
  expect(alert?.textContent).toContain("TypeError: x is not a function");
  expect(alert?.textContent).toContain("Error: the cause");
  expect(good.el.textContent).toBe("fine");
  expect(page.reports).toEqual([{ modelId: "bad", widget: "pkg.Bad", phase: "render", error }]);
  expect(vi.mocked(console.error).mock.calls[0]?.join(" ")).toContain("[anywidget] pkg.Bad (bad), render:");
  expect(vi.mocked(console.error).mock.calls[0]).toContain(error);
});

test("C11: a render that throws leaves no listener, and its signal has aborted", async () => {
  const page = createPage();
  const heard = vi.fn();
  let signal: AbortSignal | undefined;
  const render = (props: RenderProps) => {
    signal = props.signal;
    props.model.on("change:a", heard);
    props.el.append("half");
    throw new Error("x");
  };
  page.open("m", { default: { render } }, { a: 0 });
  const view = page.show("m");
  await view.shown;
  page.registry.handle(updated("m", { a: 1 }));
  expect([signal?.aborted, heard.mock.calls.length]).toEqual([true, 0]);
  expect(view.el.textContent).not.toContain("half");
});

test("C11: an initialize that throws leaves no listener, and its signal has aborted", async () => {
  const page = createPage();
  const heard = vi.fn();
  let signal: AbortSignal | undefined;
  const initialize = (props: InitializeProps) => {
    signal = props.signal;
    props.model.on("change:a", heard);
    throw new Error("x");
  };
  page.open("m", { default: { initialize } }, { a: 0 });
  await settle();
  page.registry.handle(updated("m", { a: 1 }));
  expect([signal?.aborted, heard.mock.calls.length]).toEqual([true, 0]);
});

test("a hook that throws because it was told to stop has not failed", async () => {
  const page = createPage();
  const stopped = (props: InitializeProps) =>
    new Promise((_, reject) => {
      props.signal.addEventListener("abort", () => reject(props.signal.reason));
    });
  page.open("a", { default: { initialize: stopped } });
  page.open("b", { default: { render: stopped } });
  const views = [page.show("a"), page.show("b")];
  await settle();
  page.define("next", fine);
  page.registry.handle(updated("a", {}, { module: { url: "modules/next.js", hash: "next" } }));
  await settle();
  expect(views[0]?.el.textContent).toBe("fine");
  for (const view of views) view.remove();
  page.registry.beginSnapshot([]);
  page.registry.endSnapshot();
  await settle();
  expect(page.reports).toEqual([]);
});

test("after a failed render one can try again", async () => {
  const page = createPage();
  let broken = true;
  const render = ({ el }: RenderProps) => {
    if (broken) throw new Error("x");
    el.append("fine");
  };
  page.open("m", { default: { render } });
  const view = page.show("m");
  await view.shown;
  broken = false;
  view.el.querySelector("button")?.click();
  await settle();
  expect(view.el.textContent).toBe("fine");
});

test("L3: a failed initialize shows in every view, later ones too, and one can try again", async () => {
  const page = createPage();
  let broken = true;
  const initialize = () => {
    if (broken) throw new Error("no data");
  };
  page.open("m", { default: { initialize, ...fine.default } }, { a: 0 });
  const first = page.show("m");
  await first.shown;
  const second = page.show("m");
  await second.shown;
  for (const view of [first, second]) expect(view.el.textContent).toContain("no data");
  page.registry.handle(updated("m", { a: 1 }));
  expect(page.registry.find("m")?.get("a")).toBe(1);
  broken = false;
  second.el.querySelector("button")?.click();
  await settle();
  expect([first.el.textContent, second.el.textContent]).toEqual(["fine", "fine"]);
  expect(page.reports).toHaveLength(1);
});

test("messages held for an initialize that never settles: the widget fails visibly, with a retry", async () => {
  const page = createPage();
  let stuck = true;
  const initialize = () => (stuck ? new Promise(() => {}) : undefined);
  page.open("m", { default: { initialize, ...fine.default } });
  const view = page.show("m");
  await settle();
  for (let n = 0; n <= 1000; n++) page.registry.handle(custom("m", n));
  await view.shown;
  expect(view.el.textContent).toContain("wait for an initialize() that has not ended");
  stuck = false;
  view.el.querySelector("button")?.click();
  await settle();
  expect(view.el.textContent).toBe("fine");
});

test("L5: a classic widget is named, in its place", async () => {
  const page = createPage();
  const state = {
    _model_module: "@jupyter-widgets/controls",
    _model_name: "IntSliderModel",
    _view_name: "IntSliderView",
  };
  page.registry.handle(opened("m", state));
  const view = page.show("m");
  await view.shown;
  expect(view.el.textContent).toContain(
    "needs classic ipywidgets runtime: @jupyter-widgets/controls.IntSliderModel",
  );
  expect(view.el.querySelector("button")).toBeNull();
});

test("what a message says is text, never markup", async () => {
  const page = createPage();
  const render = () => {
    throw new Error("<img src=x onerror=alert(1)>");
  };
  page.open("m", { default: { render } }, { _anywidget_id: "<b>x</b>" });
  const view = page.show("m");
  await view.shown;
  expect(view.el.querySelector("img, b")).toBeNull();
});

test("F12: a listener that throws is reported as the widget's", async () => {
  const page = createPage();
  const render = ({ model }: RenderProps) =>
    model.on("change:a", () => {
      throw new Error("in listener");
    });
  page.open("m", { default: { render } }, { a: 0 });
  await page.show("m").shown;
  page.registry.handle(updated("m", { a: 1 }));
  expect(page.reports).toMatchObject([{ phase: "listener", widget: "pkg.Widget" }]);
});

test("R5: when the kernel is gone a view keeps what it shows, and says that it is not alive", async () => {
  const page = createPage();
  page.open("m", fine);
  const before = page.show("m");
  await before.shown;
  page.registry.lose("killed");
  const after = page.show("m");
  await after.shown;
  for (const { el } of [before, after]) {
    const wrapper = el.querySelector(".anyhost-view");
    expect(wrapper?.textContent).toBe("fine");
    expect(wrapper?.getAttribute("aria-disabled")).toBe("true");
    expect(wrapper?.getAttribute("aria-description")).toContain("No longer connected to Python");
    expect(el.textContent).toContain("No longer connected to Python");
  }
  // A new kernel's model in the same place is alive.
  page.open("m", fine);
  await settle();
  expect(before.el.textContent).toBe("fine");
  expect(before.el.querySelector("[aria-disabled], [aria-description]")).toBeNull();
});

test("L3: code that could not be fetched is fetched again when the connection is back, other faults are not", async () => {
  const page = createPage();
  let network = false;
  const unreachable = () => {
    if (!network) throw new TypeError("Failed to fetch dynamically imported module: http://x/m.js");
    return fine;
  };
  const broken = vi.fn(() => {
    throw new SyntaxError("Unexpected token");
  });
  page.open("m", unreachable);
  page.open("broken", broken);
  const [view, other] = [page.show("m"), page.show("broken")];
  await Promise.all([view.shown, other.shown]);
  expect(view.el.textContent).toContain("Failed to fetch");
  network = true;
  page.registry.handleReconnect();
  await settle();
  expect(view.el.textContent).toBe("fine");
  expect(other.el.textContent).toContain("Unexpected token");
  expect(broken).toHaveBeenCalledOnce();
});
