// Replays `spec/transcripts/*.json`, as `tests/protocol/test_transcripts.py` does.
import { expect, test } from "vitest";
import {
  type CellLifecycle,
  type Command,
  encodeCommand,
  FrameReader,
  follow,
  fromBase64,
  type ModelAck,
  type ModelLifecycle,
  type ModelState,
  type Notification,
  notificationFromJson,
  parseCommand,
  putContent,
  putState,
  UnknownMessage,
} from "../src/index.ts";
import { bytesOf, comparable } from "./values.ts";

interface Entry {
  from: "kernel" | "client";
  over?: "http";
  unknown?: true;
  text: Record<string, unknown>;
  buffers?: string[];
}

interface Transcript {
  about: string;
  messages: Entry[];
  expected: Record<string, unknown>;
}

interface Cell {
  status: string;
  outputs: Record<string, unknown>[];
}

const STEP = 3; // bytes at a time: every transcript is read in odd pieces
const NUMBERS: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };

/** What a page would hold, in the simplest form. */
class Fold {
  models: Record<string, Record<string, unknown>> = {};
  customs: unknown[] = [];
  gaps: string[] = [];
  code: Record<string, Record<string, string>> = {};
  cells: Record<string, Cell> = {};
  notebook: [id: string, source: string | null][] = [];
  kernel = "";
  seq = 0;
  readonly #states = new Map<string, ModelState>();
  readonly #written = new Map<number | null, Record<string, unknown>>();
  readonly #displayed = new Map<string, Record<string, unknown>>();
  readonly #clearing = new Set<string>();

  sent(command: Command): void {
    if (command.type !== "model" || command.message.method !== "update") return;
    const { state, bufferPaths, floats } = command.message;
    const written = putState({ state, buffer_paths: bufferPaths, buffers: command.buffers, floats });
    this.#written.set(command.commandId, written);
  }

  apply(message: Notification): void {
    this.seq = Math.max(this.seq, message.seq);
    if (message.op === "model-lifecycle") this.#live(message);
    else if (message.op === "model-ack") this.#settle(message);
    else if (message.op === "gap") this.gaps.push(...message.model_ids);
    else if (message.op === "kernel") this.kernel = message.status;
    else if (message.op === "cell-lifecycle") this.#run(message);
    else if (message.op === "notebook") {
      this.cells = Object.fromEntries(
        message.cells.map((cell) => [cell.cell_id, { status: "new", outputs: [] }]),
      );
      this.notebook = message.cells.map((cell) => [cell.cell_id, cell.source]);
    } else if (message.op === "cell-edited") {
      this.notebook = this.notebook.map(([id, source]) => [
        id,
        id === message.cell_id ? message.source : source,
      ]);
    } else if (message.op === "session" && !message.resumed) {
      const kept = new Set(message.model_ids);
      this.models = Object.fromEntries(Object.entries(this.models).filter(([id]) => kept.has(id)));
    }
  }

  #live({ model_id: id, message }: ModelLifecycle): void {
    const state = follow(this.#states.get(id) ?? "unknown", message.method);
    if (state === null) throw new Error(`${message.method} may not follow for ${id}`);
    this.#states.set(id, state);
    if (message.method === "close") {
      delete this.models[id];
    } else if (message.method === "custom") {
      this.customs.push({ model_id: id, content: putContent(message), buffers: message.buffers });
    } else {
      const before = message.method === "open" ? {} : this.models[id];
      this.models[id] = { ...before, ...putState(message) };
      const { module, style } = message;
      if (module) this.code[id] = { ...this.code[id], module: module.url };
      if (style) this.code[id] = { ...this.code[id], style: style.url };
    }
  }

