/** The app page: connects, then draws what comes. */

import "./styles/theme.css";
import "./styles/jupyter.css";
import "./styles/page.css";
import "./styles/outputs.css";
import type { Notification } from "@anyhost/protocol";
import { type ErrorReport, Registry } from "@anyhost/runtime";
import { render } from "preact";
import { defineAnyView } from "./any-view.ts";
import { announcement } from "./app/announcement.ts";
import { App } from "./app/app.tsx";
import { LinkWatch } from "./app/link.ts";
import { eachFrame, Page, type PageState } from "./app/page.ts";
import { createRoute } from "./app/route.ts";
import { followTheme } from "./app/theme.ts";
import { readConfig } from "./config.ts";
import { PageConnection } from "./connection.ts";
import { createIdentity, tabStorage } from "./identity.ts";
import { followPage } from "./page-lifetime.ts";

start(new AbortController().signal);

/** Everything that the page does ends with `signal`. */
function start(signal: AbortSignal): void {
  const base = new URL("./", document.baseURI);
  const page = new Page(
    readConfig(document),
    eachFrame(() => draw(), signal),
  );
  const link = new LinkWatch((now) => page.set({ link: now }), signal);

  // The socket opens first: the server starts a kernel while the page is still being set up.
  let route: (notification: Notification) => void = () => {};
  const listener = {
    notification: (notification: Notification) => route(notification),
    state: link.follow.bind(link),
    online: () => registry.handleOnline(),
    waiting: (waiting: boolean) => page.set({ waiting }),
    error: (error: unknown) => page.notice("error", "The connection had a problem", String(error)),
  };
  const connection = new PageConnection(
    { base, identity: createIdentity(tabStorage(), base.pathname), listener },
    signal,
  );
  const registry = new Registry({ connection, report: (report) => tell(page, report) }, signal);
  route = createRoute(registry, page);
  followPage(connection, signal);
  followTheme(signal);
  defineAnyView(registry);

  const place = document.getElementById("app") as HTMLElement;
  const actions = {
    restart: () => void connection.restart(),
    dismiss: (notice: number) => page.dismiss(notice),
  };
  let drawn: PageState = page.state;
  let said = "";
  function draw(): void {
    said = announcement(drawn, page.state) || said;
    drawn = page.state;
    document.title = drawn.title || drawn.notebook.name || "anyhost";
    render(<App state={drawn} said={said} actions={actions} />, place);
  }
  draw();
}

/** An error in a widget's code, where no view of the widget can show it. */
function tell(page: Page, { widget, phase, error, modelId }: ErrorReport): void {
  const shown = phase === "load" || phase === "initialize" || phase === "render";
  if (shown && document.querySelector(`any-view[model-id="${CSS.escape(modelId)}"]`)) return;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  page.notice("error", `${widget}: error in ${phase === "message" ? "a message" : phase}`, detail);
}
