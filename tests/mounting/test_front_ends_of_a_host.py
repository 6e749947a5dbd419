"""Front ends of classic widgets' packages, from a `WidgetHost`: who is told where they are, and who gets them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.routing import Mount

from anyhost.mounting.host import WidgetHost

pytestmark = pytest.mark.anyio

PARTNER = "https://partner.example.com"


@asynccontextmanager
async def hosted(**arguments: Any) -> AsyncIterator[tuple[WidgetHost, AsyncClient]]:
    host = WidgetHost(allow_origins=[PARTNER], **arguments)
    host.widget(name="slider")(ipywidgets.IntSlider)
    app = Starlette(routes=[Mount("/widgets", host)], lifespan=host.lifespan)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as page,
    ):
        yield host, page


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One package."""
    entry = tmp_path / "nbextensions" / "maps" / "index.js"
    entry.parent.mkdir(parents=True)
    entry.write_text("define([], () => ({}))")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))


WHERE = "/widgets/bundles?module=maps"


async def test_whom_the_app_refuses_is_not_told_where_front_ends_are() -> None:
    """design.md, section 6. The address is then known to those who were told, as a module's hash is."""
    async with hosted(authorize=lambda connection: connection.headers.get("user")) as (_, page):
        assert (await page.get(WHERE)).status_code == 403
        found = (await page.get(WHERE, headers={"user": "ada"})).json()
        script = await page.get(f"/widgets/{found['root']}{found['entry']}")
        assert script.text == "define([], () => ({}))"
        assert (await page.get("/widgets/bundles/0/nbextensions/maps/index.js")).status_code == 404


@pytest.mark.parametrize("headers", [{"host": "evil.com"}, {"origin": "https://evil.com"}, {"origin": "null"}])
async def test_other_hosts_and_origins_are_refused(headers: dict[str, str]) -> None:
    async with hosted() as (_, page):
        found = (await page.get(WHERE)).json()
        for target in (WHERE, f"/widgets/{found['root']}{found['entry']}"):
            assert (await page.get(target, headers=headers)).status_code == 403


async def test_a_page_of_another_origin_shows_its_pass() -> None:
    """What it was given for its ticket, in a header: an address ends up in logs."""
    async with hosted(authorize=lambda _connection: None) as (host, page):
        partner = {"origin": PARTNER}
        asked = await page.options(WHERE, headers=partner | {"access-control-request-headers": "authorization"})
        assert "Authorization" in asked.headers["access-control-allow-headers"]
        assert asked.headers["access-control-allow-origin"] == PARTNER
        question = {"names": ["slider"], "ticket": host.ticket(await host.session_for("ada"))}
        held = (await page.post("/widgets/views", json=question, headers=partner)).json()["pass"]
        found = await page.get(WHERE, headers=partner | {"authorization": f"Anyhost {held}"})
        assert found.headers["access-control-allow-origin"] == PARTNER
        script = await page.get(f"/widgets/{found.json()['root']}{found.json()['entry']}", headers=partner)
        assert script.headers["access-control-allow-origin"] == PARTNER
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        for wrong in ("Anyhost made-up", "Anyhost", f"Bearer {held}", ""):
            refused = await page.get(WHERE, headers=partner | {"authorization": wrong})
            assert refused.status_code == 403
            assert refused.headers["access-control-allow-origin"] == PARTNER
