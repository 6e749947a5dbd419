"""Pages of other origins: a ticket for one session, and never the cookie (`design.md`, section 6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ipywidgets
import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Mount

from anyhost.mounting import tickets
from anyhost.mounting.host import WidgetHost
from anyhost.mounting.keys import VisitorKey
from anyhost.mounting.session import SessionEnded
from anyhost.mounting.tickets import Tickets
from anyhost.server.refusal import Refused
from anyhost.testing import RemoteClient, running, until

pytestmark = pytest.mark.anyio

PARTNER = "https://partner.example.com"


@asynccontextmanager
async def hosted(**arguments: Any) -> AsyncIterator[tuple[WidgetHost, AsyncClient]]:
    """A host, and a page of another origin that is allowed."""
    host = WidgetHost(allow_origins=[PARTNER], **arguments)
    host.widget(name="slider")(ipywidgets.IntSlider)
    app = Starlette(routes=[Mount("/widgets", host)], lifespan=host.lifespan)
    transport = ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=transport, base_url="http://localhost", headers={"Origin": PARTNER}) as page,
    ):
        yield host, page


async def find(page: AsyncClient, **question: Any) -> Response:
    return await page.post("/widgets/views", json={"names": ["slider"], **question})


async def test_a_ticket_leads_to_its_session_without_a_cookie_and_a_pass_from_then_on() -> None:
    async with hosted() as (host, page):
        session = await host.session_for("ada")
        first = await find(page, ticket=host.ticket(session))
        assert "set-cookie" not in first.headers
        answer = first.json()
        assert answer["widgets"]["slider"]["model_id"] == await session.model_id("slider")
        again = (await find(page, **{"pass": answer["pass"]})).json()
        assert (again["session_id"], again["pass"]) == (answer["session_id"], answer["pass"])
        assert host.sessions == [session]


async def test_what_a_ticket_says_goes_before_a_cookie_that_came_along() -> None:
    async with hosted() as (host, page):
        own = await find(page)
        assert "set-cookie" in own.headers
        shown = await find(page, ticket=host.ticket(await host.session_for("ada")))
        assert shown.json()["session_id"] != own.json()["session_id"]


async def test_an_account_has_one_session_and_authorize_is_not_asked_for_it() -> None:
    async with hosted(authorize=lambda _connection: None) as (host, page):
        ada = await host.session_for("ada")
        assert await host.session_for("ada") is ada
        assert await host.session_for("bob") is not ada
        assert ada.user == "ada"
        assert (await find(page)).status_code == 403
        assert (await find(page, ticket=host.ticket(ada))).status_code == 200


async def test_what_is_good_no_longer_is_refused_and_says_what_to_do() -> None:
    async with hosted() as (host, page):
        session = await host.session_for("ada")
        late, good = host.ticket(session, seconds=0), host.ticket(session)
        held = (await find(page, ticket=good)).json()["pass"]
        for refused in (await find(page, ticket="made up"), await find(page, ticket=late)):
            assert refused.status_code == 403
            assert "host.ticket(session)" in refused.json()["error"]
        (visit,) = host._live()
        visit.core.close("it is over")
        for question in ({"pass": held}, {"ticket": good}):
            assert "has ended; load the page again" in (await find(page, **question)).json()["error"]
        await until(lambda: session.ended)
        with pytest.raises(SessionEnded):
            host.ticket(session)
        assert await host.session_for("ada") is not session


async def test_an_origin_that_is_not_allowed_gets_nothing_for_a_ticket() -> None:
    async with hosted() as (host, page):
        page.headers["Origin"] = "https://thief.example.com"
        refused = await find(page, ticket=host.ticket(await host.session_for("ada")))
        assert (refused.status_code, "WidgetHost(allow_origins=" in refused.text) == (403, True)


@pytest.mark.process
async def test_a_socket_shows_the_pass_as_a_subprotocol() -> None:
    host = WidgetHost()
    host.widget(name="slider")(ipywidgets.IntSlider)
    async with running(host) as address:
        session = await host.session_for("ada")
        origin = {"Origin": address.rstrip("/")}
        async with AsyncClient(base_url=address, headers=origin) as page:
            held = (await find(page, ticket=host.ticket(session))).json()["pass"]
        client = RemoteClient(f"{address.replace('http', 'ws')}widgets/ws", headers=origin)
        async with client.connected(subprotocols=["anyhost", f"anyhost.pass.{held}"]):
            await client.until(lambda: client.seq is not None)
            assert client._socket.subprotocol == "anyhost"  # without one a browser gives the socket up
            assert client.replay.model_ids[-1] == await session.model_id("slider")
        wrong = RemoteClient(f"{address.replace('http', 'ws')}widgets/ws", headers=origin)
        async with wrong.connected(subprotocols=["anyhost", "anyhost.pass.made-up"]):
            with pytest.raises(ConnectionError, match="has ended; load the page again"):
                await wrong.until(lambda: wrong.seq is not None)
        assert len(host.sessions) == 1


def test_tickets_are_good_for_their_time_and_no_more_of_them_are_kept_than_a_limit() -> None:
    """Promise 8."""
    now = [0.0]
    held = Tickets(clock=lambda: now[0])
    ada = VisitorKey("p", 0, "ada")
    first = held.issue(ada, 10)
    assert held.redeem(first)[0] is ada
    now[0] = 10
    with pytest.raises(Refused):
        held.redeem(first)
    oldest = held.issue(ada, 10)
    for _ in range(tickets.MOST):
        held.issue(ada, 10)
    with pytest.raises(Refused):
        held.redeem(oldest)
    held.forget(ada)
    assert not held._tickets and not held._passes and not held._keys
