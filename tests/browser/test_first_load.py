"""What a page does before its modules are there: its head has opened the socket, and the notebook runs.

And how it comes by its modules: all at once, and again where one does not come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocket, expect
from servers import Serve, Server, running, serving
from tabs import Probed

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("first load")]

NOTEBOOK = """\
from probe import Probe

count = [0]


def click():
    count[0] += 1


print("it runs")
display(Probe(None, see=lambda: count, click=click))
"""
MODULES = re.compile(r"/assets/index-[^/]*\.js$")
PART = re.compile(r"/assets/(front|tools)-[^/]*\.js$")

WIDGET = """\
import anywidget


class Hello(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.textContent = 'hello'; } }"
"""
LATE = """() => {
  const files = performance.getEntriesByType("resource").filter(({ name }) => /assets.*[.](js|css)$/.test(name));
  const entry = files.find(({ name }) => /index-[^/]*[.]js$/.test(name));
  return files.filter(({ startTime }) => startTime > entry.responseEnd).map(({ name }) => name);
}"""
"""What the page asked for when its entry had come."""


class Held:
    """A page whose modules are held back."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.sockets: list[WebSocket] = []
        self.heard: list[str] = []
        self.errors: list[str] = []
        self._routes: list[Route] = []
        page.on("websocket", self._listen)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.hold()

    def hold(self) -> None:
        """Modules that are asked for from now on do not arrive."""

        def keep(route: Route) -> None:
            self._routes.append(route)

        self.page.route(MODULES, keep)

    def open(self) -> None:
        self.page.goto(self.address, wait_until="commit")

    def _listen(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))
        socket.on("socketerror", lambda error: self.heard.append(str(error)))

    def wait_for_words(self, words: str) -> None:
        """Until the server has said this to the page."""
        for _look in range(200):
            if any(words in frame for frame in self.heard):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{words!r} is not among {self.heard}")

    def release(self) -> None:
        """The modules arrive."""
        for route in self._routes:
            route.continue_()
        self._routes.clear()
        self.page.unroute(MODULES)

    def stored(self) -> str:
        return str(self.page.evaluate("sessionStorage.getItem('anyhost /')"))


@contextmanager
def held(browser: Browser, address: str) -> Iterator[Held]:
    context = browser.new_context()
    try:
        page = Held(context.new_page(), address)
        page.open()
        yield page
        assert page.errors == []
    finally:
        context.close()


def test_the_notebook_has_run_before_the_modules_of_the_page_are_there(browser: Browser, serve: Serve) -> None:
    with held(browser, serve(NOTEBOOK).address) as tab:
        tab.wait_for_words("it runs")
        tab.wait_for_words('"method":"open"')
        assert tab.page.locator("#app").inner_text() == ""
        tab.release()
        expect(tab.page.get_by_text("it runs")).to_be_visible()
        probe = Probed(tab.page.locator(".probe"))
        assert probe.seen() == [0]
        probe.do("click")
        probe.becomes([1])
        assert len(tab.sockets) == 1  # the one that the head opened
        tab.page.reload()
        assert probe.seen() == [1]  # promise 7
        assert len(tab.sockets) == 2


def test_who_loads_again_before_the_modules_are_there_is_back_in_the_session(browser: Browser, serve: Serve) -> None:
    """Promise 7: the page in between has never learnt who it was."""
    with held(browser, serve(NOTEBOOK).address) as tab:
        tab.release()
        probe = Probed(tab.page.locator(".probe"))
        probe.do("click")
        probe.becomes([1])
        before = tab.stored()
        tab.hold()
        tab.open()
        tab.heard.clear()
        tab.wait_for_words('"method":"open"')
        assert tab.stored() == before
        tab.release()
        tab.page.goto(tab.address)
        assert probe.seen() == [1]


def test_a_server_that_is_full_says_so_however_late_the_modules_come(browser: Browser, tmp_path: Path) -> None:
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK, encoding="utf-8")
    with running(notebook, "--max-sessions", "1") as server, held(browser, server.address) as first:
        first.release()
        expect(first.page.locator(".probe")).to_be_visible()
        with held(browser, server.address) as second:
            second.wait_for_words("people use this app")
            second.release()
            expect(second.page.get_by_text("1 people use this app at the moment").first).to_be_visible()


def test_a_socket_that_is_refused_is_explained_however_late_the_modules_come(browser: Browser, serve: Serve) -> None:
    """As by a proxy that lets no WebSocket through."""
    with held(browser, serve(NOTEBOOK).address) as tab:
        tab.page.add_init_script(
            "const Real = WebSocket;"
            "WebSocket = class extends Real { constructor(url) { super(url.replace('/ws?', '/no-such?')); } };"
        )
        tab.open()
        tab.wait_for_words("Unexpected response code")
        tab.release()
        expect(tab.page.get_by_text("The server answers, but its WebSocket does not").first).to_be_visible()


@contextmanager
def serving_mode(mode: str, folder: Path) -> Iterator[Server]:
    """The file is what the mode is for."""
    (folder / "hello.py").write_text(WIDGET, encoding="utf-8")
    with serving(mode, "hello:Hello" if mode == "dev" else "hello.py", folder=folder) as server:
        yield server


@pytest.mark.parametrize(("mode", "there"), [("run", "#notebook"), ("edit", ".cm-content"), ("dev", ".tools-heading")])
def test_no_part_of_the_page_waits_for_another(browser: Browser, tmp_path: Path, mode: str, there: str) -> None:
    """Who goes offline when the page is there has all of it: the editor, too."""
    with serving_mode(mode, tmp_path) as server, held(browser, server.address) as tab:
        tab.page.locator("#app").wait_for(state="attached")  # the head has been read
        tab.release()
        expect(tab.page.locator(there).first).to_be_visible()
        assert tab.page.evaluate(LATE) == []
        sheets = tab.page.evaluate("[...document.styleSheets].map(({ href }) => href).filter(Boolean)")
        names = [str(sheet).rpartition("/")[2].partition("-")[0] for sheet in sheets]
        assert names == {"run": ["index"], "edit": ["index", "front"], "dev": ["index", "tools"]}[mode]


@pytest.mark.parametrize(("mode", "there"), [("edit", ".cm-content"), ("dev", ".tools-heading")])
def test_a_part_of_the_page_that_does_not_come_is_asked_for_again(
    browser: Browser, tmp_path: Path, mode: str, there: str
) -> None:
    with serving_mode(mode, tmp_path) as server, held(browser, server.address) as tab:
        tab.page.route(PART, lambda route: route.abort())
        tab.open()
        tab.release()
        expect(tab.page.get_by_role("alert")).to_contain_text("Trying again")
        tab.page.unroute(PART)
        expect(tab.page.locator(there).first).to_be_visible()
        expect(tab.page.get_by_role("alert")).to_have_count(0)


def test_a_part_of_the_page_that_never_comes_is_said(browser: Browser, tmp_path: Path) -> None:
    with serving_mode("edit", tmp_path) as server, held(browser, server.address) as tab:
        tab.page.clock.install()
        tab.page.route(PART, lambda route: route.abort())
        tab.open()
        tab.release()
        alert = tab.page.get_by_role("alert")
        expect(alert).to_contain_text("Trying again")
        for _pause in range(60):
            tab.page.clock.fast_forward(15_000)
            if "Load the page again" in alert.inner_text():
                break
            tab.page.wait_for_timeout(50)
        expect(alert).to_contain_text("Load the page again")
