/**
 * A widget's values on their way to Python (N7, N8, O6, O7, G4).
 *
 * One walk does it all: it takes the binary out, replaces numbers that JSON cannot hold by null and
 * remembers where they were, drops what JSON drops, and refuses what it cannot express. The input is
 * never changed, and nothing of it is shared (N2): what was taken may wait in a queue, and its widget may
 * change it meanwhile.
 */
import { type FloatName, nameOf } from "./floats.ts";
import type { FloatPatch, Path } from "./messages.gen.ts";
import { kindOf, ownView } from "./values.ts";

/** A value without its binary, and where that belongs. `floats` are the numbers that JSON cannot hold. */
export interface Taken {
  value: Record<string, unknown>;
  paths: Path[];
  buffers: DataView<ArrayBuffer>[];
  floats: FloatPatch[];
}

/**
 * The state of an `update` request, as it is at this moment (G4).
 *
 * Throws an `Error` that names the key, its cause says why, when a value is a function, a DOM node, or
 * anything else that JSON cannot express.
 */
export function takeState(state: Readonly<Record<string, unknown>>): Taken {
  const walk = new Walk();
  const value: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(state)) {
    try {
      const name = key.toWellFormed();
      const sent = walk.visit(item, [name]);
      if (sent !== GONE) value[name] = sent;
    } catch (cause) {
      throw new Error(`Error serializing widget state attribute: ${key}`, { cause });
    }
  }
  return { value, paths: walk.paths, buffers: walk.buffers, floats: walk.floats };
}

/**
 * The content of a `custom` request, as it is at this moment. Its binary stays beside it (H4): one
 * inside is refused, with the remedy.
 */
export function takeContent(content: unknown): { content: unknown; floats: FloatPatch[] } {
  const walk = new Walk();
  const sent = walk.visit(content, []);
  if (walk.paths.length) {
    throw new TypeError("model.send: binary inside the content is not sent; pass it as the third argument");
  }
  return { content: sent === GONE ? null : sent, floats: walk.floats };
}

const GONE = Symbol("no value: undefined, or binary that was taken out");

class Walk {
  readonly paths: Path[] = [];
  readonly buffers: DataView<ArrayBuffer>[] = [];
  readonly floats: FloatPatch[] = [];

  visit(value: unknown, path: Path): unknown {
    switch (typeof value) {
      case "number":
        if (Number.isFinite(value)) return value;
        this.floats.push([path, nameOf(value)]);
        return null;
      case "string":
        return value.toWellFormed(); // lone surrogates, which UTF-8 cannot hold, become U+FFFD
      case "boolean":
        return value;
      case "undefined":
        return GONE;
      case "object":
        return value === null ? null : this.#visitObject(value, path);
      default:
        throw new TypeError(`a ${typeof value} cannot be sent to Python${where(path)}`);
    }
  }

  #visitObject(value: object, path: Path): unknown {
    const kind = kindOf(value);
    if (ArrayBuffer.isView(value) || kind === "ArrayBuffer" || kind === "SharedArrayBuffer") {
      this.paths.push(path);
      this.buffers.push(ownView(value as ArrayBuffer | ArrayBufferView));
      return GONE;
    }
    if (Array.isArray(value)) return this.#visitList(value, path);
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.visit(value.toJSON(String(path.at(-1) ?? "")), path);
    }
    // Every built-in that holds its content elsewhere (Map, Set, Promise, Blob, a DOM node) names itself,
    // and would arrive in Python as an empty dict.
    if (kind !== "Object") throw new TypeError(`a ${kind} cannot be sent to Python${where(path)}`);
    return this.#visitRecord(value as Record<string, unknown>, path);
  }

  #visitRecord(record: Record<string, unknown>, path: Path): Record<string, unknown> {
    const sent: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(record)) {
      const name = key.toWellFormed();
      const visited = this.visit(item, [...path, name]);
      if (visited !== GONE) sent[name] = visited;
    }
    return sent;
  }

  #visitList(list: readonly unknown[], path: Path): readonly unknown[] {
    const runs = new Map<FloatName, [number, number][]>();
    const sent = new Array<unknown>(list.length);
    // By index, since a sparse array has holes, which are null, too; and since lists of numbers are long.
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      if (typeof item === "number" && !Number.isFinite(item)) {
        extend(runs, nameOf(item), index);
        sent[index] = null;
      } else {
        const visited = typeof item === "number" ? item : this.visit(item, [...path, index]);
        sent[index] = visited === GONE ? null : visited;
      }
    }
    for (const [name, found] of runs) this.floats.push([path, name, found]);
    return sent;
  }
}

function extend(runs: Map<FloatName, [number, number][]>, name: FloatName, index: number): void {
  const found = runs.get(name);
  const last = found?.at(-1);
  if (last && last[1] === index) last[1] = index + 1;
  else if (found) found.push([index, index + 1]);
  else runs.set(name, [[index, index + 1]]);
}

function where(path: Path): string {
  return path.length > 1 ? ` (at ${path.join(".")})` : "";
}
