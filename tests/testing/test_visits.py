"""The client without a browser, over real sockets."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import ipywidgets
import pytest
from counters import Counter
from fastapi import Depends, FastAPI

import anyhost
from anyhost.protocol.messages import RunNotebook
from anyhost.server.app import create_app
from anyhost.server.modules import ModuleStore
from anyhost.server.settings import Settings
from anyhost.session.pool import SessionPool
from anyhost.testing import (
    Client,
    CommandFailed,
    Corrected,
    Raised,
    Refused,
    ScriptedStarter,
    Widget,
    connect,
    running,
    until,
)

pytestmark = [pytest.mark.anyio, pytest.mark.process]


@asynccontextmanager
async def visited(counter: Counter) -> AsyncIterator[Widget]:
    async with connect(counter) as client:
        yield await client.widget("widget")


async def test_what_it_reads_and_writes_are_the_traits_of_the_object_that_was_given() -> None:
    """Promise 2."""
    counter = Counter(count=3)
    async with visited(counter) as widget:
        assert (widget.get("count"), widget.kind) == (3, "counters.Counter")
        await widget.set(count=4)
        assert (counter.count, widget.get("count")) == (4, 4)
        counter.count = 7
        assert (await widget.until(count=7))["count"] == 7
        counter.count = 8
        await widget.until(lambda state: state["count"] > 7)
    assert counter.comm is None


async def test_binary_and_odd_numbers_go_both_ways() -> None:
    counter = Counter(data={"bytes": b"abc", "numbers": [1.0, math.inf]})
    async with visited(counter) as widget:
        assert widget.get("data") == {"bytes": b"abc", "numbers": [1.0, math.inf]}
        await widget.set(data=[b"\x00\x01", -math.inf, {"deep": b"xyz"}])
        assert counter.data == [b"\x00\x01", -math.inf, {"deep": b"xyz"}]


async def test_a_write_that_python_corrects_is_an_error_with_what_it_holds() -> None:
    """Promise 4."""
    counter = Counter()
    async with visited(counter) as widget:
        with pytest.raises(Corrected, match=r"^count: wrote 99, Python holds 10$") as clamped:
            await widget.set(count=99)
        assert (clamped.value.state, counter.count, widget.get("count")) == ({"count": 10}, 10, 10)
        with pytest.raises(Corrected, match=r"count: wrote 'x', Python holds 10.*expected an int"):
            await widget.set(count="x")
        with pytest.raises(Corrected, match=r"^colour: there is no such trait$") as unknown:
            await widget.set(colour="red")
        assert unknown.value.unknown == ["colour"]
        with pytest.raises(Raised, match="an observer that raises"):
            await widget.set(unwelcome=True)
        assert counter.unwelcome


async def test_messages_go_both_ways_in_order() -> None:
    """Promise 3."""
    counter = Counter()
    async with visited(counter) as widget:
        await widget.send("one", [b"ab"])
        await widget.send({"not": "echoed"})
        await widget.send("two")
        assert counter.heard == ["one", {"not": "echoed"}, "two"]
        first, second = await widget.message(), await widget.message()
        assert (first.content, first.buffers, second.content) == ({"echo": "one"}, (b"ba",), {"echo": "two"})
        with pytest.raises(Raised, match="a handler that raises"):
            await widget.send("raise")


async def test_commands_answer_or_say_why_not() -> None:
    async with visited(Counter()) as widget:
        assert await widget.invoke("double", 21, [b"ab"]) == (42, [b"abab"])
        with pytest.raises(CommandFailed, match="CommandError: Counter has no command 'triple'; it has double"):
            await widget.invoke("triple")
        with pytest.raises(CommandFailed, match="TypeError") as failed:
            await widget.invoke("double", None)
        assert failed.value.name == "TypeError"


async def test_what_is_waited_for_in_vain_says_how_it_was() -> None:
    async with connect(Counter()) as client:
        widget = Widget((await client.widget("widget")).model_id, client.remote, patience=0.1)
        with pytest.raises(TimeoutError, match=r"waited in vain for 0.1 s; the state is .*'count': 0"):
            await widget.until(count=1)
        with pytest.raises(LookupError, match=r"Counter has no trait 'colour'; it has broken, count, data, layout"):
            widget.get("colour")
        with pytest.raises(LookupError, match="no widget is named 'wigdet'; did you mean 'widget'"):
            await client.widget("wigdet")


async def test_a_widget_that_closes_is_not_open_any_more() -> None:
    counter = Counter()
    async with connect(counter) as client:
        widget = await client.widget("widget")
        counter.close()
        await client.until(lambda: not widget.is_open)
        with pytest.raises(LookupError, match="is not open"):
            widget.get("count")
        with pytest.raises(Refused):
            await widget.set(count=1)


async def test_a_child_is_found_by_the_reference_that_the_state_has() -> None:
    slider = ipywidgets.IntSlider(value=4)
    async with connect(ipywidgets.VBox([slider])) as client:
        box = await client.widget("widget")
        child = client.model(box.get("children")[0])
        assert (child.get("value"), child.kind) == (4, "@jupyter-widgets/controls.IntSliderModel")
        await child.set(value=5)
        assert slider.value == 5
        assert child.model_id in client.models


def app_with_a_host(**arguments: Any) -> FastAPI:
    host = anyhost.WidgetHost(**arguments)
    app = FastAPI(lifespan=host.lifespan)
    app.mount("/widgets", host)

    @host.widget
    def counter() -> Counter:
        return Counter()

    @app.post("/reset")
    async def reset(session: anyhost.Session = Depends(host.session)) -> int:  # noqa: B008 - FastAPI's way
        before: int = session["counter"].count
        session["counter"].count = 0
        return before

    return app


async def test_each_client_of_an_app_is_a_visitor_and_its_handlers_know_it() -> None:
    async with (
        running(app_with_a_host()) as address,
        connect(f"{address}widgets") as ada,
        connect(f"{address}widgets/") as bob,
        httpx.AsyncClient(base_url=address, headers=ada.headers) as browser,
    ):
        hers, his = await ada.widget("counter"), await bob.widget("counter")
        await hers.set(count=3)
        assert his.get("count") == 0
        assert (await browser.post("/reset")).json() == 3
        await hers.until(count=0)


async def test_on_a_server_that_runs_a_notebook_widgets_are_found_by_their_class() -> None:
    modules, starter = ModuleStore(), ScriptedStarter()
    async with SessionPool(starter, modules, mode="run", notebook=RunNotebook(path="notebook.py")) as pool:
        app = create_app(Settings(title="notebook.py", token="right"), pool=pool, modules=modules)
        async with running(app) as address:
            with pytest.raises(Refused, match="this server needs its token"):
                async with connect(address):
                    pass
            async with connect(f"{address}?token=right", patience=5) as client:
                kernel = await starter.kernel()
                asking = asyncio.create_task(client.widget("Counter"))
                kernel.open("a", _anywidget_id="my_module.Counter", count=1)
                assert (await asking).get("count") == 1
                kernel.open("b", _anywidget_id="my_module.Counter", count=2)
                await client.until(lambda: len(client.models) == 2)
                with pytest.raises(LookupError, match="there are 2 widgets of the class"):
                    await client.widget("my_module.Counter")
                assert client.model("b").get("count") == 2


async def test_who_is_refused_is_told_so() -> None:
    app = app_with_a_host(authorize=lambda connection: connection.headers.get("x-user"))
    with pytest.raises(Refused, match=r"authorize\(\) says so"):
        async with connect(app):
            pass
    async with connect(app, headers={"X-User": "ada"}) as client:
        assert (await client.widget("counter")).get("count") == 0


async def test_a_visit_that_is_over_ends_its_session_as_a_page_does_that_is_closed() -> None:
    host = anyhost.WidgetHost(goodbye_seconds=0)
    host.widget(name="counter")(Counter)
    async with running(host) as address:
        async with connect(f"{address}widgets") as client:
            await client.widget("counter")
            assert len(host.sessions) == 1
        await until(lambda: not host.sessions)


async def test_nothing_that_can_be_shown_is_said_to_be_none() -> None:
    for what, said in ((Counter, "got the class Counter; write Counter"), (3, "got int")):
        with pytest.raises(TypeError, match=said):
            async with running(what):
                pass


async def test_an_app_that_does_not_start_says_why() -> None:
    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        open_database()
        yield

    def open_database() -> None:
        raise ValueError("no database")

    with pytest.raises(ValueError, match="no database"):
        async with running(FastAPI(lifespan=lifespan)):
            pass


async def test_a_server_that_ends_is_a_connection_error() -> None:
    async with running(app_with_a_host()) as address:
        client = Client(f"{address}widgets", {}, 5.0)
        remote = await client.begin()
        connected = remote.connected()
        await connected.__aenter__()
    widget = client.model("m")
    with pytest.raises(ConnectionError):
        await widget.set(count=1)
    await connected.__aexit__(None, None, None)
