/** What the page says about its connection and its kernel, and how it says a time. */

import type { Link } from "./link.ts";
import type { Notebook } from "./notebook.ts";

export const LINK_WORDS: Readonly<Record<Link["phase"], string>> = {
  connecting: "Connecting…",
  live: "",
  lost: "Reconnecting…",
  back: "Connected again",
};

export const KERNEL_WORDS: Readonly<Record<Notebook["kernel"]["status"], string>> = {
  starting: "Starting Python…",
  idle: "Ready",
  busy: "Running",
  dead: "Python has stopped",
};

/** What stands there in a page that has no Python at all. */
export const EXPORTED = "Exported";

/** A time in seconds, as precise as it is worth: "0.7 s", "12 s", "3 min 05 s", "2 h 10 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (count: number) => String(count).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** Someone else's words, begun and ended as a sentence is. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return "";
  const begun = trimmed[0]?.toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
