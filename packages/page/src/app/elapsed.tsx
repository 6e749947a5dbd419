import { useEffect, useState } from "preact/hooks";
import { duration } from "./words.ts";

/** A run that is shorter says nothing about its time (ms). */
const SHOWN_AFTER = 500;
const TICK = 100;

/** How long something has been going on, once that is worth saying. Not for screen readers: it ticks. */
export function Elapsed({ since, before = "" }: { since: number; before?: string }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  const elapsed = now - since;
  if (elapsed < SHOWN_AFTER) return null;
  return (
    <span class="elapsed" aria-hidden="true">
      {before}
      {duration(elapsed / 1000)}
    </span>
  );
}
