/**
 * What a page leaves behind for the one that comes after F5: the commands that it has no answer to.
 *
 * They are kept in the tab's storage, since a page that goes can send no more than the browser still
 * carries, and nothing at all while it is offline. The server says which of them it has handled
 * (`SessionStart.handled`), so each is applied once. A tab's storage has room for about 5 million
 * characters; what is larger is not kept, and the next page says so.
 */

import { fromBase64, type ModelCommand, toBase64 } from "@anyhost/protocol";
import type { NotebookCommand, NotebookRequest } from "./outbox.ts";

interface Numbered {
  /** Null: it was never sent. */
  readonly commandId: number | null;
}
export type InheritedModelCommand = Omit<ModelCommand, "ack" | "commandId"> & Numbered;
/** A command of the page before. */
export type Inherited = InheritedModelCommand | (NotebookRequest & Numbered);

interface Stored {
  readonly session: string;
  readonly commands: readonly StoredCommand[];
  /** How many were too large to be kept. */
  readonly lost: number;
}

type StoredCommand =
  | (Omit<InheritedModelCommand, "buffers"> & { readonly buffers: readonly string[] })
  | (NotebookRequest & Numbered);

export class Unsent {
  readonly #storage: Storage | null;
  readonly #key: string;
  /** What this page left itself, and nobody has taken. */
  #left: string | null = null;

  /** For pages with this base address; `storage` is the tab's, or null where it is forbidden. */
  constructor(storage: Storage | null, base: string) {
    this.#storage = storage;
    this.#key = `anyhost unsent ${base}`;
  }

  /** The page may go now. Replaces what was left before; nothing is left where there are no commands. */
  leave(session: string, commands: readonly (Inherited | ModelCommand | NotebookCommand)[]): void {
    this.#write(
      commands.length ? { session, commands: commands.map(stored), lost: 0 } : null,
      commands.length,
    );
  }

  /**
   * What the page before has left for this session. `handled` is the highest of its commands that the
   * server has handled; null: the server does not know any more.
   */
  take(session: string, handled: number | null): { commands: Inherited[]; lost: number } {
    const found = this.#read();
    this.#write(null, 0);
    if (found?.session !== session) return { commands: [], lost: 0 };
    const missing = found.commands.filter(
      ({ commandId }) => commandId === null || commandId > (handled ?? 0),
    );
    if (handled === null) {
      const certain = missing.filter(({ commandId }) => commandId === null);
      return { commands: certain.map(restored), lost: found.lost + missing.length - certain.length };
    }
    return { commands: missing.map(restored), lost: found.lost };
  }

  /** The page did not go, or has come back. False: another page has taken what it had left. */
  reclaim(): boolean {
    const left = this.#left;
    if (left === null) return true;
    const there = this.#text() === left;
    if (there) this.#write(null, 0);
    this.#left = null;
    return there;
  }

  #write(stored: Stored | null, count: number): void {
    this.#left = stored && JSON.stringify(stored);
    try {
      if (this.#left === null) this.#storage?.removeItem(this.#key);
      else this.#storage?.setItem(this.#key, this.#left);
    } catch {
      if (stored?.commands.length) this.#write({ session: stored.session, commands: [], lost: count }, count);
    }
  }

  #read(): Stored | null {
    try {
      const found: unknown = JSON.parse(this.#text() ?? "null");
      return typeof found === "object" && found !== null && "commands" in found ? (found as Stored) : null;
    } catch {
      return null; // not ours
    }
  }

  #text(): string | null {
    try {
      return this.#storage?.getItem(this.#key) ?? null;
    } catch {
      return null; // forbidden
    }
  }
}

function stored(command: Inherited): StoredCommand {
  if (command.type !== "model") return command;
  return { ...command, buffers: command.buffers.map(bytesOf).map(toBase64) };
}

function restored(command: StoredCommand): Inherited {
  if (command.type !== "model") return command;
  return { ...command, buffers: command.buffers.map((text) => new DataView(fromBase64(text).buffer)) };
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
