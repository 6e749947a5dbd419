import { expect, test } from "vitest";
import { htmlFrom } from "../../src/outputs/markdown.ts";

// What DOMPurify makes of it is tested in a real browser: it does not work under happy-dom.

test.each([
  ["# Title", "<h1>Title</h1>"],
  ["$a_1 + b_1$ and _c_", '<p><span class="math">a_1 + b_1</span> and <em>c</em></p>'],
  ["it costs $5 and $6", "<p>it costs $5 and $6</p>"],
  ["\\$5 is $x$", '<p>$5 is <span class="math">x</span></p>'],
  ["`$x$`", "<p><code>$x$</code></p>"],
  ["$a < b$", '<p><span class="math">a &lt; b</span></p>'],
  ["so $$x$$ is", '<p>so <span class="math math-display">x</span> is</p>'],
  ["$$\na_1\n\nb_1\n$$", '<span class="math math-display">\na_1\n\nb_1\n</span>'],
  [
    "Text\n\\begin{align}\na_1 &= b \\\\\n\n\\end{align}\nmore",
    '<p>Text</p>\n<span class="math math-display">\\begin{align}\na_1 &amp;= b \\\\\n\n\\end{align}</span><p>more</p>',
  ],
  ["- one\n- $$x$$\n", '<ul>\n<li>one</li>\n<li>\n<span class="math math-display">x</span></li>\n</ul>'],
  ["https://example.org", '<p><a href="https://example.org">https://example.org</a></p>'],
])("%j", (source, html) => {
  expect(htmlFrom(source).trim()).toBe(html);
});
