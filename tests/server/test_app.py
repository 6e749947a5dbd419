"""The whole app, as it is assembled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from asking import ask, connect
from scripted_server import BEARER, scripted_server
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from anyhost.server.app import create_app
from anyhost.server.frontend import FrontEnd
from anyhost.server.modules import ModuleStore
from anyhost.server.routes import routes
from anyhost.server.settings import Settings, Timing
from anyhost.session.pool import SessionPool
from anyhost.testing.kernel import ScriptedStarter

pytestmark = pytest.mark.anyio

OPEN = {"/healthz"}
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def addresses(table: Iterable[BaseRoute]) -> Iterator[tuple[BaseRoute, str]]:
    """Every route with a path that it serves. A kind of route that is not known here must be added."""
    for route in table:
        assert isinstance(route, Route | WebSocketRoute), route
        yield route, re.sub(r"\{[^}]*\}", "x", route.path)


@pytest.mark.parametrize("base_url", ["", "/apps/one"])
async def test_every_address_is_denied_without_credentials(base_url: str) -> None:
    """design.md, section 6: denied by default, sockets included; and from any other host or origin."""
    async with scripted_server(base_url=base_url) as server:
        front_end = FrontEnd(base_url=base_url, config={})
        table = routes(pool=server.pool, modules=server.modules, front_end=front_end, message_limit=1)
        sockets = 0
        for route, path in addresses(table):
            if isinstance(route, WebSocketRoute):
                sockets += 1
                assert (await connect(server.app, base_url + path)).startswith("401: ")
                assert (await connect(server.app, base_url + path, {"host": "evil.com"})).startswith("403: ")
                continue
            for method in EVERY_METHOD:
                answer = await ask(server.app, base_url + path, method=method)
                assert answer.status_code == (401 if path not in OPEN else 200 if method in ("GET", "HEAD") else 405)
                for forged in ({"host": "evil.com"}, {"origin": "http://evil.com"}, {"origin": "null"}):
                    answer = await ask(server.app, base_url + path, method=method, headers=BEARER | forged)
                    assert answer.status_code == 403
        assert sockets == 1
        assert not list(server.pool)


async def test_what_is_no_address_is_denied_like_one_that_is() -> None:
    async with scripted_server() as server:
        for path in ("/nothing", "/ws", "/../x", "//", "/api", "/healthz/"):
            assert (await ask(server.app, path)).status_code == 401
        assert (await connect(server.app, "/nothing")).startswith("401: ")
        assert (await ask(server.app, "/nothing", headers=BEARER)).status_code == 404


async def test_the_table_of_the_test_above_is_the_one_that_is_served() -> None:
    async with scripted_server() as server:
        layer = server.app
        while not isinstance(layer, Starlette):
            layer = vars(layer)["_app"]
        front_end = FrontEnd(base_url="", config={})
        table = routes(pool=server.pool, modules=server.modules, front_end=front_end, message_limit=1)
        assert [path for _, path in addresses(layer.routes)] == [path for _, path in addresses(table)]


async def test_fetching_the_page_starts_no_session() -> None:
    async with scripted_server() as server:
        for path in ("/", "/assets/x", "/modules/x", "/healthz", "/api/openapi.json"):
            await ask(server.app, path, headers=BEARER)
        assert not list(server.pool)


async def test_every_answer_has_the_security_headers_refusals_included() -> None:
    async with scripted_server() as server:
        for headers in ({}, BEARER, {"host": "evil.com"}, {"accept": "text/html"}):
            answer = await ask(server.app, "/nothing", headers=headers)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


async def test_healthz_answers_without_a_token() -> None:
    async with scripted_server() as server:
        assert (await ask(server.app, "/healthz")).text == "ok\n"


async def test_the_page_is_told_what_differs_from_its_own_timing_in_milliseconds() -> None:
    settings = Settings(title="t", token=None, timing=Timing(idle=0.3, longest_retry=2))
    async with SessionPool(ScriptedStarter(), ModuleStore(), mode="run", notebook=None) as pool:
        page = (await ask(create_app(settings, pool=pool, modules=ModuleStore()), "/")).text
    assert '"timing": {"idle": 300.0, "longestRetry": 2000}' in page
    assert Timing().for_page() == {}


def test_every_time_of_the_page_can_be_set() -> None:
    """Both ends have the same words."""
    text = (Path(__file__).parents[2] / "packages" / "page" / "src" / "timing.ts").read_text(encoding="utf-8")
    words = re.findall(r"^  (\w+): [\d_]+,$", text, re.M)
    every = Timing(open=1, idle=1, patience=1, probe=1, retry=1, longest_retry=1)
    assert words == list(every.for_page())
