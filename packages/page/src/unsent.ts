/**
 * What a page leaves behind for the one that comes after F5: the commands that it has no answer to.
 *
 * They are kept in the tab's storage, since a page that goes can send no more than the browser still
 * carries, and nothing at all while it is offline. The server says which of them it has handled
 * (`SessionStart.handled`), so each is applied once. What there is no room for is not kept, and the next
 * page says so.
 */

import { bytesOf, fromBase64, type ModelCommand, toBase64 } from "@anyhost/protocol";
import type { NotebookCommand, NotebookRequest } from "./outbox.ts";

/** Characters of the commands of a page. A tab's storage has room for 5 million of them, all in all. */
export const ROOM = 4_000_000;

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
  /** The numbers of those for which there was no room. */
  readonly lost: readonly (number | null)[];
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
    const kept: StoredCommand[] = [];
    const lost: (number | null)[] = [];
    let room = ROOM;
    for (const command of commands) {
      // Looked at before it is encoded: a page that goes has no time for a gigabyte.
      const one = bytesIn(command) < room ? stored(command) : null;
      const size = one ? JSON.stringify(one).length : 0;
      if (one && size <= room) kept.push(one);
      else lost.push(command.commandId);
      room -= size <= room ? size : 0;
    }
    this.#write(commands.length ? { session, commands: kept, lost } : null);
  }

  /**
   * What the page before has left for this session. `handled` is the highest of its commands that the
   * server has handled; null: the server does not know any more.
   */
  take(session: string, handled: number | null): { commands: Inherited[]; lost: number } {
    const found = this.#read();
    this.#write(null);
    if (found?.session !== session) return { commands: [], lost: 0 };
    const isMissing = (commandId: number | null) => commandId === null || commandId > (handled ?? 0);
    const missing = found.commands.filter(({ commandId }) => isMissing(commandId));
    // What may have been handled is not sent a second time.
    const certain = handled === null ? missing.filter(({ commandId }) => commandId === null) : missing;
    const lost = found.lost.filter(isMissing).length + missing.length - certain.length;
    return { commands: certain.map(restored), lost };
  }

  /** The page did not go, or has come back. False: another page has taken what it had left. */
  reclaim(): boolean {
    const left = this.#left;
    if (left === null) return true;
    const there = this.#text() === left;
    if (there) this.#write(null);
    this.#left = null;
    return there;
  }

  #write(stored: Stored | null): void {
    this.#left = stored && JSON.stringify(stored);
    try {
      if (this.#left === null) this.#storage?.removeItem(this.#key);
      else this.#storage?.setItem(this.#key, this.#left);
    } catch {
      // Others have filled it, or it is forbidden.
      const lost = [...(stored?.lost ?? []), ...(stored?.commands ?? []).map(({ commandId }) => commandId)];
      if (stored?.commands.length) this.#write({ session: stored.session, commands: [], lost });
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

function bytesIn(command: Inherited): number {
  if (command.type !== "model") return 0;
  return command.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function stored(command: Inherited): StoredCommand {
  if (command.type !== "model") return command;
  return { ...command, buffers: command.buffers.map((buffer) => toBase64(bytesOf(buffer))) };
}

function restored(command: StoredCommand): Inherited {
  if (command.type !== "model") return command;
  return { ...command, buffers: command.buffers.map((text) => new DataView(fromBase64(text).buffer)) };
}
