"""The page and its assets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from asking import ask
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from anyhost.server.frontend import FrontEnd

pytestmark = pytest.mark.anyio

PAGE = (
    "<!doctype html><html><head><!--anyhost:head--><title>t</title>"
    '<link rel="stylesheet" crossorigin href="./assets/page.css"></head><body></body></html>'
)
PARTS = {"edit": {"modules": ["assets/front-5e6f.js", "assets/editor-7a8b.js"], "styles": ["assets/front-9c.css"]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "static"
    (built / "assets" / "fonts").mkdir(parents=True)
    (built / "index.html").write_text(PAGE)
    (built / "parts.json").write_text(json.dumps(PARTS))
    (built / "assets" / "main-1a2b.js").write_text("plain")
    (built / "assets" / "main-1a2b.js.gz").write_text("gzipped")
    (built / "assets" / "main-1a2b.js.br").write_text("brotli")
    (built / "assets" / "style.css").write_text("style")
    (built / "assets" / "fonts" / "a.woff2").write_text("font")
    (built / "assets" / "strange.exe").write_text("strange")
    (built / "assets-of-another.js").write_text("secret")
    (tmp_path / "secret.js").write_text("secret")
    return built


def app_of(folder: Path, base_url: str = "", title: str = "notebook.py", mode: str = "run") -> ASGIApp:
    front_end = FrontEnd(base_url=base_url, config={"mode": mode, "title": title}, folder=folder)
    return Starlette(routes=[Route("/", front_end.page), Route("/assets/{name:path}", front_end.asset)])


async def test_the_page_is_told_its_base_and_its_configuration(folder: Path) -> None:
    answer = await ask(app_of(folder, base_url="/apps/one"))
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    # With `no-store` no browser would keep the page for its "back" button.
    assert answer.headers["cache-control"] == "no-cache"
    assert '<head><base href="/apps/one/"><script type="application/json" id="anyhost-config">' in answer.text
    assert '<base href="/">' in (await ask(app_of(folder))).text


async def test_a_title_cannot_leave_its_script_element(folder: Path) -> None:
    title = "</script><script>alert(1)</script><!-- \u2028 é.py"
    page = (await ask(app_of(folder, title=title))).text
    _, _, after = page.partition('id="anyhost-config">')
    config, _, _ = after.partition("</script>")
    assert json.loads(config) == {"mode": "run", "title": title}
    assert page.count("<script") == 1
    assert "<!--" not in page


async def test_a_page_names_what_only_its_mode_loads_after_what_every_page_loads(folder: Path) -> None:
    """A style sheet of the mode's stands on the page's. What every visitor of an app loads is no more than before."""
    before, _, after = (await ask(app_of(folder, mode="edit"))).text.partition('href="./assets/page.css">')
    assert after == (
        '<link rel="modulepreload" crossorigin href="./assets/front-5e6f.js">'
        '<link rel="modulepreload" crossorigin href="./assets/editor-7a8b.js">'
        '<link rel="stylesheet" crossorigin href="./assets/front-9c.css">'
        "</head><body></body></html>"
    )
    assert "link" not in before.replace('<link rel="stylesheet" crossorigin ', "")
    assert (await ask(app_of(folder))).text.count("<link") == 1


async def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = await ask(app_of(tmp_path))
    assert answer.status_code == 503
    assert "make build" in answer.text


async def test_what_was_built_anew_under_a_server_says_to_start_it_again(folder: Path) -> None:
    """The page that it holds names files that are gone: it would stay blank."""
    app = app_of(folder)
    for old in ("main-1a2b.js", "main-1a2b.js.gz", "main-1a2b.js.br"):
        (folder / "assets" / old).unlink()
    (folder / "assets" / "main-3c4d.js").write_text("new")
    os.utime(folder / "index.html", ns=(1, 1))
    page = await ask(app)
    assert page.status_code == 503 and "start the server again" in page.text
    asset = await ask(app, "/assets/main-1a2b.js", headers={"Accept-Encoding": "br"})
    assert asset.status_code == 404


async def test_a_page_without_its_mark_is_noticed_when_the_server_is_made(folder: Path) -> None:
    (folder / "index.html").write_text("<html></html>")
    with pytest.raises(RuntimeError, match="anyhost:head"):
        app_of(folder)


async def test_assets_are_served_for_ever_with_their_media_type(folder: Path) -> None:
    for name, media_type in {
        "main-1a2b.js": "text/javascript; charset=utf-8",
        "style.css": "text/css; charset=utf-8",
        "fonts/a.woff2": "font/woff2",
    }.items():
        answer = await ask(app_of(folder), f"/assets/{name}", headers={"accept-encoding": "identity"})
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (await ask(app_of(folder), "/assets/main-1a2b.js", headers={"accept-encoding": "x"})).text == "plain"


@pytest.mark.parametrize(
    ("accepted", "encoding", "length"),
    [("gzip, deflate, br", "br", "6"), ("gzip", "gzip", "7"), ("br;q=0, gzip", "gzip", "7"), ("identity", None, "5")],
)
async def test_a_compressed_sibling_is_sent_to_those_who_take_it(
    folder: Path, accepted: str, encoding: str | None, length: str
) -> None:
    target = "/assets/main-1a2b.js"
    answer = await ask(app_of(folder), target, method="HEAD", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-length"] == length
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name",
    [
        *("../index.html", "../../secret.js", "..\\..\\secret.js", "/etc/passwd", "//etc/passwd", "%2e%2e/index.html"),
        *("../assets-of-another.js", "fonts/../../assets-of-another.js", "./style.css", "fonts/../style.css"),
        *("", "fonts", "fonts/", "style.css/", "style.css\0", "strange.exe", "main-1a2b.js.gz", "STYLE.css"),
    ],
)
async def test_nothing_but_a_file_of_the_build_is_found(folder: Path, name: str) -> None:
    """lessons.md: paths that leave their folder; a prefix compared without a path boundary."""
    assert await _status_of(app_of(folder), f"/assets/{name}") == 404


async def _status_of(app: ASGIApp, path: str) -> int:
    """Of a path that no client would leave as it is."""
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    status = sent[0]["status"]
    assert isinstance(status, int)
    return status
