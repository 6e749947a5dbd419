/** How long a view, or a widget that asks for another, waits before it says so (D13, D14). */
export const PATIENCE_MS = 10_000;

/**
 * Wait for something for a limited time. `wait` gets a signal that aborts when `signal` does, or, with
 * what `late` makes as its reason, when the time is over: most waits are short, and an error is dear to make.
 */
export async function within<T>(
  milliseconds: number,
  late: () => Error,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late()), milliseconds);
  try {
    return await wait(AbortSignal.any([signal, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}
