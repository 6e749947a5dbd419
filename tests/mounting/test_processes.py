"""`WidgetHost(kernel="process")`: a process for each visitor, and what comes of one that ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import ipywidgets
import lodgers
import msgspec
import psutil
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from anyhost.mounting.calls import CallFailed
from anyhost.mounting.host import WidgetHost
from anyhost.mounting.remote import KernelGone
from anyhost.mounting.session import Session
from anyhost.mounting.widgets import WidgetElsewhere
from anyhost.protocol.messages import KernelStatus, ModelAck, ModelLifecycle, Refusal
from anyhost.testing.client import RecordingClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

ORIGIN = "http://localhost"


@asynccontextmanager
async def running(**arguments: Any) -> AsyncIterator[WidgetHost]:
    """A host of the widgets of `lodgers`, live. It leaves no process behind."""
    host = WidgetHost(kernel="process", **arguments)
    host.widget(lodgers.slider)
    host.widget(lodgers.broken)
    host.widget(lodgers.fatal)
    host.widget(shared=True)(lodgers.board)
    app = FastAPI(lifespan=host.lifespan)
    app.mount("/widgets", host)
    before = set(psutil.Process().children())
    async with app.router.lifespan_context(app), asyncio.timeout(60):
        (forking,) = set(psutil.Process().children()) - before
        APPS[host] = app, forking
        try:
            yield host
            family = [forking, *processes_of(host)]
        finally:
            del APPS[host]
    assert psutil.wait_procs(family, timeout=5)[1] == []


APPS: dict[WidgetHost, tuple[FastAPI, psutil.Process]] = {}
"""Of each live host the app that it is mounted in, and the process that forks the others."""


def processes_of(host: WidgetHost) -> list[psutil.Process]:
    """Those of its visitors, of what they share, and the one that waits."""
    children: list[psutil.Process] = APPS[host][1].children(recursive=True)
    return children


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def host() -> AsyncIterator[WidgetHost]:
    """One for all tests that end none: a start of the process that forks takes a second."""
    async with running() as host:
        yield host


def browser(host: WidgetHost) -> AsyncClient:
    transport = ASGITransport(APPS[host][0])
    return AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}, timeout=60)


async def find(client: AsyncClient, *names: str) -> dict[str, Any]:
    response: Response = await client.post("/widgets/views", json={"names": names})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["widgets"]
    return found


async def visitor(host: WidgetHost, *names: str) -> tuple[AsyncClient, Session, dict[str, Any]]:
    client, before = browser(host), host.sessions
    found = await find(client, *names)
    (session,) = [each for each in host.sessions if each not in before]
    return client, session, found


@asynccontextmanager
async def page_of(host: WidgetHost, session: Session, name: str) -> AsyncIterator[tuple[RecordingClient, str]]:
    """A page of this visitor that shows a widget, and the widget's id."""
    model_id = await session.model_id(name)
    visitors = host._visitors
    assert visitors is not None
    (visit,) = [each for each in visitors if each.session is session]
    async with visitors.pool.join(session_id=visit.core.session_id) as connection:
        client = RecordingClient(connection)
        while client.state_of(model_id) is None:
            await client.next()
        yield client, model_id


async def holds(client: RecordingClient, model_id: str, value: int) -> None:
    while (client.state_of(model_id) or {}).get("value") != value:
        await client.wait_for(ModelLifecycle)


def a_kernel_waits_in_each_host() -> bool:
    """In those of other tests, too, whose tasks and descriptors are counted with ours."""
    return sum(task.get_name() == "a spare kernel waits" for task in asyncio.all_tasks()) == len(APPS)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nobody tells when a process ends
            await asyncio.sleep(0.01)


# ---- where things run ----


async def test_each_visitor_has_a_process_and_what_is_shared_another(host: WidgetHost) -> None:
    _, ours, found = await visitor(host, "slider", "board")
    _, theirs, other = await visitor(host, "slider", "board")
    assert found["slider"]["model_id"] != other["slider"]["model_id"]
    assert found["board"]["model_id"] == other["board"]["model_id"]
    pids = {await ours.run(lodgers.pid), await theirs.run(lodgers.pid), await host.run(lodgers.pid)}
    assert len(pids) == 3 and pids <= {process.pid for process in processes_of(host)}
    assert psutil.Process().pid not in pids


