// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { defineAnyView } from "../src/any-view.ts";

interface Mounted {
  id: string;
  el: HTMLElement;
  signal: AbortSignal;
}

let defined = 0;

/** An element of its own for each test: a page can define a name once. */
function setUp() {
  const mounts: Mounted[] = [];
  const name = `any-view-${++defined}`;
  defineAnyView({ mount: async (id, el, { signal }) => void mounts.push({ id, el, signal }) }, name);
  const create = (id?: string) => {
    const view = document.createElement(name);
    if (id !== undefined) view.setAttribute("model-id", id);
    return view;
  };
  return { mounts, create };
}

afterEach(() => document.body.replaceChildren());

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("it mounts its model when it is connected, into itself (J10)", () => {
  const { mounts, create } = setUp();
  const view = create("m");
  expect(mounts).toEqual([]);
  document.body.append(view);
  expect(mounts.map(({ id, el }) => [id, el])).toEqual([["m", view]]);
});

test("moved within one task it keeps its view", async () => {
  const { mounts, create } = setUp();
  const [here, there] = [document.createElement("div"), document.createElement("div")];
  document.body.append(here, there);
  const view = create("m");
  here.append(view);
  there.append(view);
  view.remove();
  here.append(view);
  await settled();
  expect(mounts).toHaveLength(1);
  expect(mounts[0]?.signal.aborted).toBe(false);
});

test("taken out it ends its view, and put in again later it begins another", async () => {
  const { mounts, create } = setUp();
  const view = create("m");
  document.body.append(view);
  view.remove();
  await settled();
  expect(mounts[0]?.signal.aborted).toBe(true);
  document.body.append(view);
  expect(mounts).toHaveLength(2);
  expect(mounts[1]?.signal.aborted).toBe(false);
});

test("another model replaces the one before; the same one again changes nothing", () => {
  const { mounts, create } = setUp();
  const view = create("m");
  document.body.append(view);
  view.setAttribute("model-id", "m");
  expect(mounts).toHaveLength(1);
  view.setAttribute("model-id", "n");
  expect(mounts.map(({ id, signal }) => [id, signal.aborted])).toEqual([
    ["m", true],
    ["n", false],
  ]);
  view.removeAttribute("model-id");
  expect(mounts[1]?.signal.aborted).toBe(true);
});

test("without a model it waits for one", () => {
  const { mounts, create } = setUp();
  const view = create();
  document.body.append(view);
  view.setAttribute("model-id", "m");
  expect(mounts.map(({ id }) => id)).toEqual(["m"]);
});
