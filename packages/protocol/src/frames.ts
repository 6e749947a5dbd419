/**
 * Messages on a socket: a JSON text in which `buffers` are byte lengths, then the bytes as one stream,
 * cut into binary frames (`protocol.md`, section 2).
 *
 * A long text would hold up what is sent after it, and costs a socket a copy of its own, so it is
 * announced by a small one, `{"text": 3000000, "total": 5000000}` (bytes of the text, and of the text and all
 * buffers), and comes as the beginning of the binary stream. `total` is there so that a message over the
 * limit can be counted off before its text is known.
 */
import { MessageTooLarge, ProtocolError, StreamBroken, show } from "./errors.ts";
import { CHUNK, type Command, LONG_TEXT, type Notification } from "./messages.gen.ts";
import { type Parse, parseNotification, withBuffers } from "./parse.ts";
import { bytesOf, isRecord } from "./values.ts";

/**
 * Bytes of a binary frame to the server. Half of what a frame may hold: for pieces up to 0.9 MB Chromium uses the
 * memory of those that have left again, larger ones cost it 12,000 fresh pages for 50 MB.
 */
const PIECE = CHUNK / 2;

/**
 * Puts messages together again from the frames of one socket.
 *
 * `text` and `data` return the message that they completed, or null while bytes are missing. A message
 * that is malformed, of an unknown kind or over `limit` bytes (`MessageTooLarge`, before anything is
 * allocated) throws once; its bytes are then counted off and thrown away, and the stream goes on. Only
 * after `StreamBroken` must it end.
 */
export class FrameReader<T = Notification> {
  readonly #limit: number;
  readonly #parse: Parse<T>;
  #targets: Uint8Array[] = []; // none is empty
  #target = 0; // the index of the one that is being filled
  #offset = 0; // in it
  #whenFilled: (() => T | null) | null = null;
  #skip = 0;

  constructor(limit: number, parse: Parse<T> = parseNotification as Parse<T>) {
    this.#limit = limit;
    this.#parse = parse;
  }

  /** Between two messages. */
  get idle(): boolean {
    return this.#whenFilled === null && this.#skip === 0;
  }

  text(text: string): T | null {
    if (!this.idle) throw new StreamBroken("frame", "the rest of a message's binary", "a text frame");
    const value = parseJson(text);
    if (isRecord(value) && typeof value.text === "number") return this.#expectText(value);
    return this.#begin(value, text.length);
  }

  data(piece: ArrayBuffer | ArrayBufferView): T | null {
    let bytes = bytesOf(piece);
    let message: T | null = null;
    while (bytes.length) {
      if (this.idle) throw new StreamBroken("frame", "a text frame", `${bytes.length} bytes of binary`);
      bytes = bytes.subarray(this.#skip ? this.#skipped(bytes) : this.#filled(bytes));
      try {
        message = this.#advance();
      } catch (error) {
        this.#skipped(bytes);
        throw error;
      }
    }
    return message;
  }

  #advance(): T | null {
    if (this.#whenFilled === null || this.#target < this.#targets.length) return null;
    const finish = this.#whenFilled;
    this.#whenFilled = null;
    this.#targets = [];
    return finish();
  }

  #expectText(announcement: Record<string, unknown>): null {
    const { text: length, total } = announcement;
    if (!isLength(length) || !isLength(total) || length < 1 || total < length) {
      throw new StreamBroken("frame", "byte lengths `text` and `total`", show(announcement));
    }
    if (total > this.#limit) {
      this.#skip = total;
      throw new MessageTooLarge(total, this.#limit);
    }
    const bytes = new Uint8Array(length);
    this.#expect([bytes], () => this.#endText(bytes, total));
    return null;
  }

  #endText(bytes: Uint8Array, total: number): T | null {
    this.#skip = total - bytes.length; // to be counted off if the text is no good
    const value = parseJson(bytes);
    const announced = sum(lengthsIn(value));
    if (announced !== this.#skip)
      throw new StreamBroken("total", `${announced} bytes of buffers`, `${this.#skip}`);
    this.#skip = 0;
    return this.#begin(value, bytes.length);
  }

  /** A message is announced: check it and make room, or say what is wrong and count its binary off. */
  #begin(value: unknown, textLength: number): T | null {
    const lengths = lengthsIn(value);
    const missing = sum(lengths);
    if (textLength + missing > this.#limit) {
      this.#skip = missing;
      throw new MessageTooLarge(textLength + missing, this.#limit);
    }
    this.#skip = missing; // to be counted off if it is malformed
    const targets: Uint8Array<ArrayBuffer>[] = [];
    const message = this.#parse(
      withBuffers(value, (announced) => announced.map((length) => roomFor(length, targets))),
    );
    this.#skip = 0;
    if (!missing) return message;
    this.#expect(targets, () => message);
    return null;
  }

