"""Exporting a notebook as its author does, and reading the file that comes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

ANYHOST = Path(sys.executable).with_name("anyhost")
COUNTER = '''\
import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el, experimental }) {
        const press = document.createElement("button");
        const draw = () => { press.textContent = `count is ${model.get("count")}`; };
        press.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
        model.on("change:count", draw);
        draw();
        const ask = document.createElement("button");
        ask.textContent = "ask";
        const answer = document.createElement("output");
        ask.onclick = async () => { answer.textContent = await experimental.invoke("double").catch(String); };
        const { buffer, byteOffset, byteLength } = model.get("data");
        const sum = document.createElement("span");
        sum.textContent = `sum ${new Uint8Array(buffer, byteOffset, byteLength).reduce((a, b) => a + b, 0)}`;
        el.append(press, ask, answer, sum);
      },
    };
    globalThis.evaluations = (globalThis.evaluations ?? 0) + 1;
    """
    _css = "button { color: rgb(1, 2, 3); }"
    count = traitlets.Int(3).tag(sync=True)
    data = traitlets.Bytes(bytes(range(100))).tag(sync=True)
'''


def export(notebook: Path, *options: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """`anyhost export`, to its end; without a browser, unless one is named."""
    browser = [] if "--browser" in options else ["--no-browser"]
    command = [str(ANYHOST), "export", str(notebook), *browser, *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, env=os.environ, cwd=notebook.parent
    )


class Elements(HTMLParser):
    """The elements of a page as a parser sees them: each with its attributes and the text right in it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def texts(self, **wanted: str) -> list[str]:
        """The texts of the elements that have these attributes (`data_name` is `data-name`)."""
        return [
            text
            for _tag, attributes, text in self.found
            if all(attributes.get(name.replace("_", "-")) == value for name, value in wanted.items())
        ]
