// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { Resizes } from "../../src/view/resizes.ts";

afterEach(() => vi.unstubAllGlobals());

test("Q6: when a view's own width changes the window is told, once for all; of its first size it is not", () => {
  let notify: (entries: object[]) => void = () => {};
  const disconnect = vi.fn();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      disconnect = disconnect;
      observe = vi.fn();
      constructor(callback: typeof notify) {
        notify = callback;
      }
    },
  );
  const life = new AbortController();
  const resizes = new Resizes(life.signal);
  const [a, b] = [document.createElement("div"), document.createElement("div")];
  resizes.observe(a);
  const resized = vi.fn();
  window.addEventListener("resize", resized);
  const entry = (target: Element, width: number, height: number) => ({
    target,
    contentRect: { width, height },
  });
  notify([entry(a, 0, 0), entry(b, 100, 1)]);
  notify([entry(b, 100.2, 50)]);
  expect(resized).not.toHaveBeenCalled();
  notify([entry(a, 300, 0), entry(b, 200, 50)]);
  expect(resized).toHaveBeenCalledTimes(1);
  life.abort();
  expect(disconnect).toHaveBeenCalled();
});
