/** The page of a running notebook. */

import { useState } from "preact/hooks";
import { Banners, Notices } from "./banners.tsx";
import { Cells } from "./cells.tsx";
import { Header } from "./header.tsx";
import type { PageState } from "./page.ts";
import { RestartDialog } from "./restart-dialog.tsx";

export interface AppProps {
  readonly state: PageState;
  /** What is new, for screen readers. */
  readonly said: string;
  readonly actions: { restart(): void; dismiss(notice: number): void };
}

export function App({ state, said, actions }: AppProps) {
  const [asking, setAsking] = useState(false);
  const restartable = state.mode !== "static" && state.mode !== "mounted";
  const dead = state.notebook.kernel.status === "dead";
  const live = state.link.phase === "live" || state.link.phase === "back";
  return (
    <>
      <Header state={state} onRestart={restartable && live && !dead ? () => setAsking(true) : null} />
      <main id="notebook" aria-label={state.title || state.notebook.name}>
        <Banners state={state} onRestart={restartable ? actions.restart : null} />
        <Cells cells={state.notebook.cells} />
        {state.notebook.name && !state.notebook.cells.length && (
          <p class="note">There is nothing in {state.notebook.name} yet.</p>
        )}
      </main>
      <Notices notices={state.notices} onDismiss={actions.dismiss} />
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {asking && (
        <RestartDialog
          onAnswer={(restart) => {
            setAsking(false);
            if (restart) actions.restart();
          }}
        />
      )}
    </>
  );
}
