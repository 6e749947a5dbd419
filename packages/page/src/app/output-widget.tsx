/** What ipywidgets' `Output` has captured, drawn like the outputs of a cell. */

import type { OutputRecord, ShowOutputs } from "@anyhost/runtime";
import { render } from "preact";
import { ConsoleText } from "../console/text.ts";
import { MAX_OUTPUTS, modelOf, type Output } from "./notebook.ts";
import { Outputs } from "./outputs.tsx";

export const showOutputs: ShowOutputs = (el, signal) => {
  signal.addEventListener("abort", () => render(null, el), { once: true });
  return (records) => render(<Outputs outputs={outputsOf(records)} />, el);
};

/** Outputs with keys by which they keep their DOM: the model that one shows, or its place among its kind. */
export function outputsOf(records: readonly OutputRecord[]): Output[] {
  const counts = new Map<string, number>();
  const keyOf = (kind: string) => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return `${kind} ${count}`;
  };
  return records.slice(0, MAX_OUTPUTS).map((record) => {
    switch (record.output_type) {
      case "stream": {
        const stream = record.name === "stderr" ? "stderr" : "stdout";
        const text = new ConsoleText();
        text.write(textOf(record.text));
        return { kind: "console", key: keyOf(stream), stream, callback: false, text, version: 0 };
      }
      case "error": {
        const traceback = Array.isArray(record.traceback) ? record.traceback.map(String) : [];
        const [name, value] = [String(record.ename), String(record.evalue)];
        return {
          kind: "error",
          key: keyOf("error"),
          name,
          value,
          traceback,
          line: null,
          callback: false,
          times: 1,
          cells: {},
        };
      }
      default: {
        const [data, metadata] = [dictOf(record.data), dictOf(record.metadata)];
        const model = modelOf(data);
        const key = keyOf(model === null ? "data" : `model ${model}`);
        return { kind: "data", key, data, metadata, displayId: null };
      }
    }
  });
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value ?? "");
}

function dictOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
