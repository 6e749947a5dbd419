import type { PageConnection } from "./connection.ts";

/** Tells a connection what happens to its page: hidden for good, kept for "back", shown, online again. */
export function followPage(connection: PageConnection, signal: AbortSignal): void {
  window.addEventListener("online", () => connection.wake(), { signal });
  // A server on this machine is still there; any other does not answer, which is found out at once.
  window.addEventListener("offline", () => connection.wake(), { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "visible") connection.wake();
      else connection.keepUnsent(); // on a phone this can be the last that a page hears
    },
    { signal },
  );
  // An open socket would keep the browser from keeping the page, so the page leaves in any case, and
  // returns to its session should it be shown again.
  window.addEventListener("pagehide", () => connection.leave(), { signal });
  window.addEventListener("pageshow", ({ persisted }) => persisted && connection.return(), { signal });
}
