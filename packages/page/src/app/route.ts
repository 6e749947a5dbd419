/** Where each notification goes: models to the registry, cells and kernel to the page, by a table. */

import type { Notification } from "@anyhost/protocol";
import { handleModelLifecycle, type Registry } from "@anyhost/runtime";
import type { Page } from "./page.ts";

type Route = { [Op in Notification["op"]]: (notification: Extract<Notification, { op: Op }>) => void };

/** What handles a notification for this registry and this page. */
export function createRoute(registry: Registry, page: Page): (notification: Notification) => void {
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
      if (!session.resumed) registry.beginSnapshot(session.model_ids);
    },
    "snapshot-end": ({ seq }) => {
      // First the place for the views, then the code that fills them.
      page.endSnapshot();
      registry.endSnapshot(seq);
    },
    kernel: (kernel) => {
      page.apply(kernel, performance.now());
      registry.setKernelBusy(kernel.status === "busy");
      if (kernel.status === "dead") registry.lose(kernel.detail || "Python has stopped");
    },
    notebook: apply,
    "cell-edited": apply,
    "cell-lifecycle": apply,
    // TODO(edit page): what follows is for `edit`.
    file: () => {},
    "notebook-ack": () => {},
    completions: () => {},
    // These are between the connection and the server.
    pong: () => {},
    probe: () => {},
    refusal: () => {},
  };
  return (notification) => (route[notification.op] as (notification: Notification) => void)(notification);
}
