/** The page of a notebook that is being written. In the app view it is the same page with less to be seen. */

import { Banners, Notices } from "../app/banners.tsx";
import { Header } from "../app/header.tsx";
import type { PageState } from "../app/page.ts";
import { RestartDialog } from "../app/restart-dialog.tsx";
import { EditCell } from "./cell.tsx";
import { AddRow } from "./cell-tools.tsx";
import type { Desk } from "./desk.ts";
import { FileConflict, FileState } from "./file-state.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { Toolbar } from "./toolbar.tsx";

export interface EditPageProps {
  readonly state: PageState;
  /** What is new, for screen readers. */
  readonly said: string;
  readonly desk: Desk;
  readonly dismiss: (notice: number) => void;
}

export function EditPage({ state, said, desk, dismiss }: EditPageProps) {
  const { editing } = desk;
  const { selected, writing, view, file, toast, dialog } = editing.state;
  const { cells } = editing;
  const dead = state.notebook.kernel.status === "dead";
  const live = state.link.phase === "live" || state.link.phase === "back";
  return (
    <div class="edit" data-view={view}>
      <Header state={state} onRestart={null}>
        <FileState file={file} pending={editing.unsaid} />
        <Toolbar editing={editing} restartable={live && !dead} />
      </Header>
      <main id="notebook" aria-label={state.title || state.notebook.name}>
        <Banners state={state} onRestart={() => editing.restart()} />
        <FileConflict file={file} editing={editing} />
        {cells.map((cell, index) => (
          <EditCell
            key={cell.id}
            cell={cell}
            number={index + 1}
            selected={cell.id === selected}
            writing={writing.has(cell.id)}
            desk={desk}
          />
        ))}
        {state.notebook.name && <AddRow class="add-row" editing={editing} />}
      </main>
      <Notices notices={state.notices} onDismiss={dismiss} />
      {toast && (
        <div class="toast" role="status">
          <span>{toast}</span>
          <button type="button" class="button quiet" onClick={() => editing.act("undo-delete")}>
            Undo
          </button>
        </div>
      )}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {dialog === "help" && <HelpDialog mac={desk.mac} onClose={() => editing.closeDialog()} />}
      {(dialog === "restart" || dialog === "start") && (
        <RestartDialog
          kept={
            dialog === "restart"
              ? "Your code is kept; what its variables and widgets hold is not."
              : "Your code is kept."
          }
          stopped={dialog === "start"}
          onAnswer={(restart) => {
            editing.closeDialog();
            if (restart) editing.restart();
          }}
        />
      )}
    </div>
  );
}
