import { describe, expect, test } from "vitest";
import { KeyReader, keyCaps, keyOf, SEQUENCE, SHORTCUTS } from "../../src/edit/shortcuts.ts";

const press = (key: string, modifiers: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

describe("a key's name", () => {
  test.each([
    [press("a"), "a"],
    [press("A", { shiftKey: true }), "Shift-a"],
    [press("?", { shiftKey: true }), "?"],
    [press("Enter", { shiftKey: true }), "Shift-Enter"],
    [press("s", { ctrlKey: true }), "Mod-s"],
    [press("_", { ctrlKey: true, shiftKey: true }), "Mod-Shift--"],
    [press("ArrowUp", { altKey: true }), "Alt-ArrowUp"],
    [press("s", { metaKey: true }), "Other-s"],
  ])("%j is %s", (event, name) => {
    expect(keyOf(event, false)).toBe(name);
  });

  test("on a Mac ⌘ is what Ctrl is elsewhere", () => {
    expect(keyOf(press("s", { metaKey: true }), true)).toBe("Mod-s");
  });
});

describe("a sequence", () => {
  test("needs both keys, one soon after the other", () => {
    const reader = new KeyReader("command");
    expect(reader.read("d", 0)).toBeNull();
    expect(reader.read("d", SEQUENCE)).toBe("delete");
    expect(reader.read("d", 2000)).toBeNull();
    expect(reader.read("d", 2001 + SEQUENCE)).toBeNull();
  });

  test("that another key breaks does nothing, and the other key does what it does", () => {
    const reader = new KeyReader("command");
    reader.read("0", 0);
    expect(reader.read("j", 1)).toBe("down");
    expect(reader.read("0", 2)).toBeNull();
    expect(reader.read("0", 3)).toBe("restart");
  });
});

test("letters are commands on a cell, and letters in its text", () => {
  expect(new KeyReader("command").read("b", 0)).toBe("add-below");
  expect(new KeyReader("edit").read("b", 0)).toBeNull();
  expect(new KeyReader("edit").read("Shift-Enter", 0)).toBe("run-and-go-on");
});

test.each(["command", "edit"] as const)("no key of %s mode has two meanings", (mode) => {
  const keys = SHORTCUTS.filter((each) => (each.mode ?? mode) === mode).flatMap((each) => each.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  const singles = new Set(keys);
  expect(keys.filter((key) => key.includes(" ") && singles.has(key.split(" ")[0] ?? ""))).toEqual([]);
});

test("the list names keys as keyboards do", () => {
  expect(keyCaps("Mod-Shift--", false)).toEqual(["Ctrl", "Shift", "−"]);
  expect(keyCaps("d d", true)).toEqual(["D", "D"]);
  expect(keyCaps("Mod-s", true)).toEqual(["⌘", "S"]);
});
