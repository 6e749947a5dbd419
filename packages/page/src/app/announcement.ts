/** What a screen reader is told, politely: that which a glance at the page would tell. */

import type { Cell } from "./notebook.ts";
import type { PageState } from "./page.ts";
import { LINK_WORDS } from "./words.ts";

/** What is new between two states, in words; empty where nothing is worth an interruption. */
export function announcement(before: PageState, after: PageState): string {
  const said: string[] = [];
  if (before.link.phase !== after.link.phase) said.push(LINK_WORDS[after.link.phase]);
  if (after.link.problem && before.link.problem !== after.link.problem) said.push(after.link.problem);
  const { status, detail } = after.notebook.kernel;
  if (status === "dead" && before.notebook.kernel.status !== "dead")
    said.push(`Python has stopped. ${detail}`);
  if (before.notebook !== after.notebook)
    said.push(...newErrors(before.notebook.cells, after.notebook.cells));
  const known = new Set(before.notices.map((notice) => notice.id));
  for (const notice of after.notices)
    if (!known.has(notice.id)) said.push(`${notice.title}. ${notice.detail}`);
  return said.filter(Boolean).join(" ");
}

function newErrors(before: readonly Cell[], after: readonly Cell[]): string[] {
  const known = new Map(before.map((cell) => [cell.id, cell.outputs]));
  return after.flatMap((cell, index) => {
    const earlier = known.get(cell.id);
    if (earlier === cell.outputs) return [];
    return cell.outputs
      .filter((output) => output.kind === "error" && !earlier?.some((other) => other.key === output.key))
      .map((output) =>
        output.kind === "error" ? `Error in cell ${index + 1}: ${output.name}: ${output.value}` : "",
      );
  });
}
