/** What can be done with the whole notebook. */

import type { ComponentChildren } from "preact";
import { RestartIcon } from "../app/header.tsx";
import type { Editing } from "./editing.ts";
import { AppIcon, EditIcon, HelpIcon, RunAllIcon, StopIcon } from "./icons.tsx";
import type { Action } from "./shortcuts.ts";

interface ToolbarProps {
  readonly editing: Editing;
  /** Python can be asked to restart. */
  readonly restartable: boolean;
}

export function Toolbar({ editing, restartable }: ToolbarProps) {
  const { cells } = editing;
  const busy = cells.some((cell) => cell.phase === "running" || cell.phase === "queued");
  const stale = cells.filter((cell) => cell.stale).length;
  const app = editing.state.view === "app";
  const button = (action: Action, words: string, title: string, icon: ComponentChildren, label = words) => (
    <button
      type="button"
      class={`button ${action === "run-stale" ? "stale" : "quiet"}`}
      title={title}
      aria-label={label}
      onClick={() => editing.act(action)}
    >
      {icon}
      {words && <span>{words}</span>}
      {action === "run-stale" && <b>{stale}</b>}
    </button>
  );
  const staleLabel = `Run stale: ${stale} ${stale === 1 ? "cell" : "cells"}`;
  return (
    <div class="tools-bar" role="toolbar" aria-label="Notebook">
      {!app &&
        stale > 0 &&
        !busy &&
        button(
          "run-stale",
          "Run stale",
          "Run all stale cells (Ctrl-Shift-Enter)",
          <RunAllIcon />,
          staleLabel,
        )}
      {!app && busy && button("interrupt", "Interrupt", "Interrupt (i i)", <StopIcon />)}
      {!app && !busy && button("run-all", "Run all", "Run all cells", <RunAllIcon />)}
      {restartable && button("restart", "Restart", "Restart Python (0 0)", <RestartIcon />, "Restart Python")}
      {app
        ? button("toggle-app", "Edit", "Back to the notebook (Ctrl-.)", <EditIcon />)
        : button("toggle-app", "App", "Show as app (Ctrl-.)", <AppIcon />)}
      {!app && button("help", "", "Keyboard shortcuts (?)", <HelpIcon />, "Keyboard shortcuts")}
    </div>
  );
}
