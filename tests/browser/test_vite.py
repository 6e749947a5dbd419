"""A widget whose code comes from a Vite dev server, with its own hot replacement (K12, A2)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("dev page")]

VITE = Path(__file__).with_name("vite.mjs")
END_S = 20

MODULE = """\
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = "{address}"
    _css = "any-view button {{ color: rgb(1, 2, 3) }}"
    count = traitlets.Int(3).tag(sync=True)
"""

CODE = """\
import { label } from "./label.ts";

export default {
  render({ model, el }: { model: any; el: HTMLElement }) {
    const button = document.createElement("button");
    const draw = () => { button.textContent = `${label} ${model.get("count")}`; };
    button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
    model.on("change:count", draw);
    draw();
    el.append(button);
  },
};
"""

SELF_ACCEPTING = """\
import { label } from "./label.ts";

export const label_of = () => label;
export default { render({ el }: { el: HTMLElement }) { el.append(`v1 ${label}`); } };
if (import.meta.hot) import.meta.hot.accept((now) => { document.title = `accepted ${now?.label_of()}`; });
"""


@contextmanager
def vite(folder: Path) -> Iterator[str]:
    """A Vite dev server of this folder, and its address."""
    with subprocess.Popen(["node", str(VITE), str(folder)], stdin=-1, stdout=-1, text=True, cwd=VITE.parent) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            process.wait(END_S)


@dataclass
class Workbench:
    """A folder with a widget's code, the page of `anyhost dev`, and what that complained of."""

    folder: Path
    page: Page
    complaints: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)

    def save(self, name: str, text: str) -> None:
        (self.folder / f".{name}.tmp").write_text(text)
        (self.folder / f".{name}.tmp").replace(self.folder / name)


@contextmanager
def workbench(browser: Browser, folder: Path, code: str, query: str) -> Iterator[Workbench]:
    (folder / "src").mkdir()
    (folder / "src" / "counter.ts").write_text(code)
    (folder / "src" / "label.ts").write_text('export const label = "one";')
    with vite(folder / "src") as address:
        (folder / "vite_widget.py").write_text(MODULE.format(address=f"{address}/counter.ts{query}"))
        with (
            serving("dev", "vite_widget:Counter", folder=folder) as server,
            browser.new_context(viewport={"width": 1200, "height": 800}) as context,
        ):
            bench = Workbench(folder / "src", context.new_page())
            bench.page.on("pageerror", lambda error: bench.complaints.append(str(error)))
            bench.page.on("console", lambda said: bench.complaints.append(said.text) if said.type == "error" else None)
            bench.page.on("websocket", lambda socket: bench.sockets.append(socket.url))
            bench.page.goto(server.address)
            expect(bench.page.locator("any-view")).to_contain_text("one", timeout=30_000)
            bench.page.evaluate("globalThis.same = true")
            yield bench
            assert bench.complaints == []


def test_the_template_for_widgets_replaces_them_in_place_with_their_state(browser: Browser, tmp_path: Path) -> None:
    """`?anywidget` is what its plugin knows: the address is imported as it stands, in TypeScript."""
    with workbench(browser, tmp_path, CODE, "?anywidget") as bench:
        button = bench.page.locator("any-view button")
        expect(button).to_have_text("one 3", timeout=30_000)
        expect(button).to_have_css("color", "rgb(1, 2, 3)")
        button.click()
        expect(button).to_have_text("one 4")
        # Traits are live beside it, whoever serves its code.
        expect(bench.page.get_by_role("textbox", name="count")).to_have_value("4")
        bench.save("counter.ts", CODE.replace("${label}", "changed ${label}"))
        expect(button).to_have_text("changed one 4", timeout=15_000)
        bench.save("label.ts", 'export const label = "two";')
        expect(button).to_have_text("changed two 4", timeout=15_000)
        button.click()
        expect(button).to_have_text("changed two 5")
        expect(bench.page.get_by_role("textbox", name="count")).to_have_value("5")
        # `off()` of the template takes away what is its own only (F8): the page has not been loaded anew.
        assert bench.page.evaluate("globalThis.same")
        assert len(bench.sockets) == 2  # ours, and Vite's


def test_a_module_that_accepts_itself_is_handed_its_new_self(browser: Browser, tmp_path: Path) -> None:
    with workbench(browser, tmp_path, SELF_ACCEPTING, "") as bench:
        expect(bench.page.locator("any-view")).to_contain_text("v1 one", timeout=30_000)
        bench.save("label.ts", 'export const label = "two";')
        expect(bench.page).to_have_title("accepted two", timeout=15_000)
        assert bench.page.evaluate("globalThis.same")


def test_without_either_nothing_is_replaced_until_f5_and_the_state_is_kept(browser: Browser, tmp_path: Path) -> None:
    """Vite brings no client of its own to a module that does not ask for it."""
    with workbench(browser, tmp_path, CODE, "") as bench:
        button = bench.page.locator("any-view button")
        button.click()
        expect(bench.page.get_by_role("textbox", name="count")).to_have_value("4")
        bench.save("label.ts", 'export const label = "two";')
        assert len(bench.sockets) == 1  # ours
        row = bench.page.get_by_role("region", name="Messages").get_by_role("row")
        expect(row.filter(has_text="accepted")).not_to_have_count(0)  # Python has it, too
        bench.page.reload()
        expect(button).to_have_text("two 4", timeout=15_000)


def test_a_server_that_is_not_there_is_named_in_the_view(browser: Browser, tmp_path: Path) -> None:
    """L1: with what was to be imported."""
    (tmp_path / "vite_widget.py").write_text(MODULE.format(address="http://127.0.0.1:9/counter.ts?anywidget"))
    with serving("dev", "vite_widget:Counter", folder=tmp_path) as server, browser.new_context() as context:
        page = context.new_page()
        page.goto(server.address)
        failure = page.locator("any-view .anyhost-failure")
        expect(failure).to_contain_text("cannot import http://127.0.0.1:9/counter.ts?anywidget", timeout=30_000)
        expect(failure.get_by_role("button", name="Try again")).to_be_visible()
