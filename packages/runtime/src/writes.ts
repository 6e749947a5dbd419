/**
 * What a page writes to one model, and what becomes of it (`protocol.md`, section 4).
 *
 * A key that the page has set passes through three places: *dirty* (set, not saved), *queued* (saved,
 * and waiting for a place in flight; later saves merge over it), *in flight* (sent, and not answered).
 * Everything the kernel says comes in one order, updates and answers alike, so what the kernel holds is
 * known at every moment: `#held` has it for each key of which the page shows something else. The rules:
 *
 * - A key with an unanswered write shows the page's value. An update of it is remembered in `#held`.
 * - The answer to a key's last write settles it: the page shows what the kernel holds. If that is the
 *   page's own value, nothing changes and nothing fires (promise 4).
 * - The kernel wins over a write that was not saved (G7); an answer to an older write does not, since
 *   the user has gone on since.
 */
import { type ModelRequest, putState, type Taken, takeContent, takeState } from "@anyhost/protocol";
import { equal } from "./equal.ts";
import type { Connection } from "./options.ts";

const IN_FLIGHT = 8;
const SLOW_MS = 16;

/** How the kernel keeps up: one for all models of a registry. */
export class Pace {
  /** While the kernel runs something, updates pile up in front of it: one at a time will do. */
  busy = false;
  #best = Infinity;

  /**
   * Whether an answer that took this long shows a slow handler. The way there and back is no fault of
   * the handler: it is taken off as the shortest time seen lately.
   */
  isSlow(milliseconds: number): boolean {
    this.#best = Math.min(milliseconds, this.#best + 1);
    return milliseconds - this.#best > SLOW_MS;
  }
}

/** The values that a model shows. */
interface Values {
  get(key: string): unknown;
  /** Show these, as changes that came from the kernel. */
  show(changes: Map<string, unknown>): void;
}

/** A value as it was when it was saved (G4), and the value shown at that moment, by reference. */
interface Saved {
  readonly taken: Taken;
  readonly shown: unknown;
}

interface Flight {
  readonly commandId: number;
  readonly sentAt: number;
  readonly saved: Map<string, Saved>;
  answered: boolean;
}

/** What became of a write; `state` is what the kernel holds instead of what was written. */
export interface Answer {
  readonly status: "accepted" | "corrected" | "rejected";
  readonly state: Readonly<Record<string, unknown>>;
}

export class Writes {
  readonly #modelId: string;
  readonly #values: Values;
  readonly #connection: Connection;
  readonly #pace: Pace;
  readonly #dirty = new Set<string>();
  #queued = new Map<string, Saved>();
  #flights: Flight[] = [];
  /** Values are made when they are asked for: most are never needed again, and they can be large. */
  readonly #held = new Map<string, () => unknown>();
  #window = IN_FLIGHT;
  #ended = false;

  constructor(modelId: string, values: Values, connection: Connection, pace: Pace) {
    this.#modelId = modelId;
    this.#values = values;
    this.#connection = connection;
    this.#pace = pace;
  }

