"""docs/deployment.md: its nginx configuration, with an app and a notebook behind it, each below a path, over https; and
what a page says when a line of it is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
from chromium import ARGUMENTS, CHROMIUM
from mounted import unpack, uvicorn
from playwright.sync_api import Browser, Locator, Playwright, expect
from proxies import NAME, certificate, documented, free_port, nginx
from servers import serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("behind nginx")]

OTHER = "other.example.com"
NOTEBOOK = """
# %%
import ipywidgets

# %%
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const draw = () => { button.textContent = `count ${model.get("count")}`; };
      button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
      model.on("change:count", draw);
      draw();
      el.append(button);
    } };
    '''
    count = traitlets.Int(0).tag(sync=True)

Counter()
"""


@dataclass(frozen=True)
class Site:
    """The ports of one nginx: as the page says, and with something left out."""

    whole: int
    without_upgrade: int
    without_scheme: int
    plain: int
    workers: int

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.whole}/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, installed: Callable[[str], Path]) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    name = unpack("fastapi.md", folder)
    app = folder / "app.py"
    allowed = f"anyhost.WidgetHost(allowed_hosts=[{NAME!r}])"
    assert allowed.replace("'", '"') in documented_text()
    app.write_text(app.read_text("utf-8").replace("anyhost.WidgetHost()", allowed), encoding="utf-8")
    notebook = folder / "notebook.py"
    notebook.write_text(NOTEBOOK, encoding="utf-8")
    behind = ["--root-path", "/apps/one", "--proxy-headers", "--forwarded-allow-ips", "127.0.0.1"]
    below = ["--base-url", "/notebook", "--proxy-headers", "--allow-host", NAME]
    assert " ".join(behind) in documented_text() and " ".join(below) in documented_text()
    with (
        uvicorn(name, folder, *behind, python=installed("fastapi.md")) as first,
        uvicorn(name, folder, *behind, python=installed("fastapi.md")) as another,
        serving("run", str(notebook), *below) as second,
    ):
        block = documented("server_name").replace(":8000/", f":{_port(first.address)}/")
        block = block.replace(":8765;", f":{_port(second.address)};")
        for placeholder, path in zip(
            ("certs/app.example.com.pem", "private/app.example.com.key"), certificate(folder), strict=True
        ):
            assert f"/etc/ssl/{placeholder}" in block
            block = block.replace(f"/etc/ssl/{placeholder}", str(path))
        site = Site(*(free_port() for _ in range(5)))
        first_map, _, server = block.partition("\nserver {")
        both = documented("upstream workers")
        for port, app_server in ((8001, first), (8002, another)):
            assert f":{port};" in both
            both = both.replace(f":{port};", f":{_port(app_server.address)};")
        assert "proxy_pass http://workers/;" in documented_text()
        blocks = [
            first_map,
            both,
            _listening(server, site.whole, "ssl"),
            _listening(_without(server, "proxy_set_header Upgrade"), site.without_upgrade, "ssl"),
            _listening(_without(server, "X-Forwarded-Proto"), site.without_scheme, "ssl"),
            _listening(_without(server, "ssl_"), site.plain, ""),
            _listening(server.replace(f"127.0.0.1:{_port(first.address)}/", "workers/"), site.workers, "ssl"),
        ]
        with nginx(folder, "\n".join(blocks), *astuple(site)):
            yield site


def documented_text() -> str:
    return (Path(__file__).parents[2] / "docs" / "deployment.md").read_text("utf-8")


def _listening(server: str, port: int, how: str) -> str:
    assert "listen 443 ssl;" in server
    return "server {" + server.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} {how};")


def _without(server: str, words: str) -> str:
    lines = server.splitlines()
    kept = [line for line in lines if words not in line]
    assert len(kept) < len(lines)
    return "\n".join(kept)


def _port(address: str) -> int:
    return int(address.removeprefix("http://").partition("/")[0].rpartition(":")[2])


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One that takes the names for this machine's."""
    names = ", ".join(f"MAP {name} 127.0.0.1" for name in (NAME, OTHER))
    rules = f"--host-resolver-rules={names}"
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
    yield browser
    browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[str], Tab]]:
    """A new visitor's tab."""
    with ExitStack() as stack:

        def new(address: str) -> Tab:
            context = browser.new_context(ignore_https_errors=True)
            stack.callback(context.close)
            return Tab(context, address)

        yield new


def counter(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="counter"] button')


def test_an_app_below_a_path_over_https(site: Site, visit: Callable[[str], Tab]) -> None:
    tab, other = visit(f"{site.address}apps/one/"), visit(f"{site.address}apps/one/")
    counter(tab).click(timeout=30_000)
    counter(tab).click()
    expect(counter(tab)).to_have_text("mine: 2")
    expect(counter(other)).to_have_text("mine: 0", timeout=30_000)
    tab.page.reload()
    expect(counter(tab)).to_have_text("mine: 2", timeout=30_000)
    with tab.page.expect_response("**/apps/one/reset") as answer:
        tab.page.locator("#reset").click()
    assert answer.value.json() == {"before": 2}
    expect(counter(tab)).to_have_text("mine: 0")
    (cookie,) = tab.page.context.cookies()
    assert (cookie["path"], cookie["secure"], cookie["httpOnly"]) == ("/apps/one", True, True)
    assert cookie["name"] == f"anyhost-{site.whole}-apps-one-widgets"
    assert tab.complaints == other.complaints == []


def test_a_notebook_below_a_path_over_https(site: Site, visit: Callable[[str], Tab]) -> None:
    tab = visit(f"{site.address}notebook/")
    button = tab.view().locator("button")
    button.click()
    expect(button).to_have_text("count 1")
    tab.page.reload()
    expect(tab.view().locator("button")).to_have_text("count 1")
    assert tab.sockets == 2
    assert tab.complaints == []


def test_two_workers_keep_each_visitor_with_one(site: Site, visit: Callable[[str], Tab]) -> None:
    tab = visit(f"https://{NAME}:{site.workers}/apps/one/")
    for clicks in range(3):
        expect(counter(tab)).to_have_text(f"mine: {clicks}", timeout=30_000)
        counter(tab).click()
        expect(counter(tab)).to_have_text(f"mine: {clicks + 1}")
        tab.page.reload()
    expect(tab.page.get_by_role("status")).to_have_count(0)
    assert tab.complaints == []


def test_a_name_that_is_not_allowed_is_said_with_what_to_pass(site: Site, visit: Callable[[str], Tab]) -> None:
    tab = visit(f"https://{OTHER}:{site.whole}/apps/one/")
    expect(tab.page.get_by_role("alert").first).to_have_text(
        f"Host '{OTHER}' is not served here; allow it with WidgetHost(allowed_hosts=['{OTHER}']).", timeout=30_000
    )
    tab = visit(f"https://{OTHER}:{site.whole}/notebook/")
    expect(tab.page.locator("body")).to_contain_text(f"allow it with --allow-host {OTHER}")


def test_a_proxy_that_lets_no_socket_through_is_said(site: Site, visit: Callable[[str], Tab]) -> None:
    """Without `Upgrade`."""
    for path in ("apps/one/", "notebook/"):
        tab = visit(f"https://{NAME}:{site.without_upgrade}/{path}")
        expect(tab.page.get_by_role("status").filter(has_text="must let WebSockets").first).to_be_visible(
            timeout=30_000
        )


def test_a_proxy_that_does_not_say_https_is_said(site: Site, visit: Callable[[str], Tab]) -> None:
    """Without `X-Forwarded-Proto`."""
    tab = visit(f"https://{NAME}:{site.without_scheme}/apps/one/")
    alert = tab.page.get_by_role("alert").first
    expect(alert).to_contain_text("have the proxy in front pass X-Forwarded-Proto", timeout=30_000)


def test_over_plain_http_a_failure_that_comes_from_it_is_explained(site: Site, visit: Callable[[str], Tab]) -> None:
    """As when a widget's button copies something."""
    app, notebook = (visit(f"http://{NAME}:{site.plain}/{path}") for path in ("apps/one/", "notebook/"))
    counter(app).click(timeout=30_000)
    expect(counter(app)).to_have_text("mine: 1")
    notebook.view()
    for tab in (app, notebook):
        assert tab.page.evaluate("isSecureContext") is False
        tab.page.evaluate("""() => void setTimeout(() => navigator.clipboard.writeText("1"))""")
        expect(tab.page.locator("body")).to_contain_text("needs the clipboard")
        expect(tab.page.locator("body")).to_contain_text("Serve it over https")