async def test_a_page_writes_and_the_app_reads_and_the_other_way_round(host: WidgetHost) -> None:
    """Promises 2 and 4."""
    _, session, _ = await visitor(host, "slider")
    async with page_of(host, session, "slider") as (page, slider):
        page.write(slider, value=120)
        ack = await page.wait_for(ModelAck)
        assert (ack.status, ack.state) == ("corrected", {"value": msgspec.Raw(b"100")})
        assert await session.run(lodgers.add, -60) == 40
        await holds(page, slider, 40)
        assert await session.run(lodgers.add_later, amount=2) == 42
        await holds(page, slider, 42)


async def test_what_is_shared_is_written_by_one_and_changes_for_all(host: WidgetHost) -> None:
    _, ours, _ = await visitor(host, "board")
    _, theirs, _ = await visitor(host, "board")
    async with page_of(host, ours, "board") as (writer, board), page_of(host, theirs, "board") as (reader, _):
        writer.write(board, value=9)
        ack = await writer.wait_for(ModelAck)
        assert (ack.status, ack.state) == ("corrected", {"value": msgspec.Raw(b"6")})
        await holds(reader, board, 6)
        assert await host.run(lodgers.board_value) == 6
        await host.run(lodgers.set_board, 1)
        await holds(writer, board, 1)
        await holds(reader, board, 1)


async def test_the_factory_knows_the_user() -> None:
    async with running(authorize=lambda _connection: ("ada", 1)) as host:
        _, session, _ = await visitor(host, "slider")
        assert session.user == await session.run(lodgers.user) == ("ada", 1)


async def test_a_user_that_cannot_be_sent_is_refused_with_what_to_do() -> None:
    async with running(authorize=lambda _connection: lambda: None) as host, browser(host) as client:
        response = await client.post("/widgets/views", json={"names": ["slider"]})
        assert response.status_code == 500
        assert "let it return a name or an id" in response.json()["error"]


# ---- what cannot be, and what to do instead ----


async def test_a_widget_of_another_process_is_not_handed_out_but_said_how_to_reach(host: WidgetHost) -> None:
    _, session, _ = await visitor(host, "slider", "board")
    with pytest.raises(WidgetElsewhere, match=r"await session\.run\(change\)"):
        session["slider"]
    for place in (session, host):
        with pytest.raises(WidgetElsewhere, match=r"await host\.run\(change\)"):
            place["board"]
    with pytest.raises(WidgetElsewhere, match="in a factory"), session.active():
        pass
    with pytest.raises(WidgetElsewhere, match=r"await host\.run"):
        await session.run(lodgers.board_value)
    with pytest.raises(KeyError, match="ask their session"):
        await host.run(lodgers.add)


async def test_widgets_do_not_travel(host: WidgetHost) -> None:
    _, session, _ = await visitor(host, "slider")
    with pytest.raises(TypeError, match=r"what lodgers:lend returned cannot be sent.*IntSlider"):
        await session.run(lodgers.lend)
    with pytest.raises(TypeError, match=r"an argument cannot be sent.*IntSlider"):
        await session.run(lodgers.fail, ipywidgets.IntSlider())


async def test_what_a_function_raises_is_raised_with_the_traceback_that_it_had(host: WidgetHost) -> None:
    _, session, _ = await visitor(host, "slider")
    with pytest.raises(LookupError, match="gone") as raised:
        await session.run(lodgers.fail, "gone")
    assert "lodgers.py" in str(raised.value.__cause__) and "raise LookupError(how)" in str(raised.value.__cause__)
    for how, words in (("odd", "Refused: 7: odd"), ("exit", "SystemExit: exit")):
        with pytest.raises(CallFailed, match=words):
            await session.run(lodgers.fail, how)
    assert await session.run(lodgers.add) == 1


