// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { ConsoleDrawing } from "../../src/console/draw.ts";
import { ConsoleText } from "../../src/console/text.ts";

test("only rows that changed are drawn again", () => {
  const pre = document.createElement("pre");
  const drawing = new ConsoleDrawing(pre);
  const text = new ConsoleText();
  text.write("one\ntwo\r");
  drawing.draw(text);
  const [first, second] = [...pre.children];
  text.write("TWO\nthree");
  drawing.draw(text);
  expect(pre.textContent).toBe("one\nTWO\nthree\n");
  expect(pre.children[0]).toBe(first);
  expect(pre.children[1]).not.toBe(second);
});

test("text is text, whatever it looks like", () => {
  const pre = document.createElement("pre");
  const text = new ConsoleText();
  text.write("<img src=x onerror=alert(1)>\u001b[31m<b>red</b>");
  new ConsoleDrawing(pre).draw(text);
  expect(pre.querySelector("img, b")).toBeNull();
  expect(pre.querySelector("span span")?.textContent).toBe("<b>red</b>");
});

test("rows that are no longer kept are no longer shown", () => {
  const pre = document.createElement("pre");
  const drawing = new ConsoleDrawing(pre);
  const text = new ConsoleText();
  for (let row = 0; row < 9_999; row++) text.write(`${row}\n`);
  drawing.draw(text);
  for (let row = 0; row < 500; row++) text.write(`more ${row}\n`);
  drawing.draw(text);
  expect(pre.childElementCount).toBe(text.rows.length - 1);
  expect(pre.firstElementChild?.textContent).toBe(`${text.dropped}\n`);
  expect(pre.lastElementChild?.textContent).toBe("more 499\n");
});

test("another text in the same place replaces the one before", () => {
  const pre = document.createElement("pre");
  const drawing = new ConsoleDrawing(pre);
  const [one, other] = [new ConsoleText(), new ConsoleText()];
  one.write("a\nb\nc\n");
  other.write("b\n");
  drawing.draw(one);
  drawing.draw(other);
  expect(pre.textContent).toBe("b\n");
});
