import { expect, test } from "vitest";
import { type Cell, newCell, type Phase } from "../../src/app/notebook.ts";
import { fileSaid, runsSaid } from "../../src/edit/said.ts";

const cells = (...phases: Phase[]): Cell[] =>
  phases.map((phase, index) => ({ ...newCell(String(index), "code", ""), phase }));

test.each([
  [cells("idle", "running"), cells("idle", "ok"), "Cell 2 has run."],
  [cells("running", "queued"), cells("ok", "queued"), ""],
  [cells("running", "queued"), cells("ok", "ok"), "The cells have run."],
  [cells("running"), cells("error"), ""],
  [cells("ok"), cells("ok"), ""],
])("runs are told of when all of them are over", (before, after, words) => {
  expect(runsSaid(before, after)).toBe(words);
});

test("the file is told of when it cannot be saved, and when it can again", () => {
  const saved = { status: "saved", detail: "" } as const;
  const failed = { status: "failed", detail: "the disk is full" } as const;
  expect(fileSaid(saved, { ...saved, status: "unsaved" })).toBe("");
  expect(fileSaid(saved, failed)).toBe("The notebook could not be saved. The disk is full.");
  expect(fileSaid(failed, saved)).toBe("The notebook is saved again.");
  expect(fileSaid(saved, { ...saved, status: "conflict" })).toContain("Choose which version to keep");
});
