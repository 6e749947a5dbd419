// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Page } from "../../src/app/page.ts";
import { Desk } from "../../src/edit/desk.ts";
import type { Editing } from "../../src/edit/editing.ts";

let reachable = false;
vi.mock("../../src/edit/code-editor.ts", () => ({ CodeEditor: class {} }));
vi.mock("../../src/outputs/part.ts", async (original) => {
  const { loadPart } = await original<typeof import("../../src/outputs/part.ts")>();
  const fetched = (load: () => Promise<unknown>) => () =>
    reachable ? load() : Promise.reject(new TypeError("no"));
  return { loadPart: (load: () => Promise<unknown>, signal: AbortSignal) => loadPart(fetched(load), signal) };
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("an editor that does not come is said once, and asked for again by who needs it", async () => {
  const page = new Page({ mode: "edit", title: "" }, () => {});
  const lifetime = new AbortController();
  const desk = new Desk({} as Editing, page, lifetime.signal);
  const asked = [desk.loadEditor(), desk.loadEditor()];
  await vi.advanceTimersByTimeAsync(46_000);
  await Promise.all(asked);
  expect(desk.editor).toBeNull();
  expect(page.state.notices).toMatchObject([{ title: "The editor could not be loaded", times: 1 }]);
  reachable = true;
  await desk.loadEditor();
  expect(desk.editor).not.toBeNull();
  lifetime.abort();
});
