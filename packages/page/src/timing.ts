/** How long the page waits for what, in milliseconds. A server can say otherwise (`Timing` in `server/settings.py`). */
export interface Timing {
  /** A socket may take this long to open. */
  readonly open: number;
  /** After so long without a byte the far end is asked for a sign of life. */
  readonly idle: number;
  /** After so long without an answer it is gone. With `idle` this is the promise of 30 s. */
  readonly patience: number;
  /** The same where someone waits: the tab was just shown, or the network has come or gone. */
  readonly probe: number;
  /** From the end of a good connection to the next attempt, and then twice as long each time. */
  readonly retry: number;
  readonly longestRetry: number;
}

export const TIMING: Timing = {
  open: 10_000,
  idle: 10_000,
  patience: 10_000,
  probe: 4_000,
  retry: 300,
  longestRetry: 15_000,
};
