import { useEffect, useRef } from "preact/hooks";

export interface RestartDialogProps {
  /** What is not lost by it, in a sentence. */
  readonly kept?: string;
  /** It has stopped by itself: there is nothing to lose. */
  readonly stopped?: boolean;
  readonly onAnswer: (restart: boolean) => void;
}

/** Asks before the work of the session is thrown away. The browser's own dialog: Escape and focus are its. */
export function RestartDialog({ kept = "", stopped = false, onAnswer }: RestartDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="restart-title"
      onClose={() => onAnswer(dialog.current?.returnValue === "restart")}
    >
      <form method="dialog">
        <h2 id="restart-title">{stopped ? "Python has stopped. Start it again?" : "Restart Python?"}</h2>
        <p>The notebook runs again from its beginning. {kept || "What was changed on this page is lost."}</p>
        <div class="dialog-actions">
          <button type="submit" class="button quiet" value="">
            Cancel
          </button>
          {/* biome-ignore lint/a11y/noAutofocus: who pressed Run wants just this; a restart is asked for twice */}
          <button type="submit" class="button primary" value="restart" autoFocus={stopped}>
            {stopped ? "Start Python" : "Restart"}
          </button>
        </div>
      </form>
    </dialog>
  );
}
