import { useEffect, useRef } from "preact/hooks";
import { EDITOR_KEYS, keyCaps, type Mode, SHORTCUTS } from "./shortcuts.ts";

interface Row {
  readonly keys: readonly string[];
  readonly words: string;
}

/** Every shortcut that there is. */
export function HelpDialog({ mac, onClose }: { mac: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const of = (mode?: Mode) => SHORTCUTS.filter((shortcut) => shortcut.mode === mode);
  return (
    <dialog ref={dialog} class="dialog shortcuts" aria-labelledby="shortcuts-title" onClose={onClose}>
      <form method="dialog">
        <div class="shortcuts-head">
          <h2 id="shortcuts-title">Keyboard shortcuts</h2>
          <button type="submit" class="button quiet" aria-label="Close">
            ×
          </button>
        </div>
        <div class="shortcuts-lists">
          <Keys title="Everywhere" rows={of()} mac={mac} />
          <Keys title="In the text of a cell (Enter)" rows={[...of("edit"), ...EDITOR_KEYS]} mac={mac} />
          <Keys title="On a cell (Esc)" rows={of("command")} mac={mac} />
        </div>
      </form>
    </dialog>
  );
}

function Keys({ title, rows, mac }: { title: string; rows: readonly Row[]; mac: boolean }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ keys, words }) => (
          <div key={words}>
            <dt>
              {keys.map((each, index) => (
                <span key={each}>
                  {index > 0 && " or "}
                  {keyCaps(each, mac).map((cap, nth) => (
                    <kbd key={`${nth} ${cap}`}>{cap}</kbd>
                  ))}
                </span>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
