import type { Phase } from "../options.ts";

/** What to tell a person when a widget cannot go on. */
export interface Failure {
  /** The widget's name. */
  readonly widget: string;
  readonly phase: Phase;
  readonly error: unknown;
  /** Try again; without it there is nothing to try. */
  readonly retry?: () => void;
}

const WHAT: Partial<Record<Phase, string>> = {
  load: "could not be loaded",
  initialize: "failed in initialize()",
  render: "failed in render()",
};

/** The message for a person, in the widget's place: who, what, why, and a way on. */
export function failurePanel(failure: Failure): HTMLElement {
  const panel = element("div", "anyhost-failure");
  panel.setAttribute("role", "alert");
  const title = element("p", "anyhost-failure-title");
  const name = element("strong", "", failure.widget);
  title.append(name, ` ${WHAT[failure.phase] ?? "cannot go on"}`);
  panel.append(title, element("p", "anyhost-failure-cause", causes(failure.error).join("\n")));
  // What the host has to say for itself needs no stack: it names the remedy.
  const { error } = failure;
  const thrown = isOwnWord(error) ? error.cause : error;
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  if (stack) {
    const details = element("details", "");
    details.append(element("summary", "", "Where"), element("pre", "", stack));
    panel.append(details);
  }
  if (failure.retry) {
    const button = element("button", "", "Try again");
    button.setAttribute("type", "button");
    button.addEventListener("click", failure.retry, { once: true });
    panel.append(button);
  }
  return panel;
}

/**
 * Whether an error is what the host itself says: of a module, or of a classic widget's package. By its name, since
 * the code that loads such packages may be a bundle of its own.
 */
function isOwnWord(error: unknown): error is Error {
  return error instanceof Error && (error.name === "ModuleError" || error.name === "BundleError");
}

/** A quiet word about a view that has nothing to show yet. */
export function noticePanel(text: string): HTMLElement {
  const panel = element("div", "anyhost-notice", text);
  panel.setAttribute("role", "status");
  return panel;
}

/** An error and what caused it, outermost first. */
function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause = error; cause !== undefined && lines.length < 5; ) {
    if (isOwnWord(cause)) lines.push(cause.message);
    else lines.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
