const CLEANUP_MS = 5000;

/**
 * The lifetime of one `initialize` or one `render` call: its signal, the cleanup that it returned, and
 * what the host has to undo after it.
 *
 * It ends in this order (C5): the signal aborts and its listeners run, while all is still in place; the
 * cleanup runs, and is waited for, up to a bound; then the host undoes its part, listeners before DOM.
 * A cleanup that is not asynchronous makes all of this one synchronous step.
 */
export class Scope {
  readonly #abort = new AbortController();
  readonly #undo: (() => void)[] = [];
  readonly #report: (error: unknown) => void;
  #cleanup: (() => unknown) | null = null;
  #ended: Promise<void> | null = null;

  /** `report` gets what a cleanup throws; everything else goes on (C4). */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Its reason is an Error, so that `throwIfAborted` throws one (C8). */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  /** The cleanup of the widget. When it comes too late it runs at once (B12, B13). */
  cleanUpWith(cleanup: () => unknown): void {
    if (this.#ended) void this.#run(cleanup);
    else this.#cleanup = cleanup;
  }

  /** What the host undoes after the cleanup, in the order in which it is told. */
  onEnd(undo: () => void): void {
    if (this.#ended) undo();
    else this.#undo.push(undo);
  }

  /** End it, once (C3). Resolves when the cleanup has settled, or its time is over; never rejects. */
  end(reason: Error): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  async #end(reason: Error): Promise<void> {
    // Ended from its own abort listeners, a scope must not end twice.
    this.#ended = Promise.resolve();
    this.#abort.abort(reason);
    const cleaning = this.#cleanup && this.#run(this.#cleanup);
    if (cleaning) await cleaning;
    // A widget's own listeners may outlive it, and keep its model's proxy, which keeps this.
    this.#cleanup = null;
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** A promise only when there is something to wait for. */
  #run(cleanup: () => unknown): Promise<void> | null {
    try {
      const result = cleanup();
      return isThenable(result) ? this.#settle(result) : null;
    } catch (error) {
      this.#report(error);
      return null;
    }
  }

  async #settle(result: PromiseLike<unknown>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const text = `the cleanup has not ended within ${CLEANUP_MS / 1000} s`;
      timer = setTimeout(() => reject(new DOMException(text, "TimeoutError")), CLEANUP_MS);
    });
    await Promise.race([result, late]).catch(this.#report);
    clearTimeout(timer);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Why a scope ends, as its signal says it. */
export function ending(text: string): DOMException {
  return new DOMException(text, "AbortError");
}
