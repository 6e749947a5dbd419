// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { showOutputs } from "../../src/app/output-widget.tsx";

test("what an Output has captured is drawn like the outputs of a cell, and keeps its DOM", async () => {
  const el = document.body.appendChild(document.createElement("div"));
  const life = new AbortController();
  const show = showOutputs(el, life.signal);
  const html = { output_type: "display_data", data: { "text/plain": "plain" }, metadata: {} };
  const error = { output_type: "error", ename: "ValueError", evalue: "two", traceback: ["line one"] };
  show([{ output_type: "stream", name: "stdout", text: "a\n" }, html, error]);
  await Promise.resolve();
  expect(el.querySelector("[data-stream=stdout]")?.textContent).toContain("a");
  expect(el.querySelector(".error summary")?.textContent).toContain("ValueError: two");
  const drawn = el.querySelector(".output[data-type]");
  expect(drawn?.textContent).toContain("plain");
  show([{ output_type: "stream", name: "stdout", text: "a\nb\n" }, html]);
  expect(el.querySelector("[data-stream=stdout]")?.textContent).toContain("b");
  expect(el.querySelector(".output[data-type]")).toBe(drawn);
  expect(el.querySelector(".error")).toBeNull();
  life.abort();
  expect(el.childElementCount).toBe(0);
});
