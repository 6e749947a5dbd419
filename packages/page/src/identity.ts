/**
 * Who this page is to the server: its session, and an id of its own.
 *
 * The client id is made at each load and kept over reconnections. Both are remembered for the tab, so
 * that the page which comes after F5 can name the one before it (`previous`) and return to its session.
 */

export interface Identity {
  readonly client: string;
  /** The session that it belongs to, once the server has said so (or the one before F5 belonged to). */
  readonly session: string | null;
  /** The client id of the page that this tab showed before. */
  readonly previous: string | null;
  /** The server has let it into this session. */
  joined(session: string): void;
}

const KEY = "anyhost";

/** An identity for a page with this base address; `storage` is the tab's, or null where it is forbidden. */
export function createIdentity(storage: Storage | null, base: string): Identity {
  const key = `${KEY} ${base}`;
  const client = randomId();
  const before = read(storage, key);
  let session = before?.session ?? null;
  let previous = before?.client ?? null;
  return {
    client,
    get session() {
      return session;
    },
    get previous() {
      return previous;
    },
    joined(id) {
      session = id;
      previous = null;
      write(storage, key, JSON.stringify({ session, client }));
    },
  };
}

/** The tab's storage, or null where a setting of the browser forbids it: then F5 begins a new session. */
export function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** 128 random bits; `crypto.randomUUID` would want a secure context. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function read(storage: Storage | null, key: string): { session: string; client: string } | null {
  try {
    const found: unknown = JSON.parse(storage?.getItem(key) ?? "null");
    if (typeof found !== "object" || found === null || !("session" in found && "client" in found))
      return null;
    const { session, client } = found;
    return typeof session === "string" && typeof client === "string" ? { session, client } : null;
  } catch {
    return null;
  }
}

function write(storage: Storage | null, key: string, text: string): void {
  try {
    storage?.setItem(key, text);
  } catch {
    // Full or forbidden: this tab will begin anew after F5.
  }
}
