// @vitest-environment happy-dom
import type { ClassicPage } from "@anyhost/runtime";
import { expect, test, vi } from "vitest";
import { ClassicManager } from "../src/manager.ts";
import { ClassicModules } from "../src/modules.ts";

test("an object that a package gives a comm by hand, as pythreejs does, is one that only this page has", async () => {
  const modules = new ClassicModules(() => Promise.reject(new Error("there is none")));
  const manager = new ClassicManager({} as ClassicPage, modules, () => {});
  const comm = await manager._create_comm(manager.comm_target_name, "made-here");
  expect([comm.target_name, comm.comm_id]).toEqual(["jupyter.widget", "made-here"]);
  const status = vi.fn();
  comm.send({ method: "update", state: { x: 1 } }, { iopub: { status } });
  await vi.waitFor(() => expect(status).toHaveBeenCalledWith({ content: { execution_state: "idle" } }));
});
