/** An exported notebook: draws what is in the page, with the same code as the app, and without Python. */

import "../styles/theme.css";
import "../styles/jupyter.css";
import "../styles/page.css";
import "../styles/outputs.css";
import { type LoadClassic, Registry } from "@anyhost/runtime";
import { render } from "preact";
import { defineAnyView } from "../any-view.ts";
import { announcement } from "../app/announcement.ts";
import { App } from "../app/app.tsx";
import { drawSoon } from "../app/drawing.ts";
import { showOutputs } from "../app/output-widget.tsx";
import { Page } from "../app/page.ts";
import { tell } from "../app/report.ts";
import { createRoute } from "../app/route.ts";
import { followTheme } from "../app/theme.ts";
import { typesetText } from "../classic/typeset.ts";
import { readConfig } from "../config.ts";
import icon from "../icon.svg?inline";
import { RecordedAnswers } from "./answers.ts";
import { InlineModules, takeSnapshot } from "./inline.ts";
import { NoPythonConnection } from "./no-python.ts";

start(new AbortController().signal);

/** Everything that the page does ends with `signal`. */
function start(signal: AbortSignal): void {
  const page = new Page(
    readConfig(document),
    drawSoon(() => draw(), signal),
  );
  const { resolveUrl, fetchText } = InlineModules.take(document);
  const classic: LoadClassic = async (page) => {
    const bundle = await import(/* @vite-ignore */ resolveUrl("classic.js"));
    const { createClassic } = bundle as typeof import("../classic/inline-entry.ts");
    return createClassic(page, (el) => void typesetText(el, page.signal));
  };
  const connection = new NoPythonConnection({
    registry: () => registry,
    answers: RecordedAnswers.take(document),
    missed: once(() => explain(page)),
    used: firstUse(signal),
  });
  const registry: Registry = new Registry(
    { connection, resolveUrl, fetchText, showOutputs, classic, report: (error) => tell(page, error) },
    signal,
  );
  const place = document.getElementById("app") as HTMLElement;
  const actions = { restart() {}, dismiss: (notice: number) => page.dismiss(notice) };
  let drawn = page.state;
  let said = "";
  function draw(): void {
    said = announcement(drawn, page.state) || said;
    drawn = page.state;
    render(<App state={drawn} said={said} actions={actions} />, place);
  }

  addIcon();
  followTheme(signal);
  defineAnyView(registry);
  page.set({ link: { phase: "live", problem: null } });
  const route = createRoute(registry, page);
  for (const notification of takeSnapshot(document)) route(notification);
  draw();
}

function explain(page: Page): void {
  page.notice(
    "info",
    "There is no Python behind this page",
    "It was exported to a file. What you change stays in this page until it is loaded again, " +
      "and what only Python can work out does not follow.",
  );
}

/** Whether somebody has used the page. Scripts that pretend to be somebody do not count. */
function firstUse(signal: AbortSignal): () => boolean {
  let used = false;
  const note = ({ isTrusted }: Event) => {
    used ||= isTrusted;
  };
  for (const kind of ["pointerdown", "keydown", "wheel"])
    document.addEventListener(kind, note, { capture: true, passive: true, signal });
  return () => used;
}

function addIcon(): void {
  const link = document.createElement("link");
  link.rel = "icon";
  link.type = "image/svg+xml";
  link.href = icon;
  document.head.append(link);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