  #settle(ack: ModelAck): void {
    const written = this.#written.get(ack.command_id);
    this.#written.delete(ack.command_id);
    if (ack.status === "rejected") return;
    this.models[ack.model_id] = { ...this.models[ack.model_id], ...written, ...putState(ack) };
  }

  #run({ cell_id: id, message }: CellLifecycle): void {
    const cell = this.cells[id] as Cell;
    const put = (output: Record<string, unknown>): void => {
      if (this.#clearing.delete(id)) cell.outputs.length = 0;
      cell.outputs.push(output);
    };
    switch (message.method) {
      case "queued":
      case "running":
        cell.status = message.method;
        return;
      case "finished":
        cell.status = message.status;
        return;
      case "clear":
        if (message.wait) this.#clearing.add(id);
        else cell.outputs.length = 0;
        return;
      case "console":
        put({ [message.stream]: message.text });
        return;
      case "error":
        put({ error: message.name });
        return;
      case "output":
        if (message.update && message.display_id) {
          Object.assign(this.#displayed.get(message.display_id) ?? {}, message.data);
          return;
        }
        if (message.display_id) this.#displayed.set(message.display_id, message.data);
        put(message.data);
    }
  }
}

/** A value as a transcript writes it: binary and numbers that JSON cannot hold are tagged objects. */
function valueIn(written: unknown): unknown {
  if (Array.isArray(written)) return written.map(valueIn);
  if (typeof written !== "object" || written === null) return written;
  if ("$binary" in written) return new DataView(fromBase64(written.$binary as string).buffer);
  if ("$number" in written) return NUMBERS[written.$number as string];
  return Object.fromEntries(Object.entries(written).map(([key, item]) => [key, valueIn(item)]));
}

function binaryOf(entry: Entry): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const all = Uint8Array.from((entry.buffers ?? []).flatMap((buffer) => [...fromBase64(buffer)]));
  for (let start = 0; start < all.length; start += STEP) pieces.push(all.subarray(start, start + STEP));
  return pieces;
}

function read<T>(reader: FrameReader<T>, text: string, binary: Iterable<Uint8Array>): T {
  let message = reader.text(text);
  for (const piece of binary) message = reader.data(piece);
  if (message === null) throw new Error(`expected a whole message, got ${text}`);
  return message;
}

function readCommand(entry: Entry): Command {
  const reader = new FrameReader(1 << 30, parseCommand);
  const command = read(reader, JSON.stringify(entry.text), binaryOf(entry));
  const [text, ...binary] = encodeCommand(command);
  const again = read(reader, text as string, binary as Uint8Array[]);
  expect(comparable(again)).toEqual(comparable(command));
  return command;
}

function checkUnknown(entry: Entry): void {
  const reader = new FrameReader(1 << 30);
  expect(() => reader.text(JSON.stringify(entry.text))).toThrow(UnknownMessage);
  for (const piece of binaryOf(entry)) reader.data(piece);
  expect(reader.idle).toBe(true);
}

function replay(messages: Entry[]): Fold {
  const fold = new Fold();
  for (const entry of messages) {
    if (entry.unknown) checkUnknown(entry);
    else if (entry.over === "http")
      continue; // the page has its socket
    else if (entry.from === "client") fold.sent(readCommand(entry));
    else fold.apply(read(new FrameReader(1 << 30), JSON.stringify(entry.text), binaryOf(entry)));
  }
  return fold;
}

const transcripts = import.meta.glob<Transcript>("../../../spec/transcripts/*.json", {
  eager: true,
  import: "default",
});

test.each(Object.entries(transcripts))(
  "%s leads to the state that it expects",
  (_, { messages, expected }) => {
    const fold = replay(messages) as unknown as Record<string, unknown>;
    const { payloads: _ofPython, ...ofPage } = expected;
    for (const [name, value] of Object.entries(ofPage)) {
      expect(comparable(fold[name]), name).toEqual(comparable(valueIn(value)));
    }
  },
);

test("the same notification reads the same from JSON alone", () => {
  for (const { messages } of Object.values(transcripts)) {
    for (const entry of messages.filter(({ from, buffers, over }) => from === "kernel" && buffers && !over)) {
      if (entry.unknown) continue;
      const socket = read(new FrameReader(1 << 30), JSON.stringify(entry.text), binaryOf(entry));
      const inBase64 = structuredClone(entry.text);
      const holder = (inBase64.message ?? inBase64) as Record<string, unknown>;
      holder.buffers = entry.buffers;
      expect(comparable(notificationFromJson(inBase64))).toEqual(comparable(socket));
    }
  }
});

test("a buffer of a transcript is what base64 says", () => {
  expect(bytesOf(valueIn({ $binary: "AAE=" }) as DataView)).toEqual([0, 1]);
});
