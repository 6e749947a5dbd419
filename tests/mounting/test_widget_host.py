"""`WidgetHost` without a browser: who gets which session, who is refused, what is said, what is given back."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import ipywidgets
import pytest
from django.core.exceptions import PermissionDenied
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from httpx import ASGITransport, AsyncClient, Response
from ipywidgets.widgets import widget as registry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException as StarletteRefusal
from starlette.requests import HTTPConnection
from starlette.routing import Mount
from starlette.websockets import WebSocket

from anyhost.kernel.patches import _patches
from anyhost.mounting.host import WidgetHost
from anyhost.mounting.session import LocalSession, Session

pytestmark = pytest.mark.anyio

ORIGIN = "http://localhost"


class App:
    """An app with a mounted host, and browsers that visit it."""

    def __init__(self, **arguments: Any) -> None:
        self.host = host = WidgetHost(**arguments)
        self.app = FastAPI(lifespan=host.lifespan)
        self.app.mount("/widgets", host)
        self.made: list[Session] = []
        self.added: list[ipywidgets.IntSlider] = []
        visitor = Depends(host.session)

        @host.widget
        def slider(session: Session) -> ipywidgets.IntSlider:
            self.made.append(session)
            return ipywidgets.IntSlider()

        @host.widget(shared=True)
        def board() -> ipywidgets.IntSlider:
            return ipywidgets.IntSlider()

        async def add(session: Session = visitor) -> int:
            session["slider"].value += 1
            value: int = session["slider"].value
            return value

        def add_in_a_thread(session: Session = visitor) -> int:
            session["slider"].value += 1
            self.added.append(ipywidgets.IntSlider())
            value: int = session["slider"].value
            return value

        def page(request: Request, session: Session = visitor) -> HTMLResponse:
            session["slider"].value = 42
            anyhost = host.context(request)["anyhost"]
            return HTMLResponse(f"{anyhost.script}{anyhost.view('slider', class_='wide')}")

        async def who(session: Session = visitor) -> str:
            return str(session.user)

        self.app.post("/add")(add)
        self.app.post("/add-in-a-thread")(add_in_a_thread)
        self.app.get("/page")(page)
        self.app.get("/who")(who)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        async with self.app.router.lifespan_context(self.app):
            yield self

    def browser(self, origin: str | None = ORIGIN, root_path: str = "", app: Any = None) -> AsyncClient:
        transport = ASGITransport(app or self.app, root_path=root_path)
        headers = {"Origin": origin} if origin else {}
        return AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


async def find(browser: AsyncClient, *names: str, path: str = "/widgets/views", **more: Any) -> Response:
    return await browser.post(path, json={"names": names, **more})


def model_of(response: Response, name: str = "slider") -> str:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["widgets"][name]
    assert found["error"] is None
    return str(found["model_id"])


# ---- visitors ----


async def test_each_visitor_has_a_widget_of_their_own_and_finds_it_again() -> None:
    async with App().running() as app, app.browser() as ours, app.browser() as theirs:
        first, other = await find(ours, "slider", "board"), await find(theirs, "slider", "board")
        again = await find(ours, "slider")
        assert model_of(first) == model_of(again) != model_of(other)
        assert model_of(first, "board") == model_of(other, "board")
        assert len(app.made) == len(app.host.sessions) == 2


async def test_a_widget_that_was_closed_opens_again_where_it_is_asked_for() -> None:
    async with App().running() as app, app.browser() as browser:
        before = await find(browser, "slider", "board")
        (session,) = app.host.sessions
        session["slider"].value = 3
        session["slider"].close()
        app.host["board"].close()
        after = await find(browser, "slider", "board")
        assert all(model_of(after, name) != model_of(before, name) for name in ("slider", "board"))
        assert isinstance(session, LocalSession)
        assert model_of(after) in session.kernel.models
        assert session["slider"].value == 3


async def test_the_cookie_is_for_the_whole_app_and_for_no_script() -> None:
    async with App().running() as app, app.browser() as browser:
        cookie = (await find(browser, "slider")).headers["set-cookie"]
        assert cookie.startswith("anyhost-80-widgets=")
        assert cookie.partition("; ")[2] == "HttpOnly; Path=/; SameSite=lax"
        assert "set-cookie" not in (await find(browser, "slider")).headers


async def test_handlers_have_the_visitors_widget_in_threads_too() -> None:
    async with App().running() as app, app.browser() as browser:
        await find(browser, "slider")
        assert [(await browser.post(path)).json() for path in ("/add", "/add-in-a-thread")] == [1, 2]
        (session,) = app.host.sessions
        assert session["slider"].value == 2
        assert isinstance(session, LocalSession)
        assert app.added[0].model_id in session.kernel.models


async def test_a_socket_of_the_apps_own_has_the_visitors_session_too() -> None:
    """`host.session` takes any `HTTPConnection`."""
    app = App(authorize=lambda connection: connection.headers["x-user"] or None)

    async def talk(socket: WebSocket, session: Session = Depends(app.host.session)) -> None:  # noqa: B008
        await socket.accept()
        session["slider"].value += 1
        await socket.send_text(str(session["slider"].value))

    app.app.websocket("/talk")(talk)
    async with app.running(), app.browser() as browser:
        browser.headers["x-user"] = "ada"
        cookie = (await find(browser, "slider")).headers["set-cookie"].partition(";")[0]
        heard = [await open_socket(app.app, "/talk", cookie, user) for user in ("ada", "ada", "")]
        assert [[message.get("text") for message in each if "text" in message] for each in heard] == [["1"], ["2"], []]
        assert heard[2][-1]["code"] == 1008


async def open_socket(app: Any, path: str, cookie: str, user: str) -> list[dict[str, Any]]:
    """What an ASGI app sends over a socket until it is done."""
    headers = {"host": "localhost", "origin": ORIGIN, "cookie": cookie, "x-user": user}
    scope = {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "scheme": "ws",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


async def test_a_page_whose_handler_came_first_gets_the_session_of_that() -> None:
    """The mounted part gives cookies; a handler cannot. So the page claims it, once."""
    async with App().running() as app, app.browser() as browser, app.browser() as thief:
        page = (await browser.get("/page")).text
        claim = page.partition('data-anyhost-claim="')[2].partition('"')[0]
        assert '<any-view class="wide" name="slider" host="/widgets/"></any-view>' in page
        model_id = model_of(await find(browser, "slider", claim=claim))
        assert app.host.sessions[0]["slider"].value == 42
        assert model_of(await find(browser, "slider")) == model_id
        assert model_of(await find(thief, "slider", claim=claim)) != model_id


async def test_below_a_prefix_and_in_an_app_that_is_mounted_itself_addresses_are_right() -> None:
    async with App().running() as app:
        outer = Starlette(routes=[Mount("/inner", app.app)])
        async with app.browser(root_path="/apps/one") as browser, app.browser(app=outer) as mounted:
            page = (await browser.get("/apps/one/page")).text
            assert 'src="/apps/one/widgets/embed.js?v=' in page
            cookie = (await find(browser, "slider", path="/apps/one/widgets/views")).headers["set-cookie"]
            assert cookie.startswith("anyhost-80-apps-one-widgets=") and "Path=/apps/one;" in cookie
            assert 'host="/inner/widgets/"' in (await mounted.get("/inner/page")).text


async def test_run_calls_a_function_with_the_session_where_the_widgets_are_here_and_now() -> None:
    """What an app writes for `kernel="process"` does here, too."""

    def add(session: Session, amount: int) -> int:
        session["slider"].value += amount
        value: int = session["slider"].value
        return value

    async def add_later(session: Session, *, amount: int) -> int:
        await asyncio.sleep(0)
        return add(session, amount)

    def voted(session: Session) -> int:
        value: int = session["board"].value
        return value

    async with App().running() as app, app.browser() as browser:
        await find(browser, "slider")
        (session,) = app.host.sessions
        assert [await session.run(add, 2), await session.run(add_later, amount=3)] == [2, 5]
        app.host["board"].value = 4
        assert [await app.host.run(voted), await session.run(voted)] == [4, 4]
        with pytest.raises(KeyError, match="ask their session"):
            app.host["slider"]
        with pytest.raises(KeyError, match="ask their session"):
            await app.host.run(add, 1)


# ---- who may ----


async def test_a_host_or_an_origin_that_is_not_allowed_is_told_what_to_pass() -> None:
    app = App(allowed_hosts=["app.example.com"], allow_origins=["https://partner.example.com"])
    async with app.running(), app.browser() as browser:
        refusals = [
            await browser.post("/widgets/views", json={"names": []}, headers=headers)
            for headers in (
                {"Host": "evil.example.com"},
                {"Origin": "https://evil.example.com"},
                {"Host": "app.example.com", "Origin": "https://app.example.com"},
            )
        ]
        assert [refusal.status_code for refusal in refusals] == [403, 403, 403]
        texts = [refusal.json()["error"] for refusal in refusals]
        assert "WidgetHost(allowed_hosts=['evil.example.com'])" in texts[0]
        assert "WidgetHost(allow_origins=['https://evil.example.com'])" in texts[1]
        assert "X-Forwarded-Proto" in texts[2]
        partner = await find(browser, "slider")
        assert "access-control-allow-origin" not in partner.headers
        partner = await browser.post(
            "/widgets/views", json={"names": []}, headers={"Origin": "https://partner.example.com"}
        )
        assert partner.headers["access-control-allow-origin"] == "https://partner.example.com"
    async with app.running(), app.browser(origin=None) as program:
        assert (await find(program, "slider")).status_code == 403
        assert app.host.sessions == []


async def test_authorize_says_who_it_is_and_refuses() -> None:
    async def authorize(connection: HTTPConnection) -> str | None:
        if "x-banned" in connection.headers:
            raise HTTPException(401, "sign in first")
        return connection.headers.get("x-user")

    async with App(authorize=authorize).running() as app, app.browser() as browser:
        nobody = await find(browser, "slider")
        assert (nobody.status_code, "authorize()" in nobody.json()["error"]) == (403, True)
        assert (await browser.get("/who")).status_code == 403
        browser.headers["x-banned"] = "1"
        assert (await find(browser, "slider")).json()["error"] == "sign in first"
        del browser.headers["x-banned"]
        browser.headers["x-user"] = "ada"
        hers = model_of(await find(browser, "slider"))
        assert (await browser.get("/who")).json() == "ada"
        assert model_of(await find(browser, "slider")) == hers


async def test_who_signs_in_with_the_same_browser_does_not_see_what_was_there() -> None:
    async with (
        App(authorize=lambda connection: connection.headers["x-user"]).running() as app,
        app.browser() as browser,
    ):
        browser.headers["x-user"] = "ada"
        hers = model_of(await find(browser, "slider"))
        (session,) = app.host.sessions
        browser.headers["x-user"] = "bob"
        assert model_of(await find(browser, "slider")) != hers
        assert (await browser.get("/who")).json() == "bob"
        await until(lambda: session.ended)


async def test_a_question_that_is_too_long_or_none_is_refused() -> None:
    async with App().running() as app, app.browser() as browser:
        refused = [await browser.post("/widgets/views", content=body) for body in (b" " * ((1 << 20) + 1), b"[]")]
        assert [each.status_code for each in refused] == [413, 400]
        assert app.host.sessions == []


async def test_too_many_visitors_are_told_so_where_nobody_can_go() -> None:
    async with App(max_sessions=1).running() as app, app.browser() as one, app.browser() as other:
        await find(one, "slider")
        (session,) = app.host.sessions
        visit = next(iter(app.host._visitors or ()))
        async with app.host._visitors.pool.join("A", session_id=visit.core.session_id):  # type: ignore[union-attr]
            refused = await find(other, "slider")
            assert (refused.status_code, "max_sessions" in refused.json()["error"]) == (503, True)
        assert model_of(await find(other, "slider"))
        await until(lambda: session.ended)


# ---- what goes wrong ----


async def test_without_its_lifespan_it_names_the_line_that_is_missing() -> None:
    app = App()
    async with app.browser() as browser:
        refused = await find(browser, "slider")
        assert refused.status_code == 500
        assert "FastAPI(lifespan=host.lifespan)" in refused.json()["error"]
        with pytest.raises(RuntimeError, match=r"FastAPI\(lifespan=host.lifespan\)"):
            await browser.post("/add")


class RequestOfAnother:
    """A request as another framework has it: with its ASGI scope in it, or, over WSGI, without one."""

    def __init__(self, scope: Any = None) -> None:
        if scope is not None:
            self.scope = scope


async def test_requests_of_other_frameworks_will_do_and_templates_that_call_nothing() -> None:
    """Django's."""
    async with App().running() as app:
        scope = {"type": "http", "path": "/", "headers": [(b"host", b"localhost")], "app": app.app}
        request: Any = RequestOfAnother(scope)
        session = await app.host.session(request)
        session["slider"].value = 7
        markup = app.host.context(request)["anyhost"]
        assert str(markup.view["slider"]) == '<any-view name="slider" host="/widgets/"></any-view>'
        assert 'name="contour"' in markup.view["contour"].__html__()  # the page says that there is none
        assert markup.view.do_not_call_in_templates
        claim = str(markup.script).partition('data-anyhost-claim="')[2].partition('"')[0]
        async with app.browser() as browser:
            await find(browser, "slider", claim=claim)
        assert app.host.sessions == [session]


