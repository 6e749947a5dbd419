/**
 * What Python said while the page was exported, to the same questions (`src/anyhost/export/answers.py`).
 *
 * A question names itself by a UUID, which differs each time: two are the same when everything else is. Asked
 * again, it gets what it got then, under its new name; a question that was asked several times gets one answer after
 * the other, and then the last one.
 */

import { type ModelLifecycle, notificationFromJson, toBase64 } from "@anyhost/protocol";
import { takeData } from "./inline.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Question {
  readonly key: string;
  /** The UUIDs in it, in the order of the text. */
  readonly names: readonly string[];
}

interface Recorded {
  readonly names: readonly string[];
  readonly answers: readonly ModelLifecycle[];
}

/** A custom message as a command has it in JSON. */
interface AskedInJson {
  readonly modelId: string;
  readonly message: { readonly content: unknown };
  readonly buffers: readonly string[];
}

export class RecordedAnswers {
  readonly #recorded = new Map<string, Recorded[]>();

  /** Those that the page has in it. */
  static take(root: Document): RecordedAnswers {
    const recorded = new RecordedAnswers();
    for (const { value } of takeData(root, "answers")) {
      const [asked, ...answers] = value as [AskedInJson, ...unknown[]];
      const { key, names } = questionOf(asked.modelId, asked.message.content, asked.buffers);
      const list = recorded.#recorded.get(key) ?? [];
      list.push({ names, answers: answers.map((each) => notificationFromJson(each) as ModelLifecycle) });
      recorded.#recorded.set(key, list);
    }
    return recorded;
  }

  /** What was said to this; null: it was not asked. */
  find(
    modelId: string,
    content: unknown,
    buffers: readonly DataView<ArrayBuffer>[],
  ): ModelLifecycle[] | null {
    const { key, names } = questionOf(
      modelId,
      JSON.parse(JSON.stringify(content)), // as it would have gone over the wire
      buffers.map((view) => toBase64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))),
    );
    const list = this.#recorded.get(key);
    const found = list && (list.length > 1 ? list.shift() : list[0]);
    if (!found) return null;
    const renamed = new Map(found.names.map((name, index) => [name, names[index] ?? name]));
    return found.answers.map((answer) => named(answer, renamed));
  }
}

function questionOf(modelId: string, content: unknown, buffers: readonly string[]): Question {
  const names: string[] = [];
  const without = mapped(content, (value) => {
    if (typeof value !== "string" || !UUID.test(value)) return value;
    const index = names.indexOf(value);
    return { name: index < 0 ? names.push(value) - 1 : index };
  });
  return { key: JSON.stringify([modelId, without, buffers]), names };
}

/** An answer as it may be handed over, once: what is handled owns it, buffers included. */
function named(answer: ModelLifecycle, renamed: ReadonlyMap<string, string>): ModelLifecycle {
  const own = structuredClone(answer);
  if (own.message.method !== "custom") return own;
  const content = mapped(own.message.content, (value) => renamed.get(value as string) ?? value);
  return { ...own, message: { ...own.message, content } };
}

/** A JSON value with its leaves replaced; the keys of objects in order, since a key's place says nothing. */
function mapped(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, leaf));
  if (typeof value !== "object" || value === null) return leaf(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, mapped(item, leaf)]));
}
