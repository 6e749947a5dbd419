/**
 * One `WidgetHost` as a page sees it: the views of its widgets, and one connection for all of them.
 *
 * The first view asks which models the named widgets are. With that request the visitor's session begins, and
 * the cookie comes that the socket needs, so it goes first. A server that was started again, or a session that
 * nobody used for long, is seen by another session's id: then the names are asked for once more, and each view
 * shows the widget that has the name now.
 */

import type { Notification, SessionStart } from "@anyhost/protocol";
import { type Classic, type ClassicPage, handleModelLifecycle, Registry } from "@anyhost/runtime";
import { LinkWatch } from "../app/link.ts";
import { sentence } from "../app/words.ts";
import type { PackageOptions } from "../classic/packages.ts";
import { PageConnection } from "../connection.ts";
import { createIdentity, tabStorage } from "../identity.ts";
import { explainInsecure } from "../insecure.ts";
import { followPage } from "../page-lifetime.ts";
import { type Inherited, Unsent } from "../unsent.ts";
import { type Answer, ask, type Found, type Question, Refusal } from "./question.ts";
import type { Status } from "./status.ts";

export interface EmbeddedHostOptions {
  /** The address of the host: the folder of its script. */
  readonly base: string;
  /** What the page's script was given to find the session that began while the page was made. */
  readonly claim: string | null;
  readonly nonce: string;
  readonly status: Status;
}

interface NamedView {
  readonly name: string;
  readonly el: HTMLElement;
  readonly signal: AbortSignal;
  /** What is shown in it, and its end. */
  shown: { readonly found: Found; readonly end: AbortController } | null;
}

/** Between two attempts to ask a server that does not answer, in milliseconds; later ones wait longer. */
const RETRY = 500;
const LONGEST_RETRY = 15_000;
/** So often the socket and the request may lead to different sessions until that is no accident. */
const PATIENCE = 3;

export class EmbeddedHost {
  readonly #options: EmbeddedHostOptions;
  readonly #signal: AbortSignal;
  readonly #named = new Set<NamedView>();
  readonly #found = new Map<string, Found>();
  #claim: string | null;
  /** The last ticket that a view has brought and that was not used yet, and what the one before it was traded for. */
  #ticket: string | null = null;
  #pass: string | null = null;
  readonly #tickets = new Set<string>();
  #asking = false;
  #askAgain = false;
  /** The session that the names were found in, and the one that the socket is in. */
  #asked: string | null = null;
  #joined: string | null = null;
  #mismatches = 0;
  #registry: Registry | null = null;
  /** The process of the widgets has ended: takes away what was said of it. */
  #forgive: (() => void) | null = null;

  constructor(options: EmbeddedHostOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#claim = options.claim;
  }

  /** Show what an element names in it, until `signal` aborts. */
  fill(el: HTMLElement, signal: AbortSignal): void {
    const [name, modelId] = [el.getAttribute("name"), el.getAttribute("model-id")];
    this.#takeTicket(el.getAttribute("ticket"));
    if (name) {
      const view: NamedView = { name, el, signal, shown: null };
      this.#named.add(view);
      signal.addEventListener("abort", () => this.#leave(view), { once: true });
      this.#show(view);
    } else if (modelId) {
      void this.#ready().then((registry) => registry?.mount(modelId, el, { signal }));
    } else return;
    void this.#ask();
  }

  /** A page has one session with a host: that of the first ticket, or of a later one when that session has ended. */
  #takeTicket(ticket: string | null): void {
    if (!ticket || this.#tickets.has(ticket)) return;
    this.#tickets.add(ticket);
    this.#ticket = ticket;
    this.#asked = null;
    this.#found.clear();
  }

  #leave(view: NamedView): void {
    this.#named.delete(view);
    view.shown?.end.abort(view.signal.reason);
  }

  // ---- Names ----------------------------------------------------------------------------------------

