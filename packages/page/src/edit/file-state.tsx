/** Whether the file has what the page has, and the choice where another program has changed it. */

import { sentence } from "../app/words.ts";
import type { Editing, EditState } from "./editing.ts";

type File = EditState["file"];

const WORDS: Readonly<Record<File["status"], string>> = {
  saved: "Saved",
  unsaved: "Unsaved",
  conflict: "Changed elsewhere",
  failed: "Not saved",
};

/** `pending`: the server has not even heard of everything. */
export function FileState({ file, pending }: { file: File; pending: boolean }) {
  const status = file.status === "saved" && pending ? "unsaved" : file.status;
  return (
    <p class="file-state" data-status={status} title={file.detail || undefined}>
      {WORDS[status]}
      {file.detail && status !== "conflict" && <span> · {file.detail}</span>}
    </p>
  );
}

export function FileConflict({ file, editing }: { file: File; editing: Editing }) {
  if (file.status === "failed") {
    return (
      <aside class="banner" data-tone="bad" aria-label="The notebook is not saved">
        <p>
          <strong>The notebook could not be saved.</strong> {sentence(file.detail)}
        </p>
        <button type="button" class="button" onClick={() => editing.act("save")}>
          Try again
        </button>
      </aside>
    );
  }
  if (file.status !== "conflict") return null;
  return (
    <aside class="banner" data-tone="warn" aria-label="The file was changed by another program">
      <p>
        <strong>Another program has changed the file,</strong> and there are edits here that it does not have.{" "}
        {sentence(file.detail)}
      </p>
      <div class="banner-actions">
        <button type="button" class="button" onClick={() => editing.resolve("edits")}>
          Keep my edits
        </button>
        <button type="button" class="button" onClick={() => editing.resolve("file")}>
          Take the file
        </button>
      </div>
    </aside>
  );
}
