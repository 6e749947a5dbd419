import { expect, test } from "vitest";
import { Problems } from "../../src/dev/problems.ts";

const OWN = "http://127.0.0.1/assets/";

function thrown(message: string, ...frames: string[]): Error {
  const error = new Error(message);
  error.stack = [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

test("a stack names the author's files and not our page's", () => {
  const problems = new Problems(OWN);
  const frames = [
    "draw (anyhost:///w.js:3:5)",
    `View.render (${OWN}index.js:1:2)`,
    "render (anyhost:///w.js:9:1)",
  ];
  problems.add("render", thrown("on purpose", ...frames));
  expect(problems.list[0]).toMatchObject({
    phase: "render",
    text: "Error: on purpose",
    stack: "at draw (anyhost:///w.js:3:5)\nat render (anyhost:///w.js:9:1)",
  });
});

test("an error that is all ours, or none at all, has its words only", () => {
  const problems = new Problems(OWN);
  problems.add("message", thrown("too large", `send (${OWN}index.js:1:2)`));
  problems.add("uncaught", "a string");
  expect(problems.list.map(({ text, stack }) => [text, stack])).toEqual([
    ["a string", ""],
    ["Error: too large", ""],
  ]);
});

test("what is kept is bounded (promise 8)", () => {
  const problems = new Problems(OWN);
  for (let count = 0; count < 60; count++) problems.add("listener", new Error(String(count)));
  expect(problems.list).toHaveLength(50);
  expect(problems.list[0]?.text).toBe("Error: 59");
  problems.clear();
  expect(problems.list).toEqual([]);
});
