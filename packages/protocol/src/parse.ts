import type * as z from "zod/mini";
import { fromBase64 } from "./base64.ts";
import { ProtocolError, show, UnknownMessage } from "./errors.ts";
import { Command, Notification } from "./messages.gen.ts";
import { isRecord } from "./values.ts";

/** Checks one decoded JSON value, whose binary is already `DataView`s. */
export type Parse<T> = (value: unknown) => T;

/** Throws `UnknownMessage` for an `op` that this version does not know, `ProtocolError` for what is malformed. */
export const parseNotification: Parse<Notification> = (value) => parse(value, Notification);

/** The same for a command, by its `type`. */
export const parseCommand: Parse<Command> = (value) => parse(value, Command);

/**
 * Read a notification from JSON alone (HTTP, exports): its binary is base64.
 *
 * The given value is not changed, but the notification shares its `state` and `content`.
 */
export function notificationFromJson(value: unknown): Notification {
  return parseNotification(withBuffers(value, (encoded) => encoded.map(decoded)));
}

/** The envelope with its `buffers` replaced, wherever the message keeps them; the given one is not changed. */
export function withBuffers(value: unknown, replace: (buffers: unknown[]) => unknown[]): unknown {
  if (!isRecord(value)) return value;
  const { message, buffers } = value;
  if (isRecord(message) && Array.isArray(message.buffers)) {
    return { ...value, message: { ...message, buffers: replace(message.buffers) } };
  }
  return Array.isArray(buffers) ? { ...value, buffers: replace(buffers) } : value;
}

function decoded(item: unknown): unknown {
  if (typeof item !== "string") throw new ProtocolError("buffers", "base64", show(item));
  try {
    return new DataView(fromBase64(item).buffer);
  } catch {
    throw new ProtocolError("buffers", "base64", show(item));
  }
}

function parse<T>(value: unknown, schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const got = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
  const Kind = issue && isUnknownTag(issue, got) ? UnknownMessage : ProtocolError;
  throw new Kind(path.join(".") || "message", issue ? expectedBy(issue) : "a message", show(got));
}

function isUnknownTag(issue: z.core.$ZodIssue, got: unknown): boolean {
  return issue.code === "invalid_union" && issue.discriminator !== undefined && typeof got === "string";
}

function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected;
    case "invalid_value":
      return issue.values.map(show).join(" or ");
    case "too_small":
      return `at least ${issue.minimum}${issue.origin === "string" ? " character" : ""}`;
    case "invalid_union": {
      if ("options" in issue && issue.options) return issue.options.map(show).join(" or ");
      return issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectedBy)).join(" or ");
    }
    default:
      return issue.message;
  }
}