  /** Ask for the names that are not known; one request at a time, since the first brings the cookie. */
  async #ask(): Promise<void> {
    this.#askAgain = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#askAgain && !this.#signal.aborted) {
        await Promise.resolve(); // views that come at once are asked for together
        this.#askAgain = false;
        const names = [...new Set([...this.#named].map(({ name }) => name))].filter(
          (name) => !this.#found.has(name),
        );
        if (names.length || this.#asked === null) await this.#askFor(names);
      }
    } finally {
      this.#asking = false;
    }
  }

  async #askFor(names: readonly string[]): Promise<void> {
    const { base, status } = this.#options;
    for (let delay = RETRY; !this.#signal.aborted; delay = Math.min(LONGEST_RETRY, delay * 2)) {
      try {
        const question = this.#question(names);
        const answer = await ask(base, question, this.#signal);
        if (question.ticket !== null && question.ticket === this.#ticket) this.#ticket = null;
        if (this.#registry === null) status.problem(null);
        this.#answered(answer);
        return;
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof Refusal && this.#pass !== null && this.#ticket !== null) {
          this.#pass = null;
          continue;
        }
        if (error instanceof Refusal) {
          for (const name of names) this.#learn(name, { model_id: null, error: error.message });
          return;
        }
        // Once there was a connection, that says what is the matter.
        if (this.#registry === null) status.problem(`${reasonOf(error)}. Trying again`);
      }
      await within(delay, this.#signal);
    }
  }

  #question(names: readonly string[]): Question {
    const pass = this.#pass;
    return { names, claim: this.#claim, ticket: pass === null ? this.#ticket : null, pass };
  }

  #answered({ session_id, widgets, notice, pass = null }: Answer): void {
    this.#claim = null;
    this.#pass = pass;
    if (notice) this.#options.status.notice(sentence(notice));
    if (this.#asked !== session_id) {
      this.#asked = session_id;
      this.#found.clear();
    }
    this.#registry ??= this.#connect();
    this.#begin();
    for (const [name, found] of Object.entries(widgets)) this.#learn(name, found);
    if (this.#joined !== null && this.#joined !== session_id) void this.#explainOrAsk();
    else this.#askAgain = true;
  }

  #learn(name: string, found: Found): void {
    this.#found.set(name, found);
    for (const view of this.#named) if (view.name === name) this.#show(view);
  }

  #show(view: NamedView): void {
    const found = this.#found.get(view.name);
    const before = view.shown?.found;
    if (!found || (before?.model_id === found.model_id && before.error === found.error)) return;
    view.shown?.end.abort();
    const end = new AbortController();
    view.shown = { found, end };
    if (found.model_id === null) say(view.el, sentence(found.error), end.signal);
    else void this.#registry?.mount(found.model_id, view.el, { signal: end.signal });
  }

  // ---- The connection -------------------------------------------------------------------------------

  #begin: () => void = () => {};
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  /** The registry, once there is a session; null: there never will be. */
  async #ready(): Promise<Registry | null> {
    await this.#begun;
    return this.#registry;
  }

  #connect(): Registry {
    const { base, status, nonce } = this.#options;
    const signal = this.#signal;
    const link = new LinkWatch((now) => status.link(now), signal);
    const storage = tabStorage();
    const path = new URL(base).pathname;
    const explain = explainInsecure((text) => status.notice(text), signal);
    const listener = {
      notification: (notification: Notification) => this.#receive(registry, notification),
      state: link.follow.bind(link),
      online: () => {
        registry.handleOnline();
        registry.handleReconnect();
      },
      leaving: () => registry.handleLeaving(),
      inherited: (command: Inherited) => {
        if (command.type === "model") registry.rewrite(command.modelId, command.message, command.buffers);
      },
      lost: (count: number) =>
        status.notice(
          `${count} of the messages to Python were too large to be kept while the page was loaded.`,
        ),
      waiting: () => {},
      refused: (reason: string) => status.notice(sentence(reason)),
      error: (error: unknown) => console.error("anyhost: the connection had a problem:", error),
    };
    const connection = new PageConnection(
      {
        base: new URL(base),
        identity: createIdentity(storage, path),
        unsent: new Unsent(storage, path),
        listener,
        openWebSocket: (url) => new WebSocket(url, spoken(this.#pass)),
      },
      signal,
    );
    const registry = new Registry(
      {
        connection,
        resolveUrl: (url) => new URL(url, base).href,
        classic: (page) => loadClassic(page, { base: new URL(base), nonce, pass: () => this.#pass }),
        // Where a widget's own place is, the runtime shows it; elsewhere the console has it already.
        report: ({ error }) => explain(error),
        ...(nonce ? { nonce } : {}),
      },
      signal,
    );
    followPage(connection, signal);
    return registry;
  }

  #receive(registry: Registry, notification: Notification): void {
    switch (notification.op) {
      case "session":
        this.#join(notification);
        if (!notification.resumed) registry.beginSnapshot(notification.model_ids);
        break;
      case "snapshot-end":
        registry.endSnapshot(notification.seq);
        break;
      case "model-lifecycle":
        handleModelLifecycle(registry, notification);
        break;
      case "model-ack":
        registry.handleAck(notification);
        break;
      case "gap":
        registry.handleGap(notification.model_ids);
        this.#options.status.notice(
          "The connection was away for too long, and some messages were lost. The widgets concerned have started again.",
        );
        break;
      case "kernel":
        if (notification.status === "dead") this.#mourn(registry, notification.detail);
        break;
      default:
      // About cells and files, which there are none of, or between the connection and the server.
    }
  }

  #join({ session_id }: SessionStart): void {
    const before = this.#joined;
    this.#joined = session_id;
    const expected = this.#forgive !== null;
    this.#forgive?.();
    this.#forgive = null;
    if (before !== null && before !== session_id && !expected) {
      this.#options.status.notice(
        "The widgets have started again: nobody used them for long, or the server was started again.",
      );
    }
    if (session_id === this.#asked) this.#mismatches = 0;
    else if (!this.#asking) void this.#explainOrAsk();
  }

  /** The process that has the widgets is gone. Whoever asks for them next gets new ones, so nobody does unasked. */
  #mourn(registry: Registry, why: string): void {
    registry.lose(why || "Python has stopped");
    this.#forgive ??= this.#options.status.offer(
      sentence(`the Python of these widgets has stopped${why ? `: ${why}` : ""}`),
      { label: "Start again", act: () => this.#startAgain() },
    );
  }

  #startAgain(): Promise<void> {
    this.#found.clear();
    this.#asked = null;
    return this.#ask();
  }