async def test_a_factory_that_raises_is_said_in_its_place_and_logged(
    host: WidgetHost, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 9."""
    _, _, found = await visitor(host, "broken", "slider", "contour")
    assert found["broken"]["error"] == "the factory of 'broken' raised ValueError: no data"
    assert found["slider"]["error"] is None
    assert found["contour"]["error"].startswith("no widget is named 'contour'")
    assert 'raise ValueError("no data")' in caplog.text


def test_factories_that_another_process_cannot_import_are_refused_where_they_are_named() -> None:
    host = WidgetHost(kernel="process")

    def local() -> None: ...

    def run_itself() -> None: ...

    run_itself.__qualname__, run_itself.__module__ = "run_itself", "__main__"
    wrong: list[tuple[Any, str]] = [
        (lambda: None, "top level of a module"),
        (local, "made inside of a function"),
        (run_itself, "uvicorn app:app"),
    ]
    for factory, words in wrong:
        with pytest.raises(TypeError, match=words):
            host.widget(name="wrong")(factory)
    WidgetHost().widget(name="right")(lambda: None)
    with pytest.raises(ValueError, match="kernel='process'"):
        WidgetHost(kernel="thread")  # type: ignore[arg-type]


async def test_a_factory_with_another_functions_name_is_found_out_at_the_start() -> None:
    host = WidgetHost(kernel="process")

    def other() -> None: ...

    other.__qualname__, other.__module__ = "board", "lodgers"
    host.widget(other)
    with pytest.raises(TypeError, match=r"expected to find .* as lodgers:board"):
        async with host.lifespan():
            pass


async def test_a_function_that_is_registered_later_is_known_too(host: WidgetHost) -> None:
    client, _, _ = await visitor(host, "slider")
    host.widget(name="second")(lodgers.slider)
    assert (await find(client, "second"))["second"]["error"] is None


# ---- how it ends ----


async def test_a_process_that_ends_is_told_and_whoever_asks_next_gets_another(host: WidgetHost) -> None:
    client, session, found = await visitor(host, "slider", "board")
    async with page_of(host, session, "slider") as (page, _):
        with pytest.raises(KernelGone, match="exit code 3"):
            await session.run(lodgers.end)
        told = await page.wait_for(KernelStatus, lambda status: status.status == "dead")
        assert told.detail == "ended with exit code 3"
        with pytest.raises(KernelGone, match="exit code 3"):
            await session.run(lodgers.add)
        again = await find(client, "slider", "board")
    assert again["slider"]["model_id"] not in (None, found["slider"]["model_id"])
    assert again["board"] == found["board"]
    await until(lambda: session.ended)
    (after,) = [each for each in host.sessions if await each.model_id("slider") == again["slider"]["model_id"]]
    assert await after.run(lodgers.add) == 1


async def test_a_factory_that_ends_its_process_is_said_in_its_place_each_time(host: WidgetHost) -> None:
    client, _, found = await visitor(host, "fatal")
    words = "the process of these widgets has ended: ended with exit code 4"
    assert found["fatal"]["error"] == words
    again = await find(client, "fatal", "slider")
    assert [again[name]["error"] for name in ("fatal", "slider")] == [words, words]
    assert (await find(client, "slider"))["slider"]["error"] is None


async def test_the_process_of_what_is_shared_ends_and_another_one_begins(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as host:
        client, session, found = await visitor(host, "slider", "board")
        async with page_of(host, session, "board") as (page, board):
            with pytest.raises(KernelGone):
                await host.run(lodgers.end)
            words = "the process of the widgets that all share has ended: ended with exit code 3"
            assert words in caplog.text
            assert (await page.wait_for(Refusal)).error.startswith(words)
            while board in page.replay.model_ids:
                await page.wait_for(ModelLifecycle)
            again = await find(client, "slider", "board")
            assert again["slider"] == found["slider"]
            await host.run(lodgers.set_board, 5)
            await holds(page, again["board"]["model_id"], 5)


async def test_ten_visitors_leave_nothing_behind() -> None:
    """Promise 10: their sessions end by themselves, and their processes with them."""
    async with running(goodbye_seconds=1.0) as host:
        await until(lambda: len(processes_of(host)) == 1 and a_kernel_waits_in_each_host())
        files = psutil.Process().num_fds()
        tasks = len(asyncio.all_tasks())
        visits = await asyncio.gather(*(visitor_of_many(host) for _ in range(10)))
        assert len({pid for pid, _ in visits}) == 10
        await until(lambda: not host.sessions)
        await until(lambda: len(processes_of(host)) == 1)
        # Not more: before, the one that waits may just have made way for a warmer one. A leak would be ten.
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        await until(lambda: psutil.Process().num_fds() <= files)


async def visitor_of_many(host: WidgetHost) -> tuple[int, str]:
    async with browser(host) as client:
        found = await find(client, "slider")
        model_id: str = found["slider"]["model_id"]
        (session,) = [each for each in host.sessions if model_id == await each.model_id("slider")]
        await session.run(lodgers.sleep_for_ever)
        return await session.run(lodgers.pid), model_id
