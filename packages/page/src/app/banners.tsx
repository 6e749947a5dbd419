/** What stands between a user and a working page, and what to do about it. */

import type { Notice, PageState } from "./page.ts";
import { sentence } from "./words.ts";

export function Banners({ state, onRestart }: { state: PageState; onRestart: (() => void) | null }) {
  const { link, notebook } = state;
  const dead = notebook.kernel.status === "dead";
  return (
    <>
      {link.problem && link.phase !== "live" && (
        <aside class="banner" data-tone="warn" aria-label="Connection">
          <p>{sentence(link.problem)}</p>
          <p class="note">Trying again.{link.phase === "lost" && " Nothing that you changed is lost."}</p>
        </aside>
      )}
      {dead && (
        <aside class="banner" data-tone="bad" aria-label="Python has stopped">
          <p>
            <strong>Python has stopped.</strong> {sentence(notebook.kernel.detail)}
          </p>
          <p class="note">The page shows what was last true.</p>
          {onRestart && (
            <button type="button" class="button" onClick={onRestart} disabled={link.phase === "lost"}>
              Restart
            </button>
          )}
        </aside>
      )}
    </>
  );
}

export function Notices({
  notices,
  onDismiss,
}: {
  notices: readonly Notice[];
  onDismiss: (id: number) => void;
}) {
  if (!notices.length) return null;
  return (
    <section class="notices" aria-label="Notices">
      {notices.map((notice) => (
        <article key={notice.id} class="notice" data-kind={notice.kind}>
          <div>
            <strong>{notice.title}</strong>
            {notice.times > 1 && <span class="error-where">{notice.times} times</span>}
            <p class="notice-detail">{notice.detail}</p>
          </div>
          <button
            type="button"
            class="button quiet"
            aria-label="Dismiss"
            onClick={() => onDismiss(notice.id)}
          >
            ×
          </button>
        </article>
      ))}
    </section>
  );
}