  #expect(targets: Uint8Array[], whenFilled: () => T | null): void {
    this.#targets = targets.filter((target) => target.length > 0);
    this.#target = 0;
    this.#offset = 0;
    this.#whenFilled = whenFilled;
  }

  #skipped(bytes: Uint8Array): number {
    const count = Math.min(this.#skip, bytes.length);
    this.#skip -= count;
    return count;
  }

  #filled(bytes: Uint8Array): number {
    const target = this.#targets[this.#target] as Uint8Array;
    const count = Math.min(target.length - this.#offset, bytes.length);
    target.set(bytes.subarray(0, count), this.#offset);
    this.#offset += count;
    if (this.#offset === target.length) {
      this.#target++;
      this.#offset = 0;
    }
    return count;
  }
}

/**
 * The frames of a command, in order: a text, then binary of at most `PIECE` bytes each.
 *
 * The text is made at once, the pieces of binary as they are asked for. Throws `MessageTooLarge` before
 * anything is sent.
 */
export function encodeCommand(
  command: Command,
  limit = Number.POSITIVE_INFINITY,
): Iterable<string | Uint8Array<ArrayBuffer>> {
  const buffers = command.type === "model" ? command.buffers.map((view) => bytesOf(view)) : [];
  const binary = sum(buffers.map((bytes) => bytes.length));
  const text = JSON.stringify(withBuffers(command, () => buffers.map((bytes) => bytes.length)));
  // A character is at most three bytes: most texts need not be encoded to know that they are short.
  const long = text.length * 3 > LONG_TEXT ? new TextEncoder().encode(text) : null;
  const size = (long ? long.length : text.length) + binary;
  if (size > limit) throw new MessageTooLarge(size, limit);
  if (!long || long.length <= LONG_TEXT) return frames(text, buffers);
  return frames(JSON.stringify({ text: long.length, total: size }), [long, ...buffers]);
}

function* frames(text: string, parts: Uint8Array[]): Generator<string | Uint8Array<ArrayBuffer>> {
  yield text;
  let gathered: Uint8Array[] = [];
  let size = 0;
  for (const part of parts) {
    for (let offset = 0; offset < part.length; ) {
      const piece = part.subarray(offset, offset + PIECE - size);
      gathered.push(piece);
      offset += piece.length;
      size += piece.length;
      if (size === PIECE) {
        yield joined(gathered, size);
        gathered = [];
        size = 0;
      }
    }
  }
  if (size) yield joined(gathered, size);
}

function joined(pieces: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const [only] = pieces;
  if (only && pieces.length === 1 && only.buffer instanceof ArrayBuffer)
    return only as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function parseJson(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(
      typeof text === "string" ? text : new TextDecoder("utf-8", { fatal: true }).decode(text),
    );
  } catch (error) {
    throw new ProtocolError("message", "JSON", `${show(text)} (${error})`);
  }
}

/** The lengths that an envelope announces; not those that are malformed, which its parser will say. */
function lengthsIn(value: unknown): number[] {
  let lengths: number[] = [];
  withBuffers(value, (buffers) => {
    lengths = buffers.filter(isLength);
    return buffers;
  });
  return lengths;
}

function roomFor(length: unknown, targets: Uint8Array<ArrayBuffer>[]): DataView<ArrayBuffer> {
  if (!isLength(length)) throw new ProtocolError("buffers", "byte lengths of 0 or more", show(length));
  const target = new Uint8Array(length);
  targets.push(target);
  return new DataView(target.buffer);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
