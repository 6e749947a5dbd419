/** What arrives for a model, and has its place in the order of what arrives (promise 3). */
export type Incoming =
  | { readonly kind: "state"; state: Record<string, unknown>; whole: boolean }
  | { readonly kind: "custom"; readonly content: unknown; readonly buffers: DataView[] }
  | { readonly kind: "answer"; readonly settle: () => void };

const MOST_CUSTOM = 1000;
const MOST_BYTES = 64 * 1024 * 1024;

/** More messages wait for an `initialize` than anyone wants to keep. */
export class InboxFull extends Error {
  override readonly name = "InboxFull";
}

/**
 * The messages of one model on their way in. While it is held, since an `initialize` has not settled
 * (promise 5), they wait: neighbouring updates merged, custom messages as they are, up to a limit. An
 * update that empties a key is not merged over one that fills it: some widgets use a trait as a signal.
 */
export class Inbox {
  readonly #deliver: (incoming: Incoming) => void;
  readonly #isHeld: () => boolean;
  readonly #waiting: Incoming[] = [];
  #customs = 0;
  #bytes = 0;
  #delivering = false;

  constructor(deliver: (incoming: Incoming) => void, isHeld: () => boolean) {
    this.#deliver = deliver;
    this.#isHeld = isHeld;
  }

  /** Throws `InboxFull` when it has to hold too much; what it holds and can merge is kept (L3). */
  push(incoming: Incoming): void {
    const follows = incoming.kind === "state" && this.#waiting.at(-1)?.kind === "state";
    const merged = incoming.kind === "state" && this.#merge(incoming);
    if (!merged) this.#waiting.push(incoming);
    if (!this.#isHeld()) this.release();
    else if (incoming.kind === "custom" || (!merged && follows)) this.#count(incoming);
  }

  /** Deliver what waits, in order, unless a delivery is under way: that one goes on with it. */
  release(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#waiting.length && !this.#isHeld()) this.#deliver(this.#waiting.shift() as Incoming);
    } finally {
      this.#delivering = false;
    }
    if (!this.#waiting.length) this.#customs = this.#bytes = 0;
  }

  /** Forget the custom messages that wait: nobody is there to hear them. */
  dropCustom(): void {
    const kept = this.#waiting.splice(0).filter((one) => one.kind !== "custom");
    this.#customs = this.#bytes = 0;
    for (const incoming of kept) {
      if (incoming.kind !== "state" || !this.#merge(incoming)) this.#waiting.push(incoming);
    }
  }

  /** Merge into the update that waits last, if there is one that this does not undo. */
  #merge(incoming: Incoming & { kind: "state" }): boolean {
    const last = this.#waiting.at(-1);
    if (last?.kind !== "state" || clears(last.state, incoming.state)) return false;
    if (incoming.whole) this.#waiting[this.#waiting.length - 1] = incoming;
    else Object.assign(last.state, incoming.state);
    return true;
  }

  #count(incoming: Incoming): void {
    this.#customs += 1;
    if (incoming.kind === "custom") {
      this.#bytes += JSON.stringify(incoming.content ?? null).length;
      for (const buffer of incoming.buffers) this.#bytes += buffer.byteLength;
    }
    if (this.#customs <= MOST_CUSTOM && this.#bytes <= MOST_BYTES) return;
    const text = `${this.#customs} messages (${this.#bytes} bytes) wait for an initialize() that has not ended`;
    this.dropCustom();
    throw new InboxFull(text);
  }
}

function clears(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  return Object.entries(after).some(([key, value]) => value === null && (before[key] ?? null) !== null);
}
