import { ProtocolError, show } from "./errors.ts";
import type { Path } from "./messages.gen.ts";
import { isRecord } from "./values.ts";

/**
 * Set one place of a decoded JSON value. A number is also tried as the key of an object (N3).
 *
 * Only own members are followed, since a path comes from outside: `__proto__` must lead nowhere.
 */
export function setAt(root: unknown, path: Path, value: unknown): void {
  const container = getAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (isRecord(container) && last !== undefined && last !== "__proto__") {
    container[last] = value;
  } else if (Array.isArray(container) && isIndex(last, container)) {
    container[last] = value;
  } else {
    throw nowhere(path);
  }
}

/** What is at one place of a decoded JSON value. */
export function getAt(root: unknown, path: Path): unknown {
  let found = root;
  for (const key of path) {
    if (isRecord(found) && Object.hasOwn(found, key)) found = found[key];
    else if (Array.isArray(found) && isIndex(key, found)) found = found[key];
    else throw nowhere(path);
  }
  return found;
}

function isIndex(key: unknown, list: readonly unknown[]): key is number {
  return typeof key === "number" && key >= 0 && key < list.length;
}

function nowhere(path: Path): ProtocolError {
  return new ProtocolError("a path into the state", "a place that exists", show(path));
}
