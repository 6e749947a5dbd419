/**
 * How text on a console is written: its colours and weight (SGR, `ESC [ ... m`).
 *
 * A pen is a value. The sixteen named colours stay names, so that the page's theme decides what they look
 * like in light and dark; only the 256-colour cube and true colour become CSS colours here.
 */

export interface Pen {
  readonly color: string | null;
  readonly background: string | null;
  readonly marks: readonly Mark[];
}

export type Mark = "bold" | "faint" | "italic" | "underline" | "inverse" | "strike";

export const PLAIN: Pen = { color: null, background: null, marks: [] };

const MARKS: Readonly<Record<number, Mark>> = {
  1: "bold",
  2: "faint",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "strike",
};

const UNMARKS: Readonly<Record<number, readonly Mark[]>> = {
  22: ["bold", "faint"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** The pen after the numbers of one SGR sequence. Numbers that it does not know change nothing. */
export function changePen(pen: Pen, numbers: readonly number[]): Pen {
  let changed = pen;
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(numbers.slice(at + 1));
      at += used;
      if (colour) changed = { ...changed, [code === 38 ? "color" : "background"]: colour };
    } else {
      changed = changeOnce(changed, code);
    }
  }
  return changed;
}

export function samePen(one: Pen, other: Pen): boolean {
  return (
    one === other ||
    (one.color === other.color &&
      one.background === other.background &&
      one.marks.length === other.marks.length &&
      one.marks.every((mark) => other.marks.includes(mark)))
  );
}

/** The CSS colours of text that is written so; null: the page's own. Each pair can be read, in light and in dark. */
export function coloursOf(pen: Pen): Pick<Pen, "color" | "background"> {
  const inverse = pen.marks.includes("inverse");
  const color = inverse ? (pen.background ?? "var(--surface)") : pen.color;
  const background = inverse ? (pen.color ?? "var(--text)") : pen.background;
  if (background === null) return { color: color && readable(color), background };
  // A tint is a shade of the page's own ground: black and white on it are the page's own text.
  const plain = color === named(0) || color === named(7);
  return { color: background.startsWith("color-mix") && plain ? "var(--text)" : color, background };
}

/** Who chose this colour thought of one ground, and the page has another: as dark, or as light, as that asks for. */
function readable(color: string): string {
  if (!color.startsWith("rgb")) return color;
  return `light-dark(oklch(from ${color} min(l, 0.55) c h), oklch(from ${color} max(l, 0.75) c h))`;
}

function changeOnce(pen: Pen, code: number): Pen {
  if (code === 0) return PLAIN;
  const mark = MARKS[code];
  if (mark) return pen.marks.includes(mark) ? pen : { ...pen, marks: [...pen.marks, mark] };
  const ended = UNMARKS[code];
  if (ended) return { ...pen, marks: pen.marks.filter((each) => !ended.includes(each)) };
  if (code === 39) return { ...pen, color: null };
  if (code === 49) return { ...pen, background: null };
  if (code >= 30 && code <= 37) return { ...pen, color: named(code - 30) };
  if (code >= 40 && code <= 47) return { ...pen, background: tint(named(code - 40)) };
  if (code >= 90 && code <= 97) return { ...pen, color: named(code - 90 + 8) };
  if (code >= 100 && code <= 107) return { ...pen, background: tint(named(code - 100 + 8)) };
  return pen;
}

/** The colour that `38;5;N` or `38;2;R;G;B` names, from what follows the 38, and how many numbers it took. */
function extendedColour(numbers: readonly number[]): [string | null, number] {
  if (numbers[0] === 5) return [paletteColour(numbers[1] ?? 0), 2];
  if (numbers[0] === 2) return [rgb(numbers[1] ?? 0, numbers[2] ?? 0, numbers[3] ?? 0), 4];
  return [null, 0];
}

/** xterm's 256 colours: 16 named, a cube of 6 x 6 x 6, 24 greys. */
function paletteColour(index: number): string {
  if (index < 16) return named(index);
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return rgb(grey, grey, grey);
  }
  const step = (level: number) => (level ? 55 + level * 40 : 0);
  const cube = index - 16;
  return rgb(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6));
}

function named(index: number): string {
  return `var(--console-${index >= 8 ? "bright-" : ""}${NAMES[index % 8]})`;
}

/** A ground that text of the page's own colour can still be read on, as IPython marks the place of an error. */
function tint(colour: string): string {
  return `color-mix(in srgb, ${colour} 30%, transparent)`;
}

function rgb(red: number, green: number, blue: number): string {
  return `rgb(${red} ${green} ${blue})`;
}
