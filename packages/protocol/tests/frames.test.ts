import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CHUNK,
  type Command,
  encodeCommand,
  FrameReader,
  LONG_TEXT,
  MessageTooLarge,
  type ModelCommand,
  ProtocolError,
  parseCommand,
  putState,
  StreamBroken,
  takeState,
  UnknownMessage,
} from "../src/index.ts";
import { bytesOf, comparable, states } from "./values.ts";

const PONG = '{"op":"pong"}';

function commandOf(state: Record<string, unknown>): ModelCommand {
  const { value, paths, buffers, floats } = takeState(state);
  const message = { method: "update" as const, state: value, bufferPaths: paths, floats };
  return { type: "model", modelId: "m", commandId: 1, ack: null, message, buffers };
}

/** What a reader makes of frames, its binary cut into pieces of `step`. */
function received(frames: Iterable<string | Uint8Array>, step = CHUNK): Command[] {
  const reader = new FrameReader(Number.POSITIVE_INFINITY, parseCommand);
  const messages: (Command | null)[] = [];
  for (const frame of frames) {
    if (typeof frame === "string") messages.push(reader.text(frame));
    else {
      for (let start = 0; start < frame.length; start += step) {
        messages.push(reader.data(frame.slice(start, start + step).buffer));
      }
    }
  }
  expect(reader.idle).toBe(true);
  return messages.filter((message) => message !== null);
}

function stateOf(command: Command | undefined): Record<string, unknown> {
  if (command?.type !== "model" || command.message.method !== "update") throw new Error("expected an update");
  const { state, bufferPaths, floats } = command.message;
  return putState({ state, buffer_paths: bufferPaths, buffers: command.buffers, floats });
}

function announced(buffers: unknown): string {
  const message = { method: "custom", content: 1, buffers };
  return JSON.stringify({ op: "model-lifecycle", model_id: "m", message });
}

describe("laws", () => {
  test("what is encoded, sent in odd pieces and decoded is equal", () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 7 }), (state, step) => {
        const command = commandOf(state);
        const [decoded] = received(encodeCommand(command), step);
        expect(comparable(decoded)).toEqual(comparable(command));
        expect(comparable(stateOf(decoded))).toEqual(comparable(state));
      }),
    );
  });

  test("decoding neither changes nor aliases its input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const before = [...bytes];
        const reader = new FrameReader(1000);
        reader.text(announced([bytes.length]));
        const message = reader.data(bytes);
        expect([...bytes]).toEqual(before);
        bytes.fill(0);
        if (message?.op !== "model-lifecycle" || message.message.method !== "custom")
          throw new Error("expected a custom");
        expect(message.message.buffers.map(bytesOf)).toEqual([before]);
      }),
    );
  });

  test("E6: every buffer is a DataView over an ArrayBuffer of its own, and empty ones survive (N12)", () => {
    const reader = new FrameReader(1000);
    reader.text(announced([2, 0, 3]));
    const message = reader.data(new Uint8Array([1, 2, 3, 4, 5]));
    if (message?.op !== "model-lifecycle" || message.message.method !== "custom")
      throw new Error("expected a custom");
    const { buffers } = message.message;
    expect(buffers.map(bytesOf)).toEqual([[1, 2], [], [3, 4, 5]]);
    for (const view of buffers) {
      expect(view).toBeInstanceOf(DataView);
      expect([view.byteOffset, view.buffer.byteLength]).toEqual([0, view.byteLength]);
    }
    expect(new Set(buffers.map((view) => view.buffer)).size).toBe(3);
  });
});

