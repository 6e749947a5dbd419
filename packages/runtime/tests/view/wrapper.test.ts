// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { RenderProps } from "../../src/view/afm.ts";
import { closed, opened, updated } from "../wire.ts";
import { createPage, settle, usePages } from "./page.ts";

usePages();

const fine = { default: { render: ({ el }: RenderProps) => el.append("fine") } };

test("Q1, Q5: a layout is applied to the wrapper, live, and may be replaced by another", async () => {
  const page = createPage();
  page.registry.handle(opened("l", { width: "50%", grid_area: "a", height: null, _view_name: "LayoutView" }));
  page.registry.handle(opened("l2", { height: "9px" }));
  page.open("m", fine, { layout: "IPY_MODEL_l" });
  const view = page.show("m");
  await view.shown;
  const wrapper = view.el.firstElementChild as HTMLElement;
  expect(wrapper.style.width).toBe("50%");
  expect((wrapper.firstElementChild as HTMLElement).style.width).toBe("");
  page.registry.handle(updated("l", { width: null, height: "3px" }));
  expect([wrapper.style.width, wrapper.style.height]).toEqual(["", "3px"]);
  page.registry.handle(updated("m", { layout: "IPY_MODEL_l2" }));
  await settle();
  expect(wrapper.style.height).toBe("9px");
  page.registry.handle(updated("l", { height: "1px" }));
  expect(wrapper.style.height).toBe("9px");
});

test("Q2, Q3: classes, tooltip and tabbable, live", async () => {
  const page = createPage();
  page.open("m", fine, { _dom_classes: ["a", "not a token", "b"], tooltip: "x", tabbable: true });
  const view = page.show("m");
  await view.shown;
  const wrapper = view.el.firstElementChild as HTMLElement;
  expect([wrapper.className, wrapper.title, wrapper.tabIndex]).toEqual(["anyhost-view a b", "x", 0]);
  page.registry.handle(updated("m", { _dom_classes: ["b", "c"], tooltip: null, tabbable: false }));
  expect([wrapper.className, wrapper.title, wrapper.getAttribute("tabindex")]).toEqual([
    "anyhost-view b c",
    "",
    "-1",
  ]);
  page.registry.handle(updated("m", { tabbable: null }));
  expect(wrapper.hasAttribute("tabindex")).toBe(false);
});

test("Q4: views are counted and saved, for a widget that has asked", async () => {
  const page = createPage();
  page.open("m", fine, { _view_count: 0 });
  page.open("n", fine, { _view_count: null });
  const view = page.show("m");
  await Promise.all([view.shown, page.show("n").shown]);
  view.remove();
  await settle();
  expect(page.connection.sent.map(({ modelId, message }) => [modelId, message])).toMatchObject([
    ["m", { state: { _view_count: 1 } }],
    ["m", { state: { _view_count: 0 } }],
  ]);
});

const box = (children: string[], name = "HBoxModel") => ({
  _model_module: "@jupyter-widgets/controls",
  _model_name: name,
  _view_name: name.replace("Model", "View"),
  children: children.map((modelId) => `IPY_MODEL_${modelId}`),
});

test("boxes show their children; one that cannot be shown says so, and the rest works", async () => {
  const page = createPage();
  page.open("a", fine);
  page.registry.handle(opened("classic", { ...box([]), _model_name: "ButtonModel" }));
  page.registry.handle(opened("box", box(["a", "classic", "a"], "VBoxModel")));
  const view = page.show("box");
  await view.shown;
  await settle();
  const slots = [...view.el.querySelectorAll(".anyhost-vbox > .anyhost-slot")];
  expect(slots.map((slot) => slot.textContent?.slice(0, 20))).toEqual([
    "fine",
    "Button could not be ",
    "fine",
  ]);
});

test("a box's children change live: those that stay keep their elements", async () => {
  const page = createPage();
  for (const modelId of ["a", "b", "c"]) page.open(modelId, fine);
  page.registry.handle(opened("box", box(["a", "b"])));
  const view = page.show("box");
  await view.shown;
  await settle();
  const slots = () => [...view.el.querySelectorAll(".anyhost-slot")];
  const [a, b] = slots();
  page.registry.handle(updated("box", { children: ["IPY_MODEL_c", "IPY_MODEL_b"] }));
  await settle();
  expect(slots()[1]).toBe(b);
  expect(a?.isConnected).toBe(false);
  expect(slots().map((slot) => slot.textContent)).toEqual(["fine", "fine"]);
  page.registry.handle(closed("box"));
  await settle();
  expect(slots()).toEqual([]);
});

test("a box within itself is refused", async () => {
  const page = createPage();
  page.registry.handle(opened("a", box(["b"])));
  page.registry.handle(opened("b", box(["a"])));
  const view = page.show("a");
  await view.shown;
  await settle();
  expect(view.el.textContent).toContain("circular");
});
