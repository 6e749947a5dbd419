// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { dependencies } from "../package.json";
import { SHARED } from "../src/shared.ts";

test("what is shared has the version that is installed", () => {
  const installed: Record<string, string> = dependencies;
  for (const [name, { version, module }] of SHARED) {
    expect([name, version]).toEqual([name, installed[name]]);
    expect(Object.keys(module).length).toBeGreaterThan(0);
  }
});