async def test_a_handler_of_django_refuses_with_its_own_exception() -> None:
    """Django answers that with its 403 page; for another status it has none."""

    def authorize(connection: HTTPConnection) -> str | None:
        status = int(connection.query_params["status"])
        raise HTTPException(status, f"answered {status}")

    async with App(authorize=authorize).running() as app:
        for status, expected in ((401, PermissionDenied), (403, PermissionDenied), (503, StarletteRefusal)):
            query = f"status={status}".encode()
            request: Any = RequestOfAnother({"type": "http", "path": "/", "headers": [], "query_string": query})
            with pytest.raises(expected, match=f"answered {status}"):
                await app.host.session(request)


def test_a_context_costs_a_page_without_widgets_nothing_and_one_with_them_says_what_is_missing() -> None:
    host = App().host
    request: Any = RequestOfAnother()
    markup = host.context(request)["anyhost"]
    missing = r"RequestOfAnother, which has no scope: .*uvicorn mysite\.asgi"
    with pytest.raises(RuntimeError, match=missing):
        _ = markup.script
    with pytest.raises(RuntimeError, match=missing):
        _ = markup.view["slider"]


async def test_several_processes_without_sticky_sessions_are_found_out(caplog: pytest.LogCaptureFixture) -> None:
    async with App().running() as one, App().running() as other, one.browser() as browser:
        await asyncio.sleep(0.002)  # cookies tell their time in milliseconds
        await find(browser, "slider")
        async with other.browser() as led_astray:
            led_astray.cookies = browser.cookies
            handler = await led_astray.post("/add")
            assert (handler.status_code, "one worker process" in handler.json()["detail"]) == (503, True)
            begun_anew = await find(led_astray, "slider")
            assert "sticky sessions" in begun_anew.json()["notice"]
            assert "sticky sessions" in caplog.text
            assert (await led_astray.post("/add")).json() == 1


