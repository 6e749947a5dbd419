/** Whether the file has what the page has, and the choice where another program has changed it. */

import type { CellInfo } from "@anyhost/protocol";
import { sentence } from "../app/words.ts";
import { areMoved, type Difference, differences, type Marked, marked } from "./conflict.ts";
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
      {file.cells && <Differences theirs={file.cells} editing={editing} />}
      <div class="banner-actions">
        <button type="button" class="button" onClick={() => editing.resolve("edits")}>
          Keep my edits
        </button>
        {file.cells && (
          <button type="button" class="button" onClick={() => editing.resolve("file")}>
            Take the file
          </button>
        )}
      </div>
    </aside>
  );
}

function Differences({ theirs, editing }: { theirs: readonly CellInfo[]; editing: Editing }) {
  const { cells } = editing;
  const found = differences(cells, theirs);
  const moved = areMoved(cells, theirs);
  return (
    <details class="differences" open>
      <summary>
        {found.length === 1 ? "1 cell differs" : `${found.length || "No"} cells differ`}
        {moved && "; the file has them in another order"}
      </summary>
      {found.map((difference) => (
        <DifferenceView key={difference.id} difference={difference} editing={editing} />
      ))}
    </details>
  );
}

function DifferenceView({ difference, editing }: { difference: Difference; editing: Editing }) {
  const { id, number, here, file } = difference;
  const both = here !== null && file !== null;
  const [ours, theirs] = marked(here ?? "", file ?? "");
  return (
    <section class="difference" aria-label={`Cell ${number}`}>
      <div class="difference-title">
        {here === null ? (
          <span>Cell {number} of the file</span>
        ) : (
          <button type="button" class="link" onClick={() => editing.goTo(id, "cell")}>
            Cell {number}
          </button>
        )}
        {both && (
          <button type="button" class="link" onClick={() => editing.type(id, file)}>
            Use the file's text here
          </button>
        )}
      </div>
      <div class="difference-sides">
        <Side title="Here" text={here === null ? null : ours} />
        <Side title="In the file" text={file === null ? null : theirs} />
      </div>
    </section>
  );
}

function Side({ title, text }: { title: string; text: Marked | null }) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it
        <pre tabIndex={0}>
          {text.lines.map((line, index) =>
            index >= text.from && index < text.to ? <mark>{`${line}\n`}</mark> : `${line}\n`,
          )}
        </pre>
      ) : (
        <p class="note">No such cell.</p>
      )}
    </figure>
  );
}
