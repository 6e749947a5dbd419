// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { explainInsecure, missingFeature } from "../src/insecure.ts";

function pageThat(isSecureContext: boolean) {
  const target = new EventTarget();
  const addEventListener = target.addEventListener.bind(target) as Window["addEventListener"];
  return { target, page: { isSecureContext, addEventListener } };
}

test.each([
  ["Cannot read properties of undefined (reading 'writeText')", "the clipboard"],
  ["crypto.randomUUID is not a function", "crypto.randomUUID"],
  ['can\'t access property "digest", crypto.subtle is undefined', "crypto.subtle"],
  ["Cannot read properties of undefined (reading 'getUserMedia')", "camera and microphone"],
  ["Cannot read properties of undefined (reading 'requestAdapter')", "WebGPU"],
  ["Cannot read properties of undefined (reading 'rows')", null],
])("%s", (failure, feature) => expect(missingFeature(failure)).toBe(feature));

test("it is said once, of whatever failure is heard of first", () => {
  const said: string[] = [];
  const { target, page } = pageThat(false);
  const hear = explainInsecure((text) => said.push(text), new AbortController().signal, page);
  hear(new TypeError("x is not a function"));
  expect(said).toEqual([]);
  target.dispatchEvent(
    Object.assign(new Event("unhandledrejection"), { reason: new TypeError("reading 'writeText'") }),
  );
  target.dispatchEvent(Object.assign(new Event("error"), { error: new Error("randomUUID"), message: "" }));
  hear(new Error("reading 'digest'"));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("needs the clipboard");
  expect(said[0]).toContain("https");
});

test("in a secure context nothing is said, and with the page's end nothing is heard", () => {
  const said: string[] = [];
  const secure = pageThat(true);
  explainInsecure(
    (text) => said.push(text),
    new AbortController().signal,
    secure.page,
  )(new Error("writeText"));
  const lifetime = new AbortController();
  const { target, page } = pageThat(false);
  explainInsecure((text) => said.push(text), lifetime.signal, page);
  lifetime.abort();
  target.dispatchEvent(Object.assign(new Event("error"), { error: new Error("writeText"), message: "" }));
  expect(said).toEqual([]);
});
