// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { InitializeProps, RenderProps } from "../../src/view/afm.ts";
import { closed, code, custom, opened, updated } from "../wire.ts";
import { createPage, deferred, settle, usePages, WIDGET } from "./page.ts";

usePages();

test("A21, B1, B4: initialize runs once at open, before any render; each view has its own element and signal", async () => {
  const page = createPage();
  const calls: string[] = [];
  const renders: RenderProps[] = [];
  const definition = {
    initialize: async () => {
      calls.push("initialize");
      await Promise.resolve();
      calls.push("settled");
    },
    render: (props: RenderProps) => {
      calls.push("render");
      renders.push(props);
    },
  };
  page.open("m", { default: definition });
  await settle();
  expect(calls).toEqual(["initialize", "settled"]);
  await Promise.all([page.show("m").shown, page.show("m").shown]);
  expect(calls).toEqual(["initialize", "settled", "render", "render"]);
  expect(renders[0]?.el).not.toBe(renders[1]?.el);
  expect(renders[0]?.signal).not.toBe(renders[1]?.signal);
});

test("B2, B3, B8, B9, C9, D1: what the hooks are given", async () => {
  const page = createPage();
  const initialize = vi.fn();
  const seen: unknown[] = [];
  const render = vi.fn(
    ({ el }: RenderProps) => void seen.push(el.isConnected, el.tagName, el.childNodes.length),
  );
  page.open("m", { default: { initialize, render } });
  await page.show("m").shown;
  expect(Object.keys(initialize.mock.calls[0]?.[0]).sort()).toEqual(["experimental", "model", "signal"]);
  expect(Object.keys(render.mock.calls[0]?.[0] ?? {}).sort()).toEqual([
    "el",
    "experimental",
    "host",
    "model",
    "signal",
  ]);
  expect(seen).toEqual([true, "DIV", 0]);
  expect(render.mock.calls[0]?.[0].signal).toBeInstanceOf(AbortSignal);
});

test("E1, E2: a widget reaches AFM's members and nothing else, and they work unbound", async () => {
  const page = createPage();
  let props: InitializeProps | undefined;
  const initialize = (given: InitializeProps) => {
    props = given;
  };
  page.open("m", { default: { initialize } }, { a: 1 });
  await settle();
  const { get, set, save_changes, send, on, off, widget_manager, ...rest } = props?.model ?? expect.fail();
  expect(rest).toEqual({});
  expect(Object.keys(widget_manager).sort()).toEqual(["create_view", "get_model"]);
  expect(Object.keys(props?.experimental ?? {})).toEqual(["invoke"]);
  const heard = vi.fn();
  on("change:a", heard);
  expect(set("a", 2)).toBeUndefined();
  set({ a: 3 }); // E8
  save_changes();
  expect(heard.mock.calls.map((args) => args[0])).toEqual([props?.model, props?.model]);
  off();
  set("a", 4);
  expect(get("a")).toBe(4);
  send({ x: 1 }, {}, [new Uint8Array([1, 2]).subarray(1)]); // H2, H3
  expect(heard).toHaveBeenCalledTimes(2);
  expect(page.connection.updates).toEqual([{ a: 3 }]);
  expect(page.connection.customs).toEqual([{ x: 1 }]);
  expect(page.connection.sent[1]?.buffers[0]?.byteLength).toBe(1);
});

test("A6, A7, E19, F14: a factory is called once for each model; all scopes share values", async () => {
  const page = createPage();
  const factory = vi.fn(async () => {
    const heard: unknown[] = [];
    return {
      initialize: ({ model }: InitializeProps) => model.on("change:a", () => heard.push(model.get("a"))),
      render: ({ model, el }: RenderProps) => {
        model.on("change:a", () => heard.push(model.get("a")));
        el.append(String(heard.length));
        model.set("a", Number(model.get("a")) + 1);
        el.append(String(heard.length));
      },
    };
  });
  page.open("m", { default: factory }, { a: 0 });
  const [one, two] = [page.show("m"), page.show("m")];
  await Promise.all([one.shown, two.shown]);
  expect(factory).toHaveBeenCalledTimes(1);
  expect(factory).toHaveBeenCalledWith();
  expect([one.el.textContent, two.el.textContent]).toEqual(["02", "25"]);
});

test("F13: a view hears no events for what was set before it", async () => {
  const page = createPage();
  const heard = vi.fn();
  page.open("m", { default: { render: ({ model }: RenderProps) => model.on("change:a", heard) } }, { a: 0 });
  page.registry.handle(updated("m", { a: 1 }));
  await page.show("m").shown;
  await page.show("m").shown;
  expect(heard).not.toHaveBeenCalled();
});

