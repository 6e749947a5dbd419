/** The request that finds widgets by their names, in the visitor's session, which begins with it. */

/** A widget that was asked for: its model, or why there is none. */
export type Found =
  | { readonly model_id: string; readonly error: null }
  | { readonly model_id: null; readonly error: string };

export interface Answer {
  readonly session_id: string;
  readonly widgets: Readonly<Record<string, Found>>;
  /** What the visitor should know, such as that what was there before is in another process. */
  readonly notice: string | null;
  /** What a ticket was traded for, to be shown from now on. */
  readonly pass?: string | null;
}

export interface Question {
  readonly names: readonly string[];
  /** What the page's script was given to find the session that began while the page was made. */
  readonly claim: string | null;
  /** What the page has instead of a cookie, and what it got for it, once it has that. */
  readonly ticket: string | null;
  readonly pass: string | null;
}

/** The server has said no; asking again would not help. */
export class Refusal extends Error {}

/** `base` is the address of the host. Throws `Refusal`, or what `fetch` throws when nothing answers. */
export async function ask(base: string, question: Question, signal: AbortSignal): Promise<Answer> {
  const withoutCookie = question.ticket !== null || question.pass !== null;
  const response = await fetch(new URL("views", base), {
    method: "POST",
    // The visitor's cookie goes along, also where the page has another origin that is allowed.
    credentials: withoutCookie ? "omit" : "include",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as Answer;
  const reason = reasonIn(text) || `the server answers with an error (${response.status})`;
  // Of what is between it and us, a proxy or a server that starts, a repetition may find nothing.
  if (response.status >= 502) throw new Error(reason);
  throw new Refusal(reason);
}

function reasonIn(text: string): string {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "object" && said !== null && "error" in said ? String(said.error) : "";
  } catch {
    return "";
  }
}
