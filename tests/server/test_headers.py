"""The outermost layers: what every answer says, and the base path."""

from __future__ import annotations

import pytest
from asking import ask
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from anyhost.server.headers import BasePath, SecurityHeaders

pytestmark = pytest.mark.anyio


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    own = {"Content-Security-Policy": "default-src 'none'"} if scope["path"] == "/own" else {}
    await PlainTextResponse(f"{scope.get('root_path', '')}|{scope['path']}", headers=own)(scope, receive, send)


async def test_every_answer_is_never_sniffed_and_never_framed_by_others() -> None:
    answer = await ask(SecurityHeaders(echo))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"


async def test_the_policy_leaves_room_for_what_widgets_do() -> None:
    """Blob workers, WebAssembly, `new Function`, imports from https: the policy says nothing of scripts."""
    policy = (await ask(SecurityHeaders(echo))).headers["content-security-policy"]
    assert not {"default-src", "script-src", "worker-src", "connect-src"} & set(policy.replace(";", " ").split())


async def test_a_stricter_policy_of_an_answer_stands() -> None:
    answer = await ask(SecurityHeaders(echo), "/own")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'none'"]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/apps/one/x", "/apps/one|/apps/one/x"),
        ("/x", "/apps/one|/apps/one/x"),  # the proxy took the prefix off
        ("/apps/one", "/apps/one|/apps/one/"),
        ("/apps/one/", "/apps/one|/apps/one/"),
        ("/apps/oneself", "/apps/one|/apps/one/apps/oneself"),
    ],
)
async def test_the_base_path_is_there_whether_or_not_a_proxy_takes_it_off(path: str, seen: str) -> None:
    assert (await ask(BasePath(echo, "/apps/one"), path)).text == seen


async def test_without_a_base_path_nothing_changes() -> None:
    assert (await ask(BasePath(echo, ""), "/x")).text == "|/x"
