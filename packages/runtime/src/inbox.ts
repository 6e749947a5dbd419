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
 * (promise 5), they wait: neighbouring updates merged, custom messages as they are, up to a limit.
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
    if (incoming.kind === "state") this.#pushState(incoming);
    else this.#waiting.push(incoming);
    if (!this.#isHeld()) this.release();
    else if (incoming.kind === "custom") this.#count(incoming);
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
      if (incoming.kind === "state") this.#pushState(incoming);
      else this.#waiting.push(incoming);
    }
  }

  #pushState(incoming: Incoming & { kind: "state" }): void {
    const last = this.#waiting.at(-1);
    if (last?.kind !== "state") this.#waiting.push(incoming);
    else if (incoming.whole) this.#waiting[this.#waiting.length - 1] = incoming;
    else Object.assign(last.state, incoming.state);
  }

  #count({ content, buffers }: Incoming & { kind: "custom" }): void {
    this.#customs += 1;
    this.#bytes += JSON.stringify(content ?? null).length;
    for (const buffer of buffers) this.#bytes += buffer.byteLength;
    if (this.#customs <= MOST_CUSTOM && this.#bytes <= MOST_BYTES) return;
    const text = `${this.#customs} messages (${this.#bytes} bytes) wait for an initialize() that has not ended`;
    this.dropCustom();
    throw new InboxFull(text);
  }
}
