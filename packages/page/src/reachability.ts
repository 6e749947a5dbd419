/**
 * Why a WebSocket does not open: a browser tells a page nothing about it, so ask over HTTP.
 */

/** In words for the user. `fetch` and the addresses are those of the page. */
export async function explainFailure(
  health: URL,
  socket: URL,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<string> {
  const place = `${socket.protocol}//${socket.host}${socket.pathname}`;
  let answer: Response;
  try {
    answer = await fetch(health, {
      cache: "no-store",
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
  } catch {
    return `The server at ${health.host} does not answer. Is it still running?`;
  }
  if (answer.status === 401 || answer.status === 403) {
    return "The server does not know this page any more. Open the address that it printed when it started.";
  }
  if (!answer.ok)
    return `The server at ${health.host} answers with ${answer.status} ${answer.statusText}.`.replace(
      " .",
      ".",
    );
  return (
    `The server answers, but its WebSocket does not: ${place}. ` +
    "If there is a proxy in between, it must let WebSockets (the Upgrade header) through."
  );
}
