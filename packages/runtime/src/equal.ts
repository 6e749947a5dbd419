/**
 * Whether two values of a state are the same by content, as lodash's `isEqual` says it (E11): typed
 * arrays, `DataView`, `Map` and `Set` included, NaN equals NaN. A change event fires when this says no,
 * so a wrong no can send a widget that answers its own change into a loop (E10).
 */
export function equal(a: unknown, b: unknown): boolean {
  if (same(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (a instanceof DataView) return sameBytes(bytesOf(a), bytesOf(b as DataView));
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    return sameItems(a as ArrayLike<unknown>, b as ArrayLike<unknown>);
  }
  switch (kind) {
    case "Object":
      return sameRecords(a as Record<string, unknown>, b as Record<string, unknown>);
    case "Map":
      return sameEntries(a as Map<unknown, unknown>, b as Map<unknown, unknown>);
    case "Set":
      return sameMembers(a as Set<unknown>, b as Set<unknown>);
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      return sameBytes(new Uint8Array(a as ArrayBuffer), new Uint8Array(b as ArrayBuffer));
    case "Date":
    case "Number":
    case "String":
    case "Boolean":
      return same(a.valueOf(), b.valueOf());
    case "RegExp":
      return String(a) === String(b);
    case "Error":
      return (a as Error).name === (b as Error).name && (a as Error).message === (b as Error).message;
    default:
      return false;
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function sameItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
  return true;
}

function sameRecords(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  // Of two classes, two things; a record without a prototype is as good as a plain one.
  if ("constructor" in a && "constructor" in b && a.constructor !== b.constructor) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

function sameEntries(a: Map<unknown, unknown>, b: Map<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Map(b);
  for (const [key, value] of a) {
    const match = rest.has(key) ? key : [...rest.keys()].find((other) => equal(key, other));
    if (!rest.has(match) || !equal(value, rest.get(match))) return false;
    rest.delete(match);
  }
  return true;
}

function sameMembers(a: Set<unknown>, b: Set<unknown>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b);
  for (const item of a) {
    const match = rest.has(item) ? item : [...rest].find((other) => equal(item, other));
    if (!rest.delete(match)) return false;
  }
  return true;
}