  /** The page is about to set this key, which now has the value `before`. */
  touch(key: string, before: unknown): void {
    if (this.#ended) return;
    if (!this.#held.has(key)) this.#held.set(key, () => before);
    this.#dirty.add(key);
  }

  /**
   * Send what was set since the last save: at once while there is room in flight, else merged into
   * what waits (G2, G9). Throws, after sending the others, when a value is not one that can be sent
   * (O6); that key stays unsaved.
   */
  save(): void {
    let failure: unknown;
    for (const key of this.#dirty) {
      const shown = this.#values.get(key);
      try {
        this.#queue(key, { taken: takeState({ [key]: shown }), shown });
        this.#dirty.delete(key);
      } catch (error) {
        failure ??= error;
      }
    }
    this.flush();
    if (failure) throw failure;
  }

  /** Send a custom message. An update that waits goes first, so that neither overtakes (G11). */
  send(content: unknown, buffers: DataView<ArrayBuffer>[]): void {
    if (this.#ended) return;
    const message: ModelRequest = { method: "custom", ...takeContent(content) };
    this.#sendQueued();
    this.#connection.send(this.#modelId, message, buffers);
  }

  /** Send what waits, if there is room in flight and a way to the kernel. */
  flush(): void {
    const room = this.#pace.busy ? 1 : this.#window;
    const inFlight = this.#flights.filter((flight) => !flight.answered).length;
    if (inFlight < room && this.#connection.online !== false) this.#sendQueued();
  }

  /** Send what waits, whether or not there is room: there will be no later. */
  flushAll(): void {
    this.#sendQueued();
  }

  /**
   * The kernel has a new value for this key. Whether to show it; if not, it is remembered.
   *
   * `news`: false when this is a snapshot, which repeats what is known already: a key that did not
   * change in the kernel meanwhile keeps what the page has set (R4).
   */
  receive(key: string, value: unknown, news = true): boolean {
    if (!news) {
      const held = this.#held.get(key);
      if (held && equal(held(), value)) return false;
      this.#queued.delete(key);
    }
    this.#dirty.delete(key);
    if (this.#isUnanswered(key)) {
      this.#held.set(key, () => value);
      return false;
    }
    this.#held.delete(key);
    return true;
  }

  /**
   * An answer has come: there is room for another write. Its values are settled apart from that, in
   * their order with the updates around them, which may have to wait for an `initialize`.
   */
  answered(commandId: number): void {
    const flight = this.#flights.find((one) => one.commandId === commandId);
    if (!flight || flight.answered) return;
    flight.answered = true;
    const slow = this.#pace.isSlow(performance.now() - flight.sentAt);
    this.#window = slow ? 1 : Math.min(this.#window + 1, IN_FLIGHT);
    this.flush();
  }

  /** Settle a write. An answer of `null` is older than the snapshot that came since, which knows better. */
  settle(commandId: number, answer: Answer | null): void {
    const index = this.#flights.findIndex((one) => one.commandId === commandId);
    const [flight] = index < 0 ? [] : this.#flights.splice(index, 1);
    if (flight) this.#settle(flight.saved, answer);
  }

  /** Nothing is written any more: the model has closed, or its kernel is gone. What is shown stays. */
  end(): void {
    this.#ended = true;
    this.#dirty.clear();
    this.#queued.clear();
    this.#flights = [];
    this.#held.clear();
  }

  #queue(key: string, saved: Saved): void {
    // `undefined` is no value in JSON: there is nothing to send (O6).
    if (Object.keys(saved.taken.value).length || saved.taken.paths.length) this.#queued.set(key, saved);
    else this.#held.delete(key);
  }

  #sendQueued(): void {
    if (!this.#queued.size) return;
    const saved = this.#queued;
    this.#queued = new Map();
    const sentAt = performance.now();
    try {
      const commandId = this.#connection.send(this.#modelId, ...requestOf(saved.values()));
      this.#flights.push({ commandId, sentAt, saved, answered: false });
    } catch (error) {
      this.#settle(saved, { status: "rejected", state: {} });
      throw error;
    }
  }

  #settle(written: Map<string, Saved>, answer: Answer | null): void {
    const changes = new Map<string, unknown>();
    for (const [key, saved] of written) {
      const corrected = answer !== null && Object.hasOwn(answer.state, key);
      const accepted = answer !== null && answer.status !== "rejected" && !corrected;
      if (corrected) this.#held.set(key, () => answer.state[key]);
      else if (accepted) this.#held.set(key, () => restore(saved));
      if (this.#isUnanswered(key) || this.#dirty.has(key)) continue;
      const held = this.#held.get(key);
      this.#held.delete(key);
      if (!held || (accepted && this.#values.get(key) === saved.shown)) continue;
      changes.set(key, held());
    }
    this.#values.show(changes);
  }

  #isUnanswered(key: string): boolean {
    return this.#queued.has(key) || this.#flights.some((flight) => flight.saved.has(key));
  }
}

function requestOf(saved: Iterable<Saved>): [ModelRequest, DataView<ArrayBuffer>[]] {
  const all = Array.from(saved, ({ taken }) => taken);
  const message: ModelRequest = {
    method: "update",
    state: Object.assign({}, ...all.map((taken) => taken.value)),
    bufferPaths: all.flatMap((taken) => taken.paths),
    floats: all.flatMap((taken) => taken.floats),
  };
  return [message, all.flatMap((taken) => taken.buffers)];
}

/** The value of a key as it was sent. What was sent is the connection's own, so this is a copy. */
function restore({ taken }: Saved): unknown {
  const state = structuredClone(taken.value);
  const [value] = Object.values(
    putState({ state, buffer_paths: taken.paths, buffers: taken.buffers, floats: taken.floats }),
  );
  return value;
}
