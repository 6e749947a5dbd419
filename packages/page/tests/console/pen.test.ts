import { expect, test } from "vitest";
import { changePen, coloursOf, PLAIN } from "../../src/console/pen.ts";

const colours = (...numbers: number[]) => coloursOf(changePen(PLAIN, numbers));

test("black or white on a tint is the page's own text: the tint is a shade of the page's ground", () => {
  // IPython marks the place of an error with 30;43.
  const tint = "color-mix(in srgb, var(--console-yellow) 30%, transparent)";
  expect(colours(30, 43)).toEqual({ color: "var(--text)", background: tint });
  expect(colours(37, 43)).toEqual({ color: "var(--text)", background: tint });
  expect(colours(31, 43)).toEqual({ color: "var(--console-red)", background: tint });
});

test("a colour that was chosen for another ground is as light or as dark as the page needs it", () => {
  expect(colours(38, 5, 28).color).toBe(
    "light-dark(oklch(from rgb(0 135 0) min(l, 0.55) c h), oklch(from rgb(0 135 0) max(l, 0.75) c h))",
  );
  expect(colours(32).color).toBe("var(--console-green)"); // the theme's own
});

test("who chose both colours gets both", () => {
  expect(colours(38, 5, 28, 48, 5, 232)).toEqual({ color: "rgb(0 135 0)", background: "rgb(8 8 8)" });
});

test("inverse text has the colours of the page the other way round", () => {
  expect(colours(7)).toEqual({ color: "var(--surface)", background: "var(--text)" });
  expect(colours(7, 32)).toEqual({ color: "var(--surface)", background: "var(--console-green)" });
});
