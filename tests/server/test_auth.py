"""The guard: each sentence of design.md, section 6, that speaks of Host, Origin, token and cookie."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from asking import ask, connect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from anyhost.server.auth import Guard
from anyhost.server.headers import BasePath
from anyhost.server.hosts import AllowedHosts
from anyhost.server.settings import Settings

pytestmark = pytest.mark.anyio

TOKEN = "right-token"
OURS = {"origin": "http://localhost:8765"}
BEARER = {"authorization": f"Bearer {TOKEN}"}
HTML = {"accept": "text/html,*/*"}


async def reached(scope: Scope, receive: Receive, send: Send) -> None:
    """What the guard protects."""
    if scope["type"] == "http":
        await PlainTextResponse("reached")(scope, receive, send)
    else:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.send_text("reached")
        await socket.close()


def guarded(**settings: Any) -> ASGIApp:
    made = Settings(**{"title": "x", "token": TOKEN, **settings})
    return BasePath(Guard(reached, made), made.base_url)


async def login(app: ASGIApp, target: str = f"/?token={TOKEN}", **options: Any) -> dict[str, str]:
    """The headers of a browser that has opened the address with the token."""
    answer = await ask(app, target, **options)
    assert answer.status_code == 303
    morsels = SimpleCookie(answer.headers["set-cookie"])
    return {"cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in morsels.items())}


# ---- Host ----


async def test_a_host_that_is_not_ours_is_refused_even_with_the_token_and_told_what_to_pass() -> None:
    answer = await ask(guarded(), "/?token=" + TOKEN, host="app.example.com:99", headers=BEARER)
    assert answer.status_code == 403
    expected = "Host 'app.example.com' is not served here; allow it with --allow-host app.example.com"
    assert answer.json()["error"] == expected


async def test_a_host_named_by_allow_host_or_allow_origin_is_served() -> None:
    for allowed in (
        AllowedHosts.named(bound="127.0.0.1", hosts=["app.example.com"]),
        AllowedHosts.named(bound="127.0.0.1", origins=["https://app.example.com"]),
    ):
        answer = await ask(guarded(allowed=allowed), host="app.example.com", headers=BEARER)
        assert answer.text == "reached"


@pytest.mark.parametrize("host", ["localhost.evil.com", "127.0.0.1.evil.com", "evil.com"])
@pytest.mark.parametrize("token", [TOKEN, None])
async def test_a_rebound_name_is_refused_with_an_equal_origin_too(host: str, token: str | None) -> None:
    """lessons.md: with `Host` equal to `Origin`, six of seven hosts accepted the socket."""
    app = guarded(token=token)
    forged = {"host": host, "origin": f"http://{host}", **BEARER}
    assert (await ask(app, host=host, headers=forged)).status_code == 403
    assert (await connect(app, headers=forged)).startswith("403: Host")


@pytest.mark.parametrize("given", [[], [b"localhost", b"localhost"], [b"evil.com/"], [b"\xff"]])
async def test_a_request_needs_one_host_that_is_one(given: list[bytes]) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    headers = [(b"host", host) for host in given] + [(b"authorization", BEARER["authorization"].encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    await guarded()(scope, receive, send)
    assert sent[0]["status"] == 400


async def test_what_the_client_sent_is_escaped_in_the_page_that_refuses_it() -> None:
    answer = await ask(guarded(), headers={**HTML, **BEARER, "origin": "http://<script>"})
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


# ---- Origin ----


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_our_own_origin_is_let_through(method: str) -> None:
    assert (await ask(guarded(), method=method, headers=BEARER | OURS)).text == "reached"
    assert await connect(guarded(), headers=BEARER | OURS) == "reached"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.com",
        "http://localhost:8766",
        "https://localhost:8765",
        "http://localhost:8765.evil.com",
        "http://localhost:87650",
    ],
)
async def test_another_origin_is_refused_even_with_the_token_and_told_what_to_pass(origin: str) -> None:
    """lessons.md, CVE-2026-21883 and CVE-2026-40110: an origin check that matched a prefix."""
    headers = BEARER | {"origin": origin}
    for answer in (await ask(guarded(), headers=headers), await ask(guarded(), method="POST", headers=headers)):
        assert answer.status_code in (400, 403)
        if answer.status_code == 403:
            assert (
                f"Origin '{origin}' is not allowed here; allow it with --allow-origin {origin}"
                in answer.json()["error"]
            )
    assert (await connect(guarded(), headers=headers))[:3] in ("400", "403")


async def test_no_origin_of_another_site_comes_in_without_a_token_either() -> None:
    app = guarded(token=None)
    assert (await ask(app, method="POST", headers={"origin": "http://evil.com"})).status_code == 403
    assert (await connect(app, headers={"origin": "http://evil.com"})).startswith("403: Origin")


async def test_a_null_origin_is_refused() -> None:
    headers = BEARER | {"origin": "null"}
    assert (await ask(guarded(), headers=headers)).status_code == 403
    assert (await connect(guarded(token=None), headers=headers)).startswith("403: Origin 'null' is never allowed")


async def test_a_named_origin_is_let_through() -> None:
    """A proxy that speaks https for a server that speaks http."""
    app = guarded(allowed=AllowedHosts.named(bound="127.0.0.1", origins=["https://app.example.com"]))
    headers = BEARER | {"host": "app.example.com", "origin": "https://app.example.com"}
    assert await connect(app, headers=headers) == "reached"
    assert (await connect(app, headers=headers | {"origin": "https://app.example.com.evil.com"})).startswith("403")


async def test_a_proxy_that_speaks_https_is_named_in_the_refusal() -> None:
    answer = await ask(guarded(), headers=BEARER | {"origin": "https://localhost:8765"})
    assert "--proxy-headers" in answer.json()["error"]


# ---- Token and cookie ----


async def test_nothing_is_reached_without_a_token() -> None:
    for headers in (
        {},
        OURS,
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": "Bearer"},
    ):
        assert (await ask(guarded(), headers=headers)).status_code == 401
        assert (await connect(guarded(), headers=headers)).startswith("401: ")
    assert (await ask(guarded(), "/?token=wrong")).status_code == 401
    assert (await ask(guarded(), "/?token=")).status_code == 401
    assert (await ask(guarded(), f"/?token={TOKEN}x")).status_code == 401


async def test_the_token_itself_is_enough_in_a_header_or_in_the_address() -> None:
    app = guarded()
    assert (await ask(app, "/api", method="POST", headers=BEARER)).text == "reached"
    assert (await ask(app, f"/api?token={TOKEN}", method="POST")).text == "reached"
    assert await connect(app, headers=BEARER) == "reached"
    assert await connect(app, f"/ws?token={TOKEN}") == "reached"


async def test_a_token_of_any_characters_can_be_used() -> None:
    app = guarded(token="schlüssel & +/=%")
    assert (await ask(app, "/api?token=schl%C3%BCssel%20%26%20%2B%2F%3D%25")).text == "reached"


async def test_the_address_with_the_token_answers_303_to_the_clean_one_with_a_cookie() -> None:
    answer = await ask(guarded(), f"/?x=1&token={TOKEN}&y=%26")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?x=1&y=%26"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    ((name, morsel),) = SimpleCookie(answer.headers["set-cookie"]).items()
    assert name == "anyhost-8765"
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["secure"]) == (True, "lax", "/", "")
    assert TOKEN not in answer.headers["set-cookie"]


async def test_the_cookie_opens_pages_and_with_our_origin_everything() -> None:
    app = guarded()
    cookie = await login(app)
    assert (await ask(app, headers=cookie)).text == "reached"
    assert (await ask(app, method="POST", headers=cookie | OURS)).text == "reached"
    assert await connect(app, headers=cookie | OURS) == "reached"


async def test_without_an_origin_the_cookie_is_not_enough_for_a_socket_or_a_write() -> None:
    app = guarded()
    cookie = await login(app)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await ask(app, method=method, headers=cookie)
        assert answer.status_code == 403
        assert "Authorization: Bearer TOKEN" in answer.json()["error"]
    assert (await connect(app, headers=cookie)).startswith("403: a request without an Origin needs the token itself")


async def test_a_wrong_cookie_is_worth_nothing() -> None:
    app = guarded()
    for value in ("", TOKEN, "x" * 64, "\xff"):
        answer = await ask(app, headers={"cookie": f"anyhost-8765={value}"} | OURS)
        assert answer.status_code == 401
    other = await login(guarded(token="other"), "/?token=other")
    assert (await ask(app, headers=other)).status_code == 401


async def test_each_server_of_a_host_has_a_cookie_name_of_its_own() -> None:
    """Cookies know no ports: on one name for all, the second server would log the first one out."""
    first = await login(guarded())
    second = await login(guarded(), host="localhost:9000")
    below = await login(guarded(base_url="/a/b"), f"/a/b/?token={TOKEN}")
    assert len({cookie["cookie"].partition("=")[0] for cookie in (first, second, below)}) == 3


async def test_a_cookie_has_the_base_path_and_the_clean_address_too() -> None:
    for target in (f"/apps/one/?token={TOKEN}", f"/apps/one?token={TOKEN}", f"/?token={TOKEN}"):
        answer = await ask(guarded(base_url="/apps/one"), target)
        assert answer.headers["location"] == "/apps/one/"
        assert "Path=/apps/one;" in answer.headers["set-cookie"]


async def test_over_https_the_cookie_is_secure() -> None:
    answer = await ask(guarded(), f"/?token={TOKEN}", scheme="https")
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_person_without_the_token_gets_a_page_that_says_what_to_do() -> None:
    answer = await ask(guarded(base_url="/app"), "/app/?token=wrong", headers=HTML)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "open the address that it printed" in answer.text
    assert '<form action="/app/">' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_program_without_the_token_gets_json() -> None:
    answer = await ask(guarded(), "/api/openapi.json")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "needs its token" in answer.json()["error"]


async def test_healthz_needs_no_token_but_a_host_that_is_ours() -> None:
    app = guarded(base_url="/app")
    for path in ("/healthz", "/app/healthz"):
        assert (await ask(app, path)).text == "reached"
        assert (await ask(app, path, host="evil.com")).status_code == 403
        assert (await ask(app, path, headers={"origin": "http://evil.com"})).status_code == 403
    for path in ("/healthz/", "/healthz/x", "/app/app/healthz", "//healthz", "/x/../healthz/y"):
        assert (await ask(app, path)).status_code == 401


async def test_without_a_token_everything_with_a_host_and_origin_of_ours_is_let_through() -> None:
    app = guarded(token=None)
    assert (await ask(app, method="POST")).text == "reached"
    assert await connect(app, headers=OURS) == "reached"


async def test_a_server_that_cannot_answer_a_handshake_closes_it() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/ws", "query_string": b"", "headers": [(b"host", b"localhost")]}
    await guarded()(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


# ---- Proxies ----

FORWARDED = {"x-forwarded-host": "app.example.com", "x-forwarded-proto": "https", "origin": "https://app.example.com"}


async def test_forwarded_headers_count_only_where_they_were_asked_for() -> None:
    allowed = AllowedHosts.named(bound="127.0.0.1", hosts=["app.example.com"])
    assert (await connect(guarded(allowed=allowed), headers=BEARER | FORWARDED)).startswith("403: Origin")
    trusting = guarded(allowed=allowed, proxy_headers=True)
    assert await connect(trusting, headers=BEARER | FORWARDED) == "reached"
    answer = await ask(trusting, f"/?token={TOKEN}", headers=FORWARDED)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].startswith("anyhost-443=")


async def test_a_forwarded_host_must_be_ours_as_well_as_the_host_itself() -> None:
    trusting = guarded(proxy_headers=True)
    refused = await ask(trusting, headers=BEARER | FORWARDED)
    assert refused.json()["error"].startswith("Host 'app.example.com' is not served here")
    forged = await ask(trusting, host="evil.com", headers=BEARER | {"x-forwarded-host": "localhost"})
    assert forged.json()["error"].startswith("Host 'evil.com' is not served here")


async def test_of_several_forwarded_hosts_the_nearest_proxy_counts() -> None:
    trusting = guarded(proxy_headers=True)
    answer = await ask(trusting, headers=BEARER | {"x-forwarded-host": "localhost, evil.com"})
    assert answer.status_code == 403