test("A13, B11: without render, or without a view, the element stays empty and nothing is wrong", async () => {
  const page = createPage();
  page.open("a", { default: {} });
  page.registry.handle(opened("layout", { _model_module: "@jupyter-widgets/base", _view_name: null }));
  const views = [page.show("a"), page.show("layout")];
  await Promise.all(views.map((view) => view.shown));
  expect(views.map((view) => view.el.textContent)).toEqual(["", ""]);
  expect(page.reports).toEqual([]);
});

test("B14, H7: an initialize may take as long as it likes; nothing is lost meanwhile", async () => {
  vi.useFakeTimers();
  const page = createPage();
  const long = deferred();
  const heard: unknown[] = [];
  const initialize = async ({ model }: InitializeProps) => {
    await long.promise;
    model.on("msg:custom", (content) => heard.push([content, model.get("a")]));
  };
  page.open("m", { default: { initialize, render: ({ el }: RenderProps) => el.append("here") } }, { a: 0 });
  const view = page.show("m");
  page.registry.handle(updated("m", { a: 1 }));
  page.registry.handle(custom("m", "x"));
  page.registry.handle(updated("m", { a: 2 }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([heard, view.el.textContent]).toEqual([[], ""]);
  long.resolve(null);
  await view.shown;
  expect(heard).toEqual([["x", 1]]);
  expect(page.registry.find("m")?.get("a")).toBe(2);
  expect(view.el.textContent).toBe("here");
});

test("B12: a model that closes while initialize is pending: signal aborted, late cleanup once, no render", async () => {
  const page = createPage();
  const long = deferred();
  const cleanup = vi.fn();
  const render = vi.fn();
  let signal: AbortSignal | undefined;
  const initialize = async (props: InitializeProps) => {
    signal = props.signal;
    await long.promise;
    expect(props.signal.aborted).toBe(true);
    return cleanup;
  };
  page.open("m", { default: { initialize, render } });
  const view = page.show("m");
  await settle();
  page.registry.handle(closed("m"));
  await settle();
  expect(signal?.reason).toBeInstanceOf(DOMException);
  long.resolve(null);
  await settle();
  expect(cleanup).toHaveBeenCalledTimes(1);
  expect(render).not.toHaveBeenCalled();
  view.remove();
});

test("B13: a view that goes while render is pending: signal aborted, late cleanup once, listeners gone", async () => {
  const page = createPage();
  const long = deferred();
  const cleanup = vi.fn();
  const heard = vi.fn();
  const render = async ({ model }: RenderProps) => {
    model.on("change:a", heard);
    await long.promise;
    model.on("change:a", heard);
    return cleanup;
  };
  page.open("m", { default: { render } }, { a: 0 });
  const view = page.show("m");
  await settle();
  view.remove();
  await settle();
  long.resolve(null);
  await settle();
  page.registry.handle(updated("m", { a: 1 }));
  expect(cleanup).toHaveBeenCalledTimes(1);
  expect(heard).not.toHaveBeenCalled();
});

test("B6, B7: what initialize and render return", async () => {
  const page = createPage();
  for (const result of [undefined, null, 1, "x", { a: 1 }, [1], new Map()]) {
    page.open(`m${String(result)}`, { default: { initialize: () => result, render: () => result } });
  }
  await settle();
  for (const modelId of page.registry.modelIds) await page.show(modelId).shown;
  page.close();
  await settle();
  expect(page.reports).toEqual([]);
});

test("C3, C5, C10: a view ends in order: abort, cleanup with the DOM intact, listeners, DOM", async () => {
  const page = createPage();
  const log: unknown[] = [];
  const long = deferred();
  const render = ({ model, el, signal }: RenderProps) => {
    el.append("content");
    model.on("change:a", () => log.push("heard"));
    signal.addEventListener("abort", () => log.push(["abort", el.isConnected, el.textContent]));
    return async () => {
      log.push(["cleanup", el.isConnected, el.textContent]);
      model.set("a", 1);
      await long.promise;
    };
  };
  page.open("m", { default: { render } }, { a: 0 });
  const view = page.show("m");
  await view.shown;
  view.remove();
  expect(log).toEqual([["abort", true, "content"], ["cleanup", true, "content"], "heard"]);
  await settle();
  expect(view.el.textContent).toBe("content");
  long.resolve(null);
  await settle();
  expect(view.el.childNodes).toHaveLength(0);
  page.registry.handle(updated("m", { a: 2 }));
  page.registry.handle(closed("m"));
  await settle();
  expect(log).toHaveLength(3);
});

test("C4: a cleanup that throws, or never ends, is reported and does not stop the others", async () => {
  vi.useFakeTimers();
  const page = createPage();
  const initCleanup = vi.fn();
  const cleanups = [
    () => {
      throw new Error("sync");
    },
    async () => {
      throw new Error("async");
    },
    () => new Promise(() => {}),
  ];
  page.open("m", { default: { initialize: () => initCleanup, render: () => cleanups.shift() } });
  for (let n = 0; n < 3; n++) await page.show("m").shown;
  page.registry.handle(closed("m"));
  await vi.advanceTimersByTimeAsync(4999);
  expect(initCleanup).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(initCleanup).toHaveBeenCalledTimes(1);
  expect(page.reports.map(({ phase, error }) => [phase, (error as Error).name])).toEqual([
    ["cleanup", "Error"],
    ["cleanup", "Error"],
    ["cleanup", "TimeoutError"],
  ]);
});

test("C1, C2, C6, C8: when a model closes its views end first, then initialize; reasons are errors", async () => {
  const page = createPage();
  const log: string[] = [];
  const scope = (name: string) => (props: InitializeProps) => {
    props.signal.addEventListener("abort", () => {
      expect(props.signal.reason).toBeInstanceOf(DOMException);
      log.push(`${name} abort`);
    });
    return () => void log.push(`${name} cleanup`);
  };
  page.open("m", { default: { initialize: scope("initialize"), render: scope("render") } });
  await page.show("m").shown;
  page.registry.handle(closed("m"));
  await settle();
  expect(log).toEqual(["render abort", "render cleanup", "initialize abort", "initialize cleanup"]);
});

test("C7: after close no listener fires, those of initialize included", async () => {
  const page = createPage();
  const heard = vi.fn();
  let model: InitializeProps["model"] | undefined;
  const hook = (props: InitializeProps) => {
    model = props.model;
    props.model.on("change:a change msg:custom", heard);
  };
  page.open("m", { default: { initialize: hook, render: hook } }, { a: 0 });
  await page.show("m").shown;
  page.registry.handle(closed("m"));
  model?.set("a", 1);
  model?.save_changes();
  await settle();
  model?.set("a", 2);
  expect(heard).not.toHaveBeenCalled();
  expect(page.connection.sent).toEqual([]);
});

test("B15, F8: one view's end, and its off(), leave the others alone", async () => {
  const page = createPage();
  const heard: number[] = [];
  let view = 0;
  const render = ({ model }: RenderProps) => {
    const mine = view++;
    model.on("change:a", () => heard.push(mine));
    if (mine === 2) model.off();
  };
  page.open("m", { default: { render } }, { a: 0 });
  const views = [page.show("m"), page.show("m"), page.show("m")];
  await Promise.all(views.map(({ shown }) => shown));
  views[0]?.remove();
  await settle();
  page.registry.handle(updated("m", { a: 1 }));
  expect(heard).toEqual([1]);
});

test("D13, lessons 21: a view waits for its model, says so after 10 s, and shows it when it comes", async () => {
  vi.useFakeTimers();
  const page = createPage();
  const view = page.show("m");
  await vi.advanceTimersByTimeAsync(9999);
  expect(view.el.textContent).toBe("");
  await vi.advanceTimersByTimeAsync(1);
  await view.shown;
  expect(view.el.textContent).toContain("Waiting for the widget m");
  expect(view.el.querySelector("[role=status]")).not.toBeNull();
  page.open("m", { default: { render: ({ el }: RenderProps) => el.append("here") } });
  await vi.advanceTimersByTimeAsync(0);
  expect(view.el.textContent).toBe("here");
});

test("a model that closes leaves its place empty, and shows there again when it opens again", async () => {
  const page = createPage();
  const definition = { default: { render: ({ el, model }: RenderProps) => el.append(model.get("a")) } };
  page.open("m", definition, { a: "one" });
  const view = page.show("m");
  await view.shown;
  page.registry.handle(closed("m"));
  await settle();
  expect(view.el.textContent).toBe("");
  page.open("m", definition, { a: "two" });
  await settle();
  expect(view.el.textContent).toBe("two");
});

test("B9: an element that is not in the document yet is waited for", async () => {
  vi.useFakeTimers();
  const page = createPage();
  const connected: boolean[] = [];
  page.open("m", { default: { render: ({ el }: RenderProps) => void connected.push(el.isConnected) } });
  const el = document.createElement("div");
  void page.registry.mount("m", el, { signal: new AbortController().signal });
  await vi.advanceTimersByTimeAsync(100);
  expect(connected).toEqual([]);
  document.body.append(el);
  await vi.advanceTimersByTimeAsync(20);
  expect(connected).toEqual([true]);
});

test("R1: no initialize before the end of a snapshot; views that wait are shown then", async () => {
  const page = createPage();
  const initialize = vi.fn();
  const view = page.show("m");
  page.registry.beginSnapshot(["m"]);
  page.open("m", { default: { initialize, render: ({ el }: RenderProps) => el.append("here") } });
  await settle();
  expect(initialize).not.toHaveBeenCalled();
  page.registry.endSnapshot(3);
  await view.shown;
  expect([initialize.mock.calls.length, view.el.textContent]).toEqual([1, "here"]);
});

test("R2: a snapshot of a known model does not run initialize again", async () => {
  const page = createPage();
  const initialize = vi.fn();
  const heard = vi.fn();
  const render = ({ model }: RenderProps) => model.on("change:a", heard);
  page.open("m", { default: { initialize, render } }, { a: 0 });
  await page.show("m").shown;
  page.registry.beginSnapshot(["m"]);
  page.registry.handle(opened("m", { ...WIDGET, a: 1 }, { module: code("m") }));
  page.registry.endSnapshot(5);
  await settle();
  expect([initialize.mock.calls.length, heard.mock.calls.length]).toEqual([1, 1]);
});

test("a gap binds a model anew: cleanup, initialize, render, with the same module", async () => {
  const page = createPage();
  const log: string[] = [];
  const initialize = () => {
    log.push("initialize");
    return () => void log.push("cleanup");
  };
  page.open("m", { default: { initialize, render: () => void log.push("render") } });
  await page.show("m").shown;
  page.registry.handleGap(["m"]);
  await settle();
  expect(log).toEqual(["initialize", "render", "cleanup", "initialize", "render"]);
  expect(page.imports).toEqual(["/base/modules/m.js"]);
});

test("I15, I17: invoke is there in both hooks, and outlives the view that asked", async () => {
  const page = createPage();
  let answer: Promise<unknown> | undefined;
  const render = ({ experimental }: RenderProps) => {
    answer = experimental.invoke("add", 1);
  };
  page.open("m", { default: { render } });
  const view = page.show("m");
  await view.shown;
  view.remove();
  await settle();
  const [{ id }] = page.connection.customs;
  page.registry.handle(custom("m", { id, kind: "anywidget-command-response", response: 2 }));
  expect(await answer).toEqual([2, []]);
});

test("initialize may ask Python and wait for the answer", async () => {
  const page = createPage();
  const initialize = async ({ experimental, model }: InitializeProps) => {
    const [response] = await experimental.invoke<string>("name");
    model.set("name", response);
  };
  page.open("m", { default: { initialize } });
  await settle();
  const [{ id }] = page.connection.customs;
  page.registry.handle(custom("m", { id, kind: "anywidget-command-response", response: "x" }));
  await settle();
  expect(page.registry.find("m")?.get("name")).toBe("x");
});

test("H10: focus and blur", async () => {
  const page = createPage();
  const render = ({ el }: RenderProps) => {
    el.tabIndex = 0;
    el.id = "target";
  };
  page.open("m", { default: { render } });
  await page.show("m").shown;
  page.registry.handle(custom("m", { do: "focus" }));
  expect(document.activeElement?.id).toBe("target");
  page.registry.handle(custom("m", null));
  page.registry.handle(custom("m", { do: "blur" }));
  expect(document.activeElement?.id).not.toBe("target");
});

test("promise 10: a hundred mounts and unmounts leave no listener and no element", async () => {
  const page = createPage();
  const render = ({ model, el }: RenderProps) => {
    el.append("x");
    model.on("change:a change", () => {});
  };
  page.open("m", { default: { render } }, { a: 0, layout: "IPY_MODEL_l", tooltip: "x" });
  page.registry.handle(opened("l", { width: "1px" }));
  page.registry.handle(updated("m", {}, { style: { url: "", hash: "s", text: ".x {}" } }));
  await settle();
  for (let n = 0; n < 100; n++) {
    const view = page.show("m");
    await view.shown;
    view.remove();
    await settle();
    expect(view.el.childNodes).toHaveLength(0);
  }
  expect(page.registry.find("m")?.events.size).toBe(0);
  expect(page.registry.find("l")?.events.size).toBe(0);
  expect(document.adoptedStyleSheets).toHaveLength(0);
});