describe("frames of a command", () => {
  test("binary is cut into pieces of half a chunk, and small buffers share one", () => {
    const command = commandOf({ list: [5, CHUNK, 0, 7, 3].map((size) => new Uint8Array(size)) });
    const [, ...binary] = encodeCommand(command);
    expect(binary.map((piece) => piece.length)).toEqual([CHUNK / 2, CHUNK / 2, 15]);
  });

  test("a text over two mebibytes is announced and comes as binary", () => {
    const command = commandOf({ x: "ä".repeat(LONG_TEXT), y: new Uint8Array([1, 2, 3]) });
    const frames = [...encodeCommand(command)];
    const { text, total } = JSON.parse(frames[0] as string);
    expect(total).toBe(text + 3);
    expect(frames.slice(1).every((frame) => frame instanceof Uint8Array && frame.length <= CHUNK)).toBe(true);
    expect(comparable(received(frames))).toEqual(comparable([command]));
    expect(comparable(received(frames, 100_003))).toEqual(comparable([command]));
  });

  test("a command over the limit is refused before anything is sent", () => {
    expect(() => encodeCommand(commandOf({ x: new Uint8Array(100) }), 100)).toThrow(MessageTooLarge);
    expect([...encodeCommand({ type: "ping", ack: 3 }, 100)]).toEqual(['{"type":"ping","ack":3}']);
  });
});

describe("what goes wrong", () => {
  test("a message over the limit is counted off, and the stream goes on", () => {
    const reader = new FrameReader(100);
    expect(() => reader.text(announced([200]))).toThrow(MessageTooLarge);
    expect(reader.data(new Uint8Array(150))).toBeNull();
    expect(reader.data(new Uint8Array(50))).toBeNull();
    expect(reader.text(PONG)).toEqual({ op: "pong", seq: 0 });
  });

  test("a long text over the limit is counted off unread", () => {
    const reader = new FrameReader(100);
    expect(() => reader.text('{"text": 90, "total": 101}')).toThrow(MessageTooLarge);
    expect(reader.data(new Uint8Array(101))).toBeNull();
    expect(reader.idle).toBe(true);
  });

  test("the binary of a malformed message is counted off, and the stream goes on", () => {
    const reader = new FrameReader(1000);
    expect(() =>
      reader.text('{"op": "model-ack", "model_id": 5, "command_id": 1, "buffers": [4, 2]}'),
    ).toThrow(new ProtocolError("model_id", "string", "5"));
    expect(reader.data(new Uint8Array(6))).toBeNull();
    expect(reader.text(PONG)).not.toBeNull();
  });

  test("a long text that is no message is counted off with its buffers", () => {
    const text = '{"op": "model-ack", "model_id": 5, "command_id": 1, "buffers": [3]}';
    const reader = new FrameReader(1000);
    expect(reader.text(JSON.stringify({ text: text.length, total: text.length + 3 }))).toBeNull();
    expect(() => reader.data(new TextEncoder().encode(`${text}1`))).toThrow(ProtocolError);
    expect(reader.idle).toBe(false);
    expect(reader.data(new Uint8Array(2))).toBeNull();
    expect(reader.text(PONG)).not.toBeNull();
  });

  test.each([1, 100])("a long text with a wrong total breaks the stream (%i)", (total) => {
    const reader = new FrameReader(1000);
    expect(() => {
      reader.text(JSON.stringify({ text: PONG.length, total }));
      reader.data(new TextEncoder().encode(PONG));
    }).toThrow(StreamBroken);
  });

  test("a text where binary is due breaks the stream", () => {
    const reader = new FrameReader(1000);
    reader.text(announced([2]));
    expect(() => reader.text(PONG)).toThrow(StreamBroken);
  });

  test.each([[[]], [[2]]])("more binary than was announced breaks the stream (%j)", (lengths) => {
    const reader = new FrameReader(1000);
    reader.text(announced(lengths));
    expect(() => reader.data(new Uint8Array(3))).toThrow(StreamBroken);
  });

  test("an unknown kind is reported as unknown, its binary is counted off, and the stream goes on", () => {
    const reader = new FrameReader(1000);
    expect(() => reader.text('{"op": "new", "message": {"buffers": [2]}}')).toThrow(UnknownMessage);
    expect(reader.data(new Uint8Array(2))).toBeNull();
    expect(reader.text(PONG)).not.toBeNull();
  });

  test.each([
    ["{"],
    ["5"],
    ['{"op": "pong", "seq": -1}'],
    [announced([-1])],
    [announced(["x"])],
    [announced(5)],
  ])("%s is refused", (text) => {
    const reader = new FrameReader(1000);
    expect(() => reader.text(text)).toThrow(ProtocolError);
    expect(reader.idle).toBe(true);
  });
});
