/** The bar at the top: what this is, what Python is doing, and the way to start it anew. */

import { Elapsed } from "./elapsed.tsx";
import type { PageState } from "./page.ts";
import { KERNEL_WORDS, LINK_WORDS } from "./words.ts";

export function Header({ state, onRestart }: { state: PageState; onRestart: (() => void) | null }) {
  return (
    <header class="bar">
      <div class="bar-content">
        <p class="bar-title">{state.title || state.notebook.name}</p>
        <Status state={state} />
        {onRestart && (
          <button type="button" class="button quiet" onClick={onRestart}>
            Restart
          </button>
        )}
      </div>
    </header>
  );
}

type Tone = "calm" | "busy" | "warn" | "bad" | "good";

/** One thing at a time: without a connection nothing else that could be said is certain. */
function Status({ state }: { state: PageState }) {
  const { link, notebook, waiting } = state;
  if (link.phase === "back") return <Pill tone="good" text={LINK_WORDS.back} />;
  if (link.phase !== "live")
    return <Pill tone={link.phase === "lost" ? "warn" : "busy"} text={LINK_WORDS[link.phase]} />;
  if (notebook.kernel.status === "dead") return <Pill tone="bad" text={KERNEL_WORDS.dead} />;
  if (notebook.kernel.status === "starting") return <Pill tone="busy" text={KERNEL_WORDS.starting} />;
  const index = notebook.cells.findIndex((cell) => cell.phase === "running");
  const running = notebook.cells[index];
  if (running?.startedAt != null) {
    const code = notebook.cells.filter((cell) => cell.kind === "code");
    return (
      <Pill tone="busy" text={`Running ${code.indexOf(running) + 1} of ${code.length}`}>
        <Elapsed since={running.startedAt} />
      </Pill>
    );
  }
  if (waiting) return <Pill tone="busy" text="Waiting for Python" />;
  return <Pill tone="calm" text={KERNEL_WORDS[notebook.kernel.status]} />;
}

function Pill({ tone, text, children }: { tone: Tone; text: string; children?: preact.ComponentChildren }) {
  return (
    <p class="status" data-tone={tone}>
      <span class="status-dot" aria-hidden="true" />
      <span>{text}</span>
      {children}
    </p>
  );
}
