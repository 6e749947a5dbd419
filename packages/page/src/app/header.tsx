/** The bar at the top: what this is, what Python is doing, and the way to start it anew. */

import type { ComponentChildren } from "preact";
import { Elapsed } from "./elapsed.tsx";
import type { PageState } from "./page.ts";
import { EXPORTED, KERNEL_WORDS, LINK_WORDS } from "./words.ts";

export interface HeaderProps {
  readonly state: PageState;
  readonly onRestart: (() => void) | null;
  /** More about the file, and more to do with it. */
  readonly children?: ComponentChildren;
}

export function Header({ state, onRestart, children }: HeaderProps) {
  return (
    <header class="bar">
      <div class="bar-content">
        <p class="bar-title">{state.title || state.notebook.name}</p>
        <Status state={state} />
        {children}
        {onRestart && (
          <button type="button" class="button quiet" aria-label="Restart Python" onClick={onRestart}>
            <RestartIcon />
            <span>Restart</span>
          </button>
        )}
      </div>
    </header>
  );
}

type Tone = "calm" | "busy" | "warn" | "bad" | "good";

/** One thing at a time: without a connection nothing else that could be said is certain. */
function Status({ state }: { state: PageState }) {
  const { link, mode, notebook, waiting } = state;
  if (mode === "static") return <Pill tone="calm" text={EXPORTED} />;
  const dead = notebook.kernel.status === "dead";
  if (link.phase === "back" && !dead) return <Pill tone="good" text={LINK_WORDS.back} />;
  if (link.phase === "lost" || link.phase === "connecting")
    return <Pill tone={link.phase === "lost" ? "warn" : "busy"} text={LINK_WORDS[link.phase]} />;
  if (dead) return <Pill tone="bad" text={KERNEL_WORDS.dead} />;
  if (notebook.kernel.status === "starting") return <Pill tone="busy" text={KERNEL_WORDS.starting} />;
  const index = notebook.cells.findIndex((cell) => cell.phase === "running");
  const running = notebook.cells[index];
  if (running?.startedAt != null) {
    const code = notebook.cells.filter((cell) => cell.kind === "code");
    return (
      <Pill tone="busy" word="Running" text={`${code.indexOf(running) + 1} of ${code.length}`}>
        <Elapsed since={running.startedAt} />
      </Pill>
    );
  }
  if (waiting) return <Pill tone="busy" text="Waiting for Python" />;
  return <Pill tone="calm" text={KERNEL_WORDS[notebook.kernel.status]} />;
}

interface PillProps {
  readonly tone: Tone;
  /** What a small screen can do without: the dot says it, too. */
  readonly word?: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

function Pill({ tone, word, text, children }: PillProps) {
  return (
    <p class="status" data-tone={tone}>
      <span class="status-dot" aria-hidden="true" />
      {word && <span class="status-word">{word}</span>}
      <span>{text}</span>
      {children}
    </p>
  );
}

export function RestartIcon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
      <path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M12 1v3.2H8.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
