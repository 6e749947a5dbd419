/** Where each notification goes: models to the registry, cells and kernel to the page, by a table. */

import type { Completions, FileStatus, NotebookAck, Notification, SessionStart } from "@anyhost/protocol";
import { handleModelLifecycle, type Registry } from "@anyhost/runtime";
import type { Page } from "./page.ts";

/** Who edits the notebook, and so hears of more. */
export interface EditListener {
  begin(session: SessionStart): void;
  /** A snapshot is whole, and the page has it. */
  settled(): void;
  /** The notebook has other cells, or another order. */
  arranged(): void;
  file(status: FileStatus): void;
  answered(ack: NotebookAck): void;
  completions(completions: Completions): void;
}

type Route = { [Op in Notification["op"]]: (notification: Extract<Notification, { op: Op }>) => void };

/** What handles a notification for this registry, this page, and who edits in it. */
export function createRoute(
  registry: Registry,
  page: Page,
  editing?: EditListener,
): (notification: Notification) => void {
  const apply: Route["notebook"] & Route["cell-edited"] & Route["cell-lifecycle"] = (notification) =>
    page.apply(notification, performance.now());
  const route: Route = {
    "model-lifecycle": (notification) => handleModelLifecycle(registry, notification),
    "model-ack": (ack) => registry.handleAck(ack),
    gap: ({ model_ids }) => {
      registry.handleGap(model_ids);
      page.notice(
        "info",
        "Some messages were lost",
        "The connection was away for too long. The widgets concerned have started again.",
      );
    },
    session: (session) => {
      page.beginSession(session);
      editing?.begin(session);
      if (!session.resumed) registry.beginSnapshot(session.model_ids);
    },
    "snapshot-end": ({ seq }) => {
      // First the place for the views, then the code that fills them.
      page.endSnapshot();
      editing?.settled();
      registry.endSnapshot(seq);
    },
    kernel: (kernel) => {
      page.apply(kernel, performance.now());
      registry.setKernelBusy(kernel.status === "busy");
      if (kernel.status === "dead") registry.lose(kernel.detail || "Python has stopped");
    },
    notebook: (notebook) => {
      apply(notebook);
      editing?.arranged();
    },
    "cell-edited": apply,
    "cell-lifecycle": apply,
    file: (status) => editing?.file(status),
    "notebook-ack": (ack) => editing?.answered(ack),
    completions: (completions) => editing?.completions(completions),
    // These are between the connection and the server.
    pong: () => {},
    probe: () => {},
    refusal: () => {},
  };
  return (notification) => (route[notification.op] as (notification: Notification) => void)(notification);
}
