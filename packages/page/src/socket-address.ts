import type { Identity } from "./identity.ts";

/** The address of a socket beside the page at `base`, for this page, from its place `after` in the order. */
export function socketAddress(base: URL, identity: Identity, after: number | null): URL {
  const address = new URL("ws", base);
  address.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  if (identity.session !== null) address.searchParams.set("session", identity.session);
  address.searchParams.set("client", identity.client);
  if (identity.previous !== null) address.searchParams.set("previous", identity.previous);
  if (after !== null) address.searchParams.set("after", String(after));
  return address;
}
