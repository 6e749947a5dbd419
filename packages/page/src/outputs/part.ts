/** Pauses between attempts, in milliseconds: three quarters of a minute in all. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000];

/**
 * Load a part of the page that is fetched only when it is needed. The connection may be lost just then, so
 * there are several attempts; `failed` hears of the first that fails. Rejects as the last one did.
 */
export async function loadPart<T>(
  load: () => Promise<T>,
  signal: AbortSignal,
  failed: () => unknown = () => {},
): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await load();
    } catch (error) {
      if (signal.aborted) throw error;
      if (pause === PAUSES[0]) failed();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
  }
  return load();
}
