/** What can be done with the whole notebook. */

import { RestartIcon } from "../app/header.tsx";
import type { Editing } from "./editing.ts";
import { AppIcon, HelpIcon, RunAllIcon, StopIcon } from "./icons.tsx";

export function Toolbar({ editing, restartable }: { editing: Editing; restartable: boolean }) {
  const { cells } = editing;
  const busy = cells.some((cell) => cell.phase === "running" || cell.phase === "queued");
  const stale = cells.filter((cell) => cell.stale).length;
  const app = editing.state.view === "app";
  return (
    <div class="tools-bar" role="toolbar" aria-label="Notebook">
      {!app && (
        <>
          {stale > 0 && !busy && (
            <button
              type="button"
              class="button stale"
              title="Run all cells that are stale (Ctrl-Shift-Enter)"
              aria-label={`Run ${stale} stale ${stale === 1 ? "cell" : "cells"}`}
              onClick={() => editing.act("run-stale")}
            >
              <RunAllIcon />
              <span>Run stale</span>
              <b>{stale}</b>
            </button>
          )}
          <button
            type="button"
            class="button quiet run-all"
            title={busy ? "Interrupt (i i)" : "Run all cells"}
            aria-label={busy ? "Interrupt" : "Run all"}
            onClick={() => editing.act(busy ? "interrupt" : "run-all")}
          >
            {busy ? <StopIcon /> : <RunAllIcon />}
            <span>{busy ? "Interrupt" : "Run all"}</span>
          </button>
        </>
      )}
      {restartable && (
        <button
          type="button"
          class="button quiet"
          title="Restart Python (0 0)"
          aria-label="Restart Python"
          onClick={() => editing.act("restart")}
        >
          <RestartIcon />
          <span>Restart</span>
        </button>
      )}
      <button
        type="button"
        class="button quiet app-toggle"
        title="Show as app, and back (Ctrl-.)"
        aria-pressed={app}
        onClick={() => editing.act("toggle-app")}
      >
        <AppIcon />
        <span>{app ? "Edit" : "App"}</span>
      </button>
      {!app && (
        <button
          type="button"
          class="button quiet help"
          title="Keyboard shortcuts (?)"
          aria-label="Keyboard shortcuts"
          onClick={() => editing.act("help")}
        >
          <HelpIcon />
        </button>
      )}
    </div>
  );
}
