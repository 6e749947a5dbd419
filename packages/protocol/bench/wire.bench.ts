/** `make micro`: bytes into messages, values into requests, and base64. */
import { bench, describe } from "vitest";
import { fromBase64, toBase64 } from "../src/base64.ts";
import { FrameReader, takeState } from "../src/index.ts";

const update = JSON.stringify({
  op: "model-lifecycle",
  seq: 1,
  model_id: "m",
  message: { method: "update", state: { value: 1 }, buffer_paths: [], buffers: [] },
});

describe("frames", () => {
  const reader = new FrameReader(2 ** 30);
  bench("a small notification is read and checked", () => {
    reader.text(update);
  });
});

describe("a state on its way to Python", () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => index / 7);
  const records = Array.from({ length: 1_000 }, (_, x) => ({ x, name: `row ${x}`, data: new Uint8Array(8) }));
  bench("100,000 numbers", () => {
    takeState({ numbers });
  });
  bench("1,000 records, each with binary", () => {
    takeState({ records });
  });
});

describe("base64 of 1 MB", () => {
  const bytes = new Uint8Array(1_000_000).map((_, index) => index);
  const text = toBase64(bytes);
  bench("encode", () => {
    toBase64(bytes);
  });
  bench("decode", () => {
    fromBase64(text);
  });
});
