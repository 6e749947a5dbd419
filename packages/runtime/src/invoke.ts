/**
 * Questions to a widget's Python (`experimental.invoke`): a custom message with an id, answered by a
 * custom message with the same id (I1, I2). They belong to the model and outlive the view that asked
 * (I17).
 */

const REQUEST = "anywidget-command";
const RESPONSE = "anywidget-command-response";
const TIMEOUT_MS = 3000;

/** What an invocation resolves to. */
export type Answer = [response: unknown, buffers: DataView[]];

export interface InvokeOptions {
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
  /** Decides alone how long to wait; without it, 3 s (I4, I5). */
  readonly signal?: AbortSignal;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

export class Invocations {
  readonly #pending = new Map<string, Pending>();
  readonly #send: (content: unknown, buffers: InvokeOptions["buffers"]) => void;
  #ended: Error | null = null;

  constructor(send: (content: unknown, buffers: InvokeOptions["buffers"]) => void) {
    this.#send = send;
  }

  /** How many wait for an answer. */
  get size(): number {
    return this.#pending.size;
  }

  /** Ask the Python command `name`. Rejects with what it raised, the signal's reason, or a `TimeoutError`. */
  async invoke(name: string, msg?: unknown, options: InvokeOptions = {}): Promise<Answer> {
    if (this.#ended) throw this.#ended;
    options.signal?.throwIfAborted();
    const id = uuid();
    const done = new AbortController();
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        giveUp(name, options.signal, done.signal, reject);
        // A missing `msg` would be a KeyError in Python (I7).
        this.#send({ id, kind: REQUEST, name, msg: msg ?? null }, options.buffers);
      });
    } finally {
      this.#pending.delete(id);
      done.abort();
    }
  }

  /** Look at a custom message; whether it was an answer that someone waits for (I3). */
  handle(content: unknown, buffers: DataView[]): boolean {
    if (!isResponse(content)) return false;
    const pending = this.#pending.get(content.id);
    if (!pending) return false;
    if (content.error) pending.reject(fromPython(content.error));
    else pending.resolve([content.response, buffers]);
    return true;
  }

  /** Reject all that wait. */
  reject(reason: Error): void {
    for (const pending of this.#pending.values()) pending.reject(reason);
  }

  /** Reject all that wait, and all that will be asked (I16). */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.reject(reason);
  }
}

function giveUp(
  name: string,
  signal: AbortSignal | undefined,
  done: AbortSignal,
  reject: (reason: unknown) => void,
): void {
  if (signal) {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done });
    return;
  }
  const timer = setTimeout(() => {
    const text = `[anywidget] Python has not answered the command "${name}" within ${TIMEOUT_MS / 1000} s`;
    reject(new DOMException(text, "TimeoutError"));
  }, TIMEOUT_MS);
  done.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

interface Response {
  id: string;
  kind: typeof RESPONSE;
  response?: unknown;
  error?: { name?: string; message?: string };
}

function isResponse(content: unknown): content is Response {
  return (
    typeof content === "object" &&
    content !== null &&
    (content as Partial<Response>).kind === RESPONSE &&
    typeof (content as Partial<Response>).id === "string"
  );
}

function fromPython({ name, message }: { name?: string; message?: string }): Error {
  const error = new Error(message ?? "the command failed");
  error.name = name ?? "Error";
  return error;
}

/** As `crypto.randomUUID`, which is for secure contexts only: an app on a local network has none. */
function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const random = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
