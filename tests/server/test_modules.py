"""Front-end code by content hash (promise 6)."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from typing import Any, Literal

import httpx
import pytest
from asking import ask
from starlette.applications import Starlette
from starlette.routing import Route

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import ModuleSource
from anyhost.server.modules import ModuleStore

pytestmark = pytest.mark.anyio

HASH = "0123456789abcdef" * 2
OTHER = "f" * 32


def source(code: bytes, hash_: str = HASH, kind: Literal["js", "css"] = "js") -> ModuleSource:
    return ModuleSource(hash=hash_, kind=kind, buffers=Buffers([code[:3], code[3:]]))


async def fetch(
    store: ModuleStore, name: str, headers: Mapping[str, str] | None = None, **options: Any
) -> httpx.Response:
    app = Starlette(routes=[Route("/modules/{name}", store.serve)])
    return await ask(app, f"/modules/{name}", headers={"accept-encoding": "identity", **(headers or {})}, **options)


async def test_a_module_is_served_for_ever_and_never_sniffed_as_anything_else() -> None:
    store = ModuleStore()
    store.put("s", source(b"export default {}"))
    store.put("s", source("a { content: 'é' }".encode(), kind="css"))
    script = await fetch(store, f"{HASH}.js")
    assert script.content == b"export default {}"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "private, max-age=31536000, immutable"
    style = await fetch(store, f"{HASH}.css")
    assert style.text == "a { content: 'é' }"
    assert style.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("size", [2_000, 300_000])
async def test_a_module_is_compressed_once_for_those_who_take_it(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    compress = gzip.compress

    def counting(data: bytes, **options: Any) -> bytes:
        calls.append(len(data))
        return compress(data, **options)

    monkeypatch.setattr(gzip, "compress", counting)
    store = ModuleStore()
    store.put("s", source(b"x" * size))
    answers = await asyncio.gather(
        *(fetch(store, f"{HASH}.js", {"accept-encoding": "br, GZIP;q=0.5"}) for _ in range(5))
    )
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert {answer.content for answer in answers} == {b"x" * size}
    assert calls == [size]
    assert all(int(answer.headers["content-length"]) < size / 10 for answer in answers)


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0", "xgzip"])
async def test_a_module_is_sent_as_it_is_to_those_who_do_not_take_gzip(accepted: str) -> None:
    store = ModuleStore()
    store.put("s", source(b"x" * 5000))
    answer = await fetch(store, f"{HASH}.js", {"accept-encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_tag_that_the_browser_has_is_answered_without_the_text() -> None:
    store = ModuleStore()
    store.put("s", source(b"x" * 5000))
    plain = await fetch(store, f"{HASH}.js")
    packed = await fetch(store, f"{HASH}.js", {"accept-encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    for answer, encoding in ((plain, "identity"), (packed, "gzip")):
        again = await fetch(
            store, f"{HASH}.js", {"if-none-match": f'"x", {answer.headers["etag"]}', "accept-encoding": encoding}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert "immutable" in again.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    [
        *(HASH, f"{HASH}.mjs", f"{HASH.upper()}.js", f"{HASH[:-1]}.js", f"{HASH}0.js", f"{HASH}.js.map", f"{HASH}.JS"),
        *(
            f"%2e%2e%2f{HASH}.js",
            f"..%2f{HASH}.js",
            f"{HASH}.js%00",
            f"{HASH}.js%0a",
            f".%2f{HASH}.js",
            "%2fetc%2fpasswd",
        ),
    ],
)
async def test_only_the_exact_name_of_a_module_finds_it(name: str) -> None:
    """lessons.md: paths that leave their folder."""
    store = ModuleStore()
    store.put("s", source(b"code"))
    assert (await fetch(store, name)).status_code == 404


async def test_a_module_stays_while_any_session_holds_it() -> None:
    """lessons.md, #9181: closing one session deleted another's files."""
    store = ModuleStore(spare=0)
    store.put("first", source(b"code"))
    store.put("second", source(b"code"))
    store.put("first", source(b"own", OTHER))
    store.release("first")
    assert (await fetch(store, f"{HASH}.js")).status_code == 200
    assert (await fetch(store, f"{OTHER}.js")).status_code == 404
    store.release("second")
    store.release("second")
    assert len(store) == 0


async def test_modules_that_nobody_holds_are_kept_while_there_is_room() -> None:
    """Promise 8: everything is bounded; here by the bytes of what was released, the oldest going first."""
    store = ModuleStore(spare=250)
    for number in range(3):
        store.put(f"s{number}", source(bytes(100), f"{number}" * 32))
    store.release("s1")
    store.release("s0")
    assert len(store) == 3
    store.release("s2")
    statuses = [(await fetch(store, f"{number * 32}.js")).status_code for number in "012"]
    assert statuses == [200, 404, 200]


async def test_a_module_that_is_wanted_again_is_held_again() -> None:
    store = ModuleStore(spare=100)
    store.put("first", source(b"x" * 80))
    store.release("first")
    store.put("second", source(b"x" * 80))
    store.put("third", source(b"y" * 80, OTHER))
    store.release("third")
    assert (await fetch(store, f"{HASH}.js")).status_code == 200
