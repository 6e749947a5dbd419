// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { RecordedAnswers } from "../../src/static/answers.ts";

const [ONE, TWO, THREE] = [1, 2, 3].map((digit) => `${digit}0000000-1000-4000-8000-100000000000`) as [
  string,
  string,
  string,
];

beforeEach(() => document.body.replaceChildren());

function record(content: unknown, answer: unknown, buffers: string[] = []): void {
  const element = document.createElement("script");
  element.type = "application/json";
  element.dataset.anyhost = "answers";
  element.textContent = JSON.stringify([
    { type: "model", modelId: "m", commandId: 1, message: { method: "custom", content }, buffers },
    {
      op: "model-lifecycle",
      seq: 0,
      model_id: "m",
      message: { method: "custom", content: answer, buffers: ["AQI="], floats: [] },
    },
  ]);
  document.body.append(element);
}

function contents(found: ReturnType<RecordedAnswers["find"]>): unknown[] | undefined {
  return found?.map(({ message }) => (message.method === "custom" ? message.content : null));
}

test("the same question under another name gets the same answer under that", () => {
  record({ kind: "query", uuid: ONE, of: [{ uuid: TWO }] }, { result: 1, uuid: ONE, also: [TWO] });
  const answers = RecordedAnswers.take(document);
  expect(document.querySelectorAll("script")).toHaveLength(0);
  const asked = { of: [{ uuid: THREE }], uuid: TWO, kind: "query", nothing: undefined };
  expect(contents(answers.find("m", asked, []))).toEqual([{ result: 1, uuid: TWO, also: [THREE] }]);
  expect(answers.find("m", { ...asked, kind: "other" }, [])).toBeNull();
  expect(answers.find("other", asked, [])).toBeNull();
  expect(answers.find("m", { ...asked, uuid: THREE }, [])).toBeNull(); // there were two names, here is one
});

test("asked several times, it gets one answer after the other, and then the last one", () => {
  record("again", 1);
  record("again", 2);
  const answers = RecordedAnswers.take(document);
  expect([1, 2, 3].map(() => contents(answers.find("m", "again", [])))).toEqual([[1], [2], [2]]);
});

test("buffers are part of a question, and those of an answer are its own each time", () => {
  record("sum", 3, ["AQI="]);
  const answers = RecordedAnswers.take(document);
  expect(answers.find("m", "sum", [])).toBeNull();
  const ask = () => answers.find("m", "sum", [new DataView(new Uint8Array([1, 2]).buffer)])?.[0]?.message;
  const [first, second] = [ask(), ask()];
  expect(first).toEqual(second);
  expect(first?.method === "custom" && first.buffers[0]).not.toBe(
    second?.method === "custom" && second.buffers[0],
  );
});
