import type { ModelAck, ModelRequest } from "@anyhost/protocol";
import { expect, test } from "vitest";
import { Outcomes } from "../../src/dev/outcomes.ts";

const write = (...keys: string[]): ModelRequest => ({
  method: "update",
  state: Object.fromEntries(keys.map((key) => [key, 1])),
  bufferPaths: [],
  floats: [],
});

const answer = (state: ModelAck["state"], error: string | null = null): ModelAck => ({
  op: "model-ack",
  seq: 1,
  model_id: "m",
  command_id: 7,
  status: Object.keys(state).length ? "corrected" : "accepted",
  state,
  buffer_paths: [],
  buffers: [],
  floats: [],
  error,
});

test("a correction is told while its value stands, and no longer", () => {
  const outcomes = new Outcomes();
  outcomes.sent(7, "m", write("count"));
  outcomes.answered(answer({ count: 10 }));
  expect(outcomes.of("m", "count", 10)).toBe("Python holds 10");
  expect(outcomes.of("m", "count", 11)).toBe("");
  expect(outcomes.of("other", "count", 10)).toBe("");
});

test("the next write takes it away", () => {
  const outcomes = new Outcomes();
  outcomes.sent(7, "m", write("count"));
  outcomes.answered(answer({ count: 10 }, "TraitError: too large"));
  expect(outcomes.of("m", "count", 10)).toBe("Python holds 10: TraitError: too large");
  outcomes.sent(8, "m", write("count"));
  expect(outcomes.of("m", "count", 10)).toBe("");
});

test("what an observer raised is told at the one key that was written", () => {
  const outcomes = new Outcomes();
  outcomes.sent(7, "m", write("label"));
  outcomes.answered(answer({}, "ValueError: no"));
  expect(outcomes.of("m", "label", "x")).toBe("Python raised ValueError: no");
  outcomes.sent(7, "m", write("a", "b"));
  outcomes.answered(answer({}, "ValueError: no"));
  expect(outcomes.of("m", "a", 1)).toBe("");
});

test("a model that closes is forgotten, and an answer to a custom message is no outcome", () => {
  const outcomes = new Outcomes();
  outcomes.sent(7, "m", write("count"));
  outcomes.answered(answer({ count: 10 }));
  outcomes.forget("m");
  expect(outcomes.of("m", "count", 10)).toBe("");
  outcomes.sent(7, "m", { method: "custom", content: 1, floats: [] });
  outcomes.answered(answer({}, "ValueError: no"));
  expect(outcomes.of("m", "count", 10)).toBe("");
});