  /** The socket is in another session than the names are of: find them there, unless that is in vain. */
  async #explainOrAsk(): Promise<void> {
    if (++this.#mismatches > PATIENCE) {
      this.#options.status.notice(
        "The server leads this page to different sessions each time. If the app runs in several processes, " +
          "each visitor has to be kept with one of them (sticky sessions).",
      );
      return;
    }
    if (this.#mismatches > 1) await within(RETRY, this.#signal);
    void this.#startAgain();
  }
}

/** A pass is offered as a subprotocol: nothing else can be said with a handshake, and an address ends up in logs. */
function spoken(pass: string | null): string[] {
  return pass === null ? [] : ["anyhost", `anyhost.pass.${pass}`];
}

/** The address of the bundle for classic ipywidgets, relative to the script (`vite.embed.config.ts`). */
declare const CLASSIC_SCRIPT: string;

async function loadClassic(page: ClassicPage, packages: PackageOptions): Promise<Classic> {
  const bundle = await import(/* @vite-ignore */ new URL(CLASSIC_SCRIPT, packages.base).href);
  return (bundle as typeof import("../classic/entry.ts")).createClassic(page, packages);
}

/** A line in the place of a widget, until `signal` aborts. */
function say(el: HTMLElement, text: string, signal: AbortSignal): void {
  const line = document.createElement("p");
  line.className = "anyhost-problem";
  line.setAttribute("role", "alert");
  line.textContent = text;
  el.append(line);
  signal.addEventListener("abort", () => line.remove(), { once: true });
}

function reasonOf(error: unknown): string {
  return error instanceof TypeError
    ? "The server of this page's widgets does not answer"
    : String(error instanceof Error ? error.message : error);
}

function within(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
