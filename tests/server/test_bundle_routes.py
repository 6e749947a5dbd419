"""`/bundles`: front ends of classic widgets' packages, from the environment's folders."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from asking import ask
from starlette.applications import Starlette
from starlette.routing import Route

from anyhost.bundles.finding import Bundles
from anyhost.server.bundles import BundleRoutes

pytestmark = pytest.mark.anyio

TEXT = "define([], () => ({}))" + " " * 3000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "nbextensions" / "maps"
    root.mkdir(parents=True)
    (root / "index.js").write_text(TEXT)
    (root / "a.png").write_bytes(b"\x89PNG" + bytes(3000))
    (root / "small.css").write_text("a {}")
    return tmp_path


def app_of(folder: Path, **options: bool | int) -> Starlette:
    routes = BundleRoutes(Bundles([folder]), **options)  # type: ignore[arg-type]
    return Starlette(routes=[Route("/bundles", routes.find), Route("/bundles/{stamp}/{path:path}", routes.serve)])


async def get(app: Starlette, target: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return await ask(app, target, headers={"accept-encoding": "identity", **(headers or {})})


async def test_a_page_is_told_an_address_that_holds_for_good(folder: Path) -> None:
    app = app_of(folder)
    answer = await get(app, "/bundles?module=maps")
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["kind"], found["entry"]) == ("amd", "nbextensions/maps/index.js")
    script = await get(app, f"/{found['root']}{found['entry']}")
    assert script.text == TEXT
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "private, max-age=31536000, immutable"
    picture = await get(app, f"/{found['root']}nbextensions/maps/a.png", {"accept-encoding": "gzip"})
    assert picture.headers["content-type"] == "image/png"
    assert "content-encoding" not in picture.headers


async def test_what_is_missing_is_an_answer_too_and_the_page_may_not_know_the_folders(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = (await get(app_of(folder), "/bundles?module=nowhere")).json()
    assert (missing["kind"], missing["folders"]) == ("missing", [str(folder)])
    assert not caplog.records
    mounted = (await get(app_of(folder, tell_folders=False), "/bundles?module=nowhere")).json()
    assert mounted == missing | {"folders": []}
    assert str(folder) in caplog.text


@pytest.mark.parametrize("target", ["/bundles", "/bundles?module=", "/bundles?module=..%2f..%2fetc"])
async def test_a_question_that_names_nothing_finds_nothing(folder: Path, target: str) -> None:
    assert (await get(app_of(folder), target)).json()["kind"] == "missing"


async def test_texts_are_compressed_once_and_those_asked_for_last_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    compress = gzip.compress

    def counting(data: bytes, mtime: int) -> bytes:
        calls.append(len(data))
        return compress(data, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", counting)
    for letter in "ab":
        (folder / "nbextensions" / "maps" / f"{letter}.js").write_text(TEXT)
    app = app_of(folder, kept=int(len(TEXT) * 2.5))
    root = (await get(app, "/bundles?module=maps")).json()["root"]
    for name in ("index.js", "a.js", "index.js", "b.js", "index.js"):
        answer = await get(app, f"/{root}nbextensions/maps/{name}", {"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.text == TEXT
    assert calls == [len(TEXT)] * 3
    await get(app, f"/{root}nbextensions/maps/a.js", {"accept-encoding": "gzip"})
    assert calls == [len(TEXT)] * 4
    small = await get(app, f"/{root}nbextensions/maps/small.css", {"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize(
    "path",
    [
        *("nbextensions/maps/missing.js", "nbextensions/maps/", "nbextensions/maps", "", "nbextensions"),
        *("nbextensions/maps/%2e%2e/%2e%2e/secret.js", "..%2f..%2fsecret.js", "%2e%2e/%2e%2e/secret.js"),
        *("nbextensions/maps/..%5c..%5csecret.js", "%2fetc%2fpasswd", "nbextensions/maps/index.js%00"),
    ],
)
async def test_a_path_leads_nowhere_else(folder: Path, path: str) -> None:
    """design.md, section 6: asset paths cannot leave their folder."""
    (folder / "secret.js").write_text("secret")
    app = app_of(folder)
    root = (await get(app, "/bundles?module=maps")).json()["root"]
    answer = await get(app, f"/{root}{path}")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


async def test_an_address_ends_when_the_files_change(folder: Path) -> None:
    """It may be kept for good, so it must never mean something else."""
    app = app_of(folder)
    root = (await get(app, "/bundles?module=maps")).json()["root"]
    (folder / "nbextensions" / "maps" / "index.js").write_text("define([], () => ({later: 1}))")
    assert (await get(app, f"/{root}nbextensions/maps/index.js")).status_code == 404
    found = (await get(app, "/bundles?module=maps")).json()
    assert found["root"] != root
    assert "later" in (await get(app, f"/{found['root']}nbextensions/maps/index.js")).text
