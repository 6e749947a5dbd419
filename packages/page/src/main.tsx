/** The app page: connects, then draws what comes. */

import "./styles/theme.css";
import "./styles/jupyter.css";
import "./styles/page.css";
import "./styles/outputs.css";
import type { Notification } from "@anyhost/protocol";
import { type ErrorReport, type LoadClassic, Registry } from "@anyhost/runtime";
import { render } from "preact";
import { defineAnyView } from "./any-view.ts";
import { announcement } from "./app/announcement.ts";
import { App } from "./app/app.tsx";
import { drawSoon } from "./app/drawing.ts";
import { LinkWatch } from "./app/link.ts";
import { showOutputs } from "./app/output-widget.tsx";
import { Page, type PageState } from "./app/page.ts";
import { PartMissing } from "./app/part-missing.tsx";
import { tell } from "./app/report.ts";
import { createRoute } from "./app/route.ts";
import { followTheme } from "./app/theme.ts";
import { sentence } from "./app/words.ts";
import { type PageConfig, readConfig } from "./config.ts";
import { PageConnection } from "./connection.ts";
import type { Tools } from "./dev/tools.tsx";
import { takeEarly } from "./early-socket.ts";
import type { EditFront } from "./edit/front.tsx";
import { tabStorage } from "./identity.ts";
import { explainInsecure } from "./insecure.ts";
import { loadPart } from "./outputs/part.ts";
import { followPage } from "./page-lifetime.ts";
import { type Inherited, Unsent } from "./unsent.ts";

const { signal: forGood } = new AbortController();
const config = readConfig(document);
const place = document.getElementById("app") as HTMLElement;
if (config.mode === "dev") {
  void loaded(
    () => import("./dev/tools.tsx"),
    ({ Tools }) => start(config, forGood, { tools: new Tools(forGood) }),
  );
} else if (config.mode === "edit") {
  void loaded(
    () => import("./edit/front.tsx"),
    ({ EditFront }) => start(config, forGood, { Front: EditFront }),
  );
} else start(config, forGood, {});

/** Go on with a part that the page cannot do without. Its head has asked for it, too (`build/parts.ts`). */
async function loaded<Part>(load: () => Promise<Part>, goOn: (part: Part) => void): Promise<void> {
  let part: Part;
  try {
    part = await loadPart(load, forGood, () => render(<PartMissing forGood={false} />, place));
  } catch (error) {
    console.error("anyhost: a part of the page", error);
    render(<PartMissing forGood />, place);
    return;
  }
  goOn(part);
}

interface Extras {
  /** What a widget's author sees beside it. */
  readonly tools?: Tools;
  /** What shows a notebook to its writer, instead of the app. */
  readonly Front?: typeof EditFront;
}

/** Everything that the page does ends with `signal`. */
function start(config: PageConfig, signal: AbortSignal, { tools, Front }: Extras): void {
  const base = new URL("./", document.baseURI);
  const changed = drawSoon(() => draw(), signal);
  const page = new Page(config, changed);
  const link = new LinkWatch((now) => page.set({ link: now }), signal);

  // Where the page's head could not, the socket opens here, while the page is still being set up.
  let route: (notification: Notification) => void = () => {};
  const listener = {
    notification: (notification: Notification) => {
      tools?.received(notification); // first: the registry makes its own of what it is given
      route(notification);
    },
    state: link.follow.bind(link),
    online: () => {
      front?.editing.reconnected();
      registry.handleOnline();
      registry.handleReconnect();
    },
    leaving: () => {
      front?.editing.leaving();
      registry.handleLeaving();
    },
    inherited: (command: Inherited) => {
      if (command.type === "model") registry.rewrite(command.modelId, command.message, command.buffers);
      else front?.editing.inherited(command);
    },
    lost: (count: number) =>
      page.notice(
        "error",
        "Not everything was kept",
        `${count} of the messages to Python were too large to be kept while the page was loaded again.`,
      ),
    waiting: (waiting: boolean) => page.set({ waiting }),
    refused: (reason: string) => page.notice("info", "Not now", sentence(reason)),
    error: (error: unknown) => page.notice("error", "The connection had a problem", String(error)),
  };
  const storage = tabStorage();
  const connection = new PageConnection(
    {
      base,
      ...takeEarly(base),
      unsent: new Unsent(storage, base.pathname),
      timing: config.timing,
      listener,
    },
    signal,
  );
  const explain = explainInsecure((text) => page.notice("error", "No secure context", text), signal);
  const report = (error: ErrorReport) => {
    explain(error.error);
    // Beside the widget, its author has a place for them.
    if (tools) tools.reported(error);
    else tell(page, error);
  };
  const development = config.mode === "edit" || config.mode === "dev";
  const classic: LoadClassic = async (page) =>
    (await import("./classic/entry.ts")).createClassic(page, { base });
  const registry = new Registry(
    { connection: tools?.tapped(connection) ?? connection, showOutputs, classic, report, development },
    signal,
  );
  tools?.open(registry);
  const dismiss = (notice: number) => page.dismiss(notice);
  const front =
    Front &&
    new Front(
      { page, connection, storage, base: base.pathname, changed, draw: () => draw(), dismiss },
      signal,
    );
  route = createRoute(registry, page, front?.editing);
  followPage(connection, signal);
  followTheme(signal);
  defineAnyView(registry);

  const actions = {
    restart: () => void connection.restart(),
    dismiss,
  };
  let drawn: PageState = page.state;
  let said = "";
  function draw(): void {
    const runs = front?.news() ?? "";
    said = announcement(drawn, page.state) || runs || said;
    drawn = page.state;
    document.title = drawn.title || drawn.notebook.name || "anyhost";
    render(front?.view(drawn, said) ?? <App state={drawn} said={said} actions={actions} />, place);
    front?.drawn();
  }
  draw();
}