async def test_a_server_that_was_started_again_begins_anew_without_a_word() -> None:
    before = App()
    async with before.running(), before.browser() as browser:
        old = model_of(await find(browser, "slider"))
    after = App()
    async with after.running(), after.browser() as back:
        await asyncio.sleep(0)
        back.cookies = browser.cookies
        assert (await back.post("/add")).json() == 1
        found = await find(back, "slider")
        assert found.json()["notice"] is None
        assert model_of(found) != old
        assert after.host.sessions[0]["slider"].value == 1


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (lambda: 1 // 0, "raised ZeroDivisionError"),
        (lambda: "text", "expected a widget of the factory of 'broken', got str"),
        (ipywidgets.IntSlider, None),
    ],
)
async def test_a_factory_that_makes_no_widget_is_said_in_its_place(factory: Any, words: str | None) -> None:
    """Promise 9."""
    app = App()
    app.host.widget(name="broken")(factory)
    async with app.running(), app.browser() as browser:
        found = (await find(browser, "broken", "slider")).json()["widgets"]
        assert found["slider"]["model_id"] is not None
        assert (words or "None") in str(found["broken"]["error"])


async def test_a_widget_of_somebody_else_is_not_handed_out() -> None:
    app = App()
    one: list[ipywidgets.IntSlider] = []

    @app.host.widget
    def leaked() -> ipywidgets.IntSlider:
        one.extend([] if one else [ipywidgets.IntSlider()])
        return one[0]

    async with app.running(), app.browser() as ours, app.browser() as theirs:
        assert model_of(await find(ours, "leaked"), "leaked")
        assert "made outside of it" in (await find(theirs, "leaked")).json()["widgets"]["leaked"]["error"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"allowed_hosts": ["*.example.com"]}, "expected a host"), ({"allow_origins": ["*"]}, "expected an origin")],
)
def test_names_that_are_none_are_refused_when_it_is_made(arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        WidgetHost(**arguments)


def test_factories_that_cannot_be_are_refused_where_they_are_named() -> None:
    host = WidgetHost()

    async def later() -> None: ...

    def greedy(_one: object, _two: object) -> None: ...

    def personal(_session: object) -> None: ...

    wrong: list[tuple[Any, str]] = [(later, "plain function"), (greedy, "one argument"), (7, "plain function")]
    for factory, words in wrong:
        with pytest.raises(TypeError, match=words):
            host.widget(name="wrong")(factory)
    with pytest.raises(TypeError, match="no argument"):
        host.widget(name="wrong", shared=True)(personal)
    host.widget(name="right")(ipywidgets.IntSlider)
    with pytest.raises(ValueError, match="already"):
        host.widget(name="right")(ipywidgets.IntSlider)


# ---- what is given back ----


async def test_work_that_a_session_started_ends_with_it(caplog: pytest.LogCaptureFixture) -> None:
    async with App(max_sessions=1).running() as app, app.browser() as browser, app.browser() as next_one:
        await find(browser, "slider")
        (session,) = app.host.sessions
        cancelled, made = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            try:
                ipywidgets.IntSlider()
                made.set()
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        async def fail() -> None:
            raise ValueError("wrong")

        await anyio.to_thread.run_sync(session.start_soon, work())
        session.start_soon(fail())
        async with asyncio.timeout(5):
            await made.wait()
            await find(next_one, "slider")
            await cancelled.wait()
        await until(lambda: session not in app.host.sessions)
        assert session.ended
        assert "ValueError: wrong" in caplog.text
        with pytest.raises(RuntimeError, match="ended"):
            session["slider"]


async def test_a_hundred_visitors_leave_nothing_behind() -> None:
    """Promise 10: their sessions end by themselves."""
    app = App(goodbye_seconds=0.3)
    widgets, patches = len(registry._instances), _patches.count
    async with app.running():
        await find(app.browser(), "board")
        await until(lambda: not app.host.sessions)
        app.made.clear()
        gc.collect()
        shared, sessions = len(registry._instances), len(sessions_in_memory())
        threads, tasks = threading.active_count(), len(asyncio.all_tasks())
        for _visitor in range(100):
            async with app.browser() as browser:
                await find(browser, "slider")
        assert len(app.made) == 100
        async with asyncio.timeout(30):
            await until(lambda: not app.host.sessions)
        app.made.clear()
        gc.collect()
        assert len(registry._instances) == shared
        assert threading.active_count() == threads
        assert len(asyncio.all_tasks()) == tasks
        assert len(sessions_in_memory()) == sessions
    assert (len(registry._instances), _patches.count) == (widgets, patches)


def sessions_in_memory() -> list[Session]:
    return [each for each in gc.get_objects() if type(each) is LocalSession]


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nobody tells when a session ends
            await asyncio.sleep(0.005)
