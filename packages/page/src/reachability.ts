/**
 * Why a WebSocket does not open: a browser tells a page nothing about it, so ask over HTTP.
 */

export interface Asking {
  /** The address that the page is served from; `healthz` is beside it. */
  readonly base: URL;
  /** The address of the socket that does not open. */
  readonly socket: URL;
  readonly fetch?: typeof globalThis.fetch;
}

const PATIENCE = 5_000;

export interface Finding {
  /** Something answers over HTTP. */
  readonly reachable: boolean;
  /** In words for the user. */
  readonly problem: string;
}

/** `signal` ends the asking; what is said then is of no use. */
export async function explainFailure({ base, socket, fetch }: Asking, signal: AbortSignal): Promise<Finding> {
  const ask = fetch ?? globalThis.fetch.bind(globalThis);
  const either = () => AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  try {
    const health = await ask(new URL("healthz", base), { cache: "no-store", signal: either() });
    if (!health.ok) return found(`The server at ${base.host} answers with an error (${health.status}).`);
    // Whoever asks may know that it lives; the page itself is only for those with the token.
    const page = await ask(base, { cache: "no-store", signal: either() });
    if (page.status === 401 || page.status === 403) {
      return found(
        "The server does not know this page any more. Open the address that it printed when it started.",
      );
    }
  } catch {
    // A server on this machine needs no network, so this is asked last.
    const offline = globalThis.navigator?.onLine === false; // there is none in every program
    const problem = offline
      ? "This device is offline."
      : `The server at ${base.host} does not answer. Is it still running?`;
    return { reachable: false, problem };
  }
  return found(
    `The server answers, but its WebSocket does not: ${socket.protocol}//${socket.host}${socket.pathname}. ` +
      "If there is a proxy in between, it must let WebSockets (the Upgrade header) through.",
  );
}

function found(problem: string): Finding {
  return { reachable: true, problem };
}
