import { expect, test } from "vitest";
import * as runtime from "../src/index.ts";

test("what is public", () => {
  expect(Object.keys(runtime).sort()).toEqual([
    "KernelLost",
    "MessagesLost",
    "ModelClosed",
    "PythonError",
    "Registry",
    "handleModelLifecycle",
  ]);
});
