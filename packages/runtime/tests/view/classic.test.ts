// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { Classic, ClassicPage, LoadClassic } from "../../src/index.ts";
import { opened, updated } from "../wire.ts";
import { createPage, settle, usePages, WIDGET } from "./page.ts";

usePages();

const CONTROL = {
  _model_module: "@jupyter-widgets/controls",
  _model_name: "IntSliderModel",
  _view_name: "IntSliderView",
  _dom_classes: ["theirs"],
  _view_count: 0,
  value: 3,
};

/** Front-end code that shows a value, and what it was asked for. */
function fake() {
  const asked: string[] = [];
  let page: ClassicPage | undefined;
  const classic: Classic = {
    style: ".control { color: teal }",
    async define(model) {
      asked.push(model.id);
      return {
        render({ model: proxy, el }) {
          const show = () => {
            el.textContent = `value ${proxy.get("value")}`;
          };
          proxy.on("change:value", show);
          show();
        },
      };
    },
  };
  const load = vi.fn<LoadClassic>(async (given) => {
    page = given;
    return classic;
  });
  return { load, asked, page: () => page as ClassicPage };
}

test("code for classic models is loaded once, when the first of them opens", async () => {
  const { load, asked } = fake();
  const page = createPage({ classic: load });
  for (const [id, module, name] of [
    ["layout", "@jupyter-widgets/base", "LayoutModel"],
    ["style", "@jupyter-widgets/controls", "SliderStyleModel"],
    ["box", "@jupyter-widgets/controls", "VBoxModel"],
    ["output", "@jupyter-widgets/output", "OutputModel"],
  ]) {
    page.registry.handle(opened(id as string, { _model_module: module, _model_name: name }));
  }
  page.open("any", { default: {} });
  await settle();
  expect(load).not.toHaveBeenCalled();
  page.registry.handle(opened("one", CONTROL));
  page.registry.handle(opened("two", { ...CONTROL, _model_module: "bqplot" }));
  await settle();
  expect(load).toHaveBeenCalledOnce();
  expect(asked).toEqual(["one", "two"]);
});

test("a classic model has views as any other, and sees to their outside and their count itself", async () => {
  const { load } = fake();
  const page = createPage({ classic: load });
  page.registry.handle(opened("m", CONTROL));
  const [one, two] = [page.show("m"), page.show("m")];
  await settle();
  page.registry.handle(updated("m", { value: 4 }));
  expect([one.el.textContent, two.el.textContent]).toEqual(["value 4", "value 4"]);
  expect(one.el.querySelector(".theirs")).toBeNull();
  expect(page.connection.updates).toEqual([]);
  two.remove();
  await settle();
  expect(two.el.childElementCount).toBe(0);
});

test("what could not be loaded is said by the widget's name, and loaded with the next attempt", async () => {
  const { load } = fake();
  load.mockRejectedValueOnce(new Error("offline"));
  const page = createPage({ classic: load });
  page.registry.handle(opened("m", CONTROL));
  const view = page.show("m");
  await settle();
  expect(view.el.textContent).toContain("IntSlider could not be loaded");
  view.el.querySelector("button")?.click();
  await settle();
  expect(view.el.textContent).toBe("value 3");
});

test("a box of ours shows both kinds, and an anywidget shows a classic one (D8)", async () => {
  const { load } = fake();
  const page = createPage({ classic: load });
  page.registry.handle(opened("m", CONTROL));
  page.open("any", {
    default: {
      async render({
        el,
        host,
      }: {
        el: HTMLElement;
        host: { getWidget(reference: string): Promise<Shown> };
      }) {
        const child = await host.getWidget("anywidget:m");
        await child.render({ el });
      },
    },
  });
  const children = ["IPY_MODEL_m", "IPY_MODEL_any"];
  page.registry.handle(
    opened("box", { _model_module: CONTROL._model_module, _model_name: "HBoxModel", children }),
  );
  const view = page.show("box");
  await settle();
  const slots = [...view.el.querySelectorAll(".anyhost-slot")];
  expect(slots.map((slot) => slot.textContent)).toEqual(["value 3", "value 3"]);
});

interface Shown {
  render(options: { el: HTMLElement }): Promise<void>;
}

test("it is told which models the runtime draws, and which there are", async () => {
  const { load, page: given } = fake();
  const page = createPage({ classic: load });
  page.registry.handle(
    opened("layout", { _model_module: "@jupyter-widgets/base", _model_name: "LayoutModel" }),
  );
  page.open("any", { default: {} }, WIDGET);
  page.registry.handle(opened("m", CONTROL));
  await settle();
  const models = given().openModels();
  expect(models.map((model) => [model.id, given().draws(model)])).toEqual([
    ["layout", false],
    ["any", true],
    ["m", false],
  ]);
});
