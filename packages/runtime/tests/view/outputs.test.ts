// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { OutputRecord } from "../../src/index.ts";
import type { RenderProps } from "../../src/view/afm.ts";
import { opened, updated } from "../wire.ts";
import { createPage, settle, usePages } from "./page.ts";

usePages();

const output = (outputs: unknown) => ({
  _model_module: "@jupyter-widgets/output",
  _model_name: "OutputModel",
  _view_name: "OutputView",
  outputs,
});
const view = (modelId: string) => ({
  output_type: "display_data",
  data: {
    "text/plain": "a widget",
    "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 1, model_id: modelId },
  },
});

test("an Output shows its text and widgets on a page that has no outputs of its own", async () => {
  const page = createPage();
  let removed = 0;
  page.open("w", {
    default: {
      render: ({ el }: RenderProps) => {
        el.append("widget");
        return () => void removed++;
      },
    },
  });
  page.registry.handle(
    opened("out", output([{ output_type: "stream", name: "stdout", text: ["a", "b\n"] }, view("w")])),
  );
  const shown = page.show("out");
  await shown.shown;
  await settle();
  expect(shown.el.textContent).toContain("ab\nwidget");
  page.registry.handle(
    updated("out", { outputs: [{ output_type: "error", ename: "E", evalue: "bad", traceback: [] }, 7] }),
  );
  await settle();
  expect(shown.el.textContent).toContain("E: bad");
  expect(shown.el.textContent).not.toContain("widget");
  expect(removed).toBe(1);
});

test("a page may show outputs in its own way, for the life of the view", async () => {
  const lists: (readonly OutputRecord[])[] = [];
  const lives: AbortSignal[] = [];
  const page = createPage({
    showOutputs: (el, signal) => {
      lives.push(signal);
      return (outputs) => {
        lists.push(outputs);
        el.textContent = `${outputs.length} outputs`;
      };
    },
  });
  page.registry.handle(opened("out", output([])));
  const shown = page.show("out");
  await shown.shown;
  page.registry.handle(updated("out", { outputs: [{ output_type: "stream", name: "stdout", text: "a" }] }));
  expect(lists.map((list) => list.length)).toEqual([0, 1]);
  expect(shown.el.textContent).toContain("1 outputs");
  shown.remove();
  await settle();
  expect(lives.map((life) => life.aborted)).toEqual([true]);
});

test("D22: an Output that shows itself is refused", async () => {
  const page = createPage({
    // As a page does, whose outputs are elements that know nothing of where they are.
    showOutputs: (el, signal) => (outputs) => {
      for (const _ of outputs) {
        const inner = el.appendChild(document.createElement("div"));
        void page.registry.mount("out", inner, { signal });
      }
    },
  });
  page.registry.handle(opened("out", output([view("out")])));
  const shown = page.show("out");
  await shown.shown;
  await settle();
  expect(shown.el.textContent).toContain("circular: out > out");
});

test("L5: a container that has no front end says so by name", async () => {
  const page = createPage();
  for (const name of ["TabModel", "AccordionModel"]) {
    const state = { _model_module: "@jupyter-widgets/controls", _model_name: name, _view_name: "AView" };
    page.registry.handle(opened(name, { ...state, children: [] }));
    const shown = page.show(name);
    await shown.shown;
    expect(shown.el.textContent).toContain(
      `needs classic ipywidgets runtime: @jupyter-widgets/controls.${name}`,
    );
  }
});
