import { describe, expect, test } from "vitest";
import malformed from "../../../spec/malformed.json";
import {
  notificationFromJson,
  type Parse,
  ProtocolError,
  parseCommand,
  parseNotification,
  UnknownMessage,
} from "../src/index.ts";
import { bytesOf } from "./values.ts";

interface Case {
  whole: Record<string, unknown>;
  required: string[];
  wrong: Record<string, unknown>;
}

function change(whole: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const changed = structuredClone(whole);
  const keys = path.split(".");
  const field = keys.pop() as string;
  const holder = keys.reduce((inner, key) => inner[key] as Record<string, unknown>, changed);
  if (value === undefined) delete holder[field];
  else holder[field] = value;
  return changed;
}

function refusal(parse: Parse<unknown>, value: unknown): ProtocolError {
  try {
    parse(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return error as ProtocolError;
  }
  throw new Error(`was not refused: ${JSON.stringify(value)}`);
}

describe.each([
  ["Notification", parseNotification, malformed.Notification],
  ["Command", parseCommand, malformed.Command],
] as [string, Parse<unknown>, Case[]][])("%s", (_, parse, cases) => {
  test.each(cases.map((each) => [JSON.stringify(each.whole).slice(0, 90), each] as const))(
    "%s is refused when malformed, by naming field, expected and got",
    (_, { whole, required, wrong }) => {
      parse(whole);
      for (const path of required) {
        const error = refusal(parse, change(whole, path, undefined));
        expect([error.field, error.got]).toEqual([path, "nothing"]);
      }
      for (const [path, value] of Object.entries(wrong)) {
        const error = refusal(parse, change(whole, path, value));
        expect([error.field, error.got]).toEqual([path, JSON.stringify(value)]);
        expect(error.expected).not.toBe("");
        expect(error.expected).not.toContain("Invalid input");
        expect(error.message).toBe(`\`${path}\`: expected ${error.expected}, got ${error.got}`);
      }
    },
  );
});

test("an unknown op, and an unknown method, are unknown and not malformed", () => {
  expect(() => parseNotification({ op: "new" })).toThrow(UnknownMessage);
  const message = { op: "model-lifecycle", model_id: "m", message: { method: "new" } };
  expect(() => parseNotification(message)).toThrow(UnknownMessage);
  expect(refusal(parseNotification, { op: 5 })).not.toBeInstanceOf(UnknownMessage);
});

test("a field of tomorrow is ignored", () => {
  expect(parseNotification({ op: "pong", tomorrow: 1 })).toEqual({ op: "pong", seq: 0 });
});

test("the values of users pass through uncloned, and the given message is not changed", () => {
  const state = { deep: { list: [1] } };
  const given = {
    op: "model-lifecycle",
    model_id: "m",
    message: { method: "update", state, buffer_paths: [], buffers: [] },
  };
  const before = structuredClone(given);
  const parsed = parseNotification(given);
  expect(given).toEqual(before);
  if (parsed.op !== "model-lifecycle" || parsed.message.method !== "update")
    throw new Error("expected an update");
  expect(parsed.message.state).toBe(state);
});

test("in JSON alone binary is base64", () => {
  const message = { method: "custom", content: 1, buffers: ["AAE=", ""] };
  const parsed = notificationFromJson({ op: "model-lifecycle", model_id: "m", message });
  if (parsed.op !== "model-lifecycle" || parsed.message.method !== "custom")
    throw new Error("expected a custom");
  expect(parsed.message.buffers.map(bytesOf)).toEqual([[0, 1], []]);
  expect(message.buffers).toEqual(["AAE=", ""]);
});

test.each([[["*"]], [[5]]])("what is not base64 is refused: %j", (buffers) => {
  const message = { method: "custom", content: 1, buffers };
  expect(() => notificationFromJson({ op: "model-lifecycle", model_id: "m", message })).toThrow(
    "`buffers`: expected base64",
  );
});

test("the error for a huge text is short", () => {
  expect(
    refusal(parseNotification, { op: "refusal", error: { x: "x".repeat(10_000) } }).message.length,
  ).toBeLessThan(400);
});
