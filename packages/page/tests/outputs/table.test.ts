// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { drawBundle } from "../../src/outputs/draw.ts";
import { chooseRenderer } from "../../src/outputs/table.ts";

// KaTeX refuses to draw into a page in quirks mode, and happy-dom says that it is one.
Object.defineProperty(document, "compatMode", { value: "CSS1Compat" });
afterEach(() => document.body.replaceChildren());

async function draw(data: Record<string, unknown>, metadata: Record<string, unknown> = {}) {
  const el = document.createElement("div");
  document.body.append(el);
  await drawBundle({ data, metadata }, el, new AbortController().signal);
  return el;
}

describe("the choice", () => {
  test.each([
    [
      ["text/plain", "application/vnd.jupyter.widget-view+json", "text/html"],
      "application/vnd.jupyter.widget-view+json",
    ],
    [["text/plain", "text/html", "image/png"], "text/html"],
    [["text/plain", "image/png", "text/latex"], "text/latex"],
    [["text/plain", "image/png"], "image/png"],
    [["image/png", "image/svg+xml"], "image/svg+xml"],
    [["text/plain", "application/json"], "application/json"],
    [["text/plain", "application/vnd.unknown"], "text/plain"],
  ])("of %j", (types, chosen) => {
    expect(chooseRenderer(Object.fromEntries(types.map((type) => [type, "x"])))?.type).toBe(chosen);
  });

  test("a type that nothing can show is named", async () => {
    const el = await draw({ "application/x-own": {} });
    expect(el.textContent).toContain("application/x-own");
  });
});

describe("what is drawn", () => {
  test("a widget: its view, named by id alone (promise 1)", async () => {
    const el = await draw({ "application/vnd.jupyter.widget-view+json": { model_id: "m" } });
    expect(el.innerHTML).toBe('<any-view model-id="m"></any-view>');
  });

  test("a picture, at its size, that says what it is", async () => {
    const plain = "<Figure size 640x480 with 1 Axes>";
    const el = await draw({ "image/png": "AA\nBB", "text/plain": plain }, { "image/png": { width: 320 } });
    const image = el.querySelector("img");
    expect(image?.src).toBe("data:image/png;base64,AABB");
    expect([image?.width, image?.alt]).toEqual([320, "Figure size 640x480 with 1 Axes"]);
  });

  test("SVG without its namespace", async () => {
    const el = await draw({ "image/svg+xml": "<svg width='1'></svg>" });
    expect(decodeURIComponent(el.querySelector("img")?.src ?? "")).toContain("xmlns=");
  });

  test("HTML", async () => {
    const el = await draw({ "text/html": "<table class='dataframe'><tr><td>1</td></tr></table>" });
    expect(el.querySelector(".dataframe td")?.textContent).toBe("1");
  });

  test("plain text with its colours", async () => {
    const el = await draw({ "text/plain": "a \u001b[31mred\u001b[0m <b>" });
    expect(el.querySelector("pre")?.textContent).toBe("a red <b>\n");
    expect(el.querySelector("pre span span")?.textContent).toBe("red");
  });

  test("LaTeX: text with formulas in it, or one without delimiters", async () => {
    const mixed = await draw({ "text/latex": "so $x^2$ is" });
    expect(mixed.querySelectorAll(".katex")).toHaveLength(1);
    expect(mixed.textContent).toMatch(/^so .* is$/s);
    const bare = await draw({ "text/latex": "\\frac{1}{2}" });
    expect(bare.querySelectorAll(".math-display .katex")).toHaveLength(1);
  });

  test("JSON, level by level", async () => {
    const el = await draw({ "application/json": { a: { b: [1] }, c: "x" } });
    const [root, inner] = [...el.querySelectorAll("details")];
    expect(root?.open).toBe(true);
    expect(inner?.querySelector(".json-number")).toBeNull();
    if (inner) inner.open = true;
    inner?.dispatchEvent(new Event("toggle"));
    expect(inner?.textContent).toContain("b: [1]");
  });

  test("JavaScript runs with `element`", async () => {
    const el = await draw({ "application/javascript": "element.textContent = 'ran'" });
    expect(el.textContent).toBe("ran");
  });

  test("what a renderer throws is shown in its place, with the plain text (promise 9)", async () => {
    const el = await draw({ "application/javascript": "throw new Error('no')", "text/plain": "<obj>" });
    expect(el.textContent).toContain("could not be shown: no");
    expect(el.querySelector("pre")?.textContent).toBe("<obj>");
  });
});
