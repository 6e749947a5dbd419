"""A visitor without a browser: a program that has widgets as a page has them, over the real protocol."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from .remote import Refused, RemoteClient
from .sites import Target, running
from .widgets import Widget

R = TypeVar("R")

_PREFIXES: Final = ("anywidget:", "IPY_MODEL_")


@asynccontextmanager
async def connect(
    target: str | Target,
    *,
    path: str = "/widgets",
    headers: Mapping[str, str] | None = None,
    patience: float = 10.0,
) -> AsyncIterator[Client]:
    """A client of `target`, connected for as long as the block runs: a visitor of its own, in a session of its own.

    `target` is what is to be tested, and is then served by `running`: a widget (its name is "widget"), a
    `WidgetHost`, or an ASGI app that has one mounted at `path`. Or it is the address of something that runs: that
    of a mounted host (`http://127.0.0.1:8000/widgets`), or of `anyhost run` (as it printed it, token included).

    `headers` go with each request and the socket, such as those that an `authorize` asks for. Whatever is waited
    for is waited for `patience` seconds. Raises `Refused` where the server says no, and `OSError` where none is.
    """
    if isinstance(target, str):
        async with _connected(target, headers or {}, patience) as client:
            yield client
    else:
        async with (
            running(target) as address,
            _connected(urljoin(address, path.lstrip("/")), headers or {}, patience) as client,
        ):
            yield client


@asynccontextmanager
async def _connected(address: str, headers: Mapping[str, str], patience: float) -> AsyncIterator[Client]:
    client = Client(address, headers, patience)
    remote = await client.begin()
    async with remote.connected():
        await remote.until(lambda: remote.seq is not None, patience)
        yield client
        await remote.leave()


class Client:
    """What a page is, for a program; made by `connect`."""

    def __init__(self, address: str, headers: Mapping[str, str], patience: float) -> None:
        parts = urlsplit(address)
        token = parse_qs(parts.query).get("token", [""])[0]
        self.address = urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/", "", ""))
        """Where the widgets are: the mounted host, or the server."""
        self._given = {"Origin": f"{parts.scheme}://{parts.netloc}", **headers}
        if token:
            self._given["Authorization"] = f"Bearer {token}"
        self._patience = patience
        self._cookies: dict[str, str] = {}
        self._widgets: dict[str, Widget] = {}
        self._named = True
        """Whether widgets have names here: in a notebook they have classes."""
        self.remote: RemoteClient
        """The connection, for what is not here: all notifications, resuming, commands of any kind."""

    @property
    def headers(self) -> dict[str, str]:
        """What makes a request one of this visitor's: for the app's own handlers, with any HTTP client."""
        cookies = {**_parsed(self._given.get("Cookie", "")), **self._cookies}
        together = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {**self._given, "Cookie": together} if together else dict(self._given)

    @property
    def models(self) -> dict[str, str]:
        """The open models by their ids: the class of each, such as `my_module.Counter`."""
        return {model_id: self.model(model_id).kind for model_id in self.remote.replay.model_ids}

    async def widget(self, name: str) -> Widget:
        """The widget of this name, which is made if it is not there yet; in a notebook, the one whose class has
        this name, once there is one.

        Raises `LookupError`, which says what there is.
        """
        if not self._named:
            return await self._of_class(name)
        found = (await self._ask([name]))["widgets"][name]
        if found["error"] is not None:
            raise LookupError(found["error"])
        await self.until(lambda: self.remote.replay.is_open(found["model_id"]))
        return self.model(found["model_id"])

    def model(self, reference: str) -> Widget:
        """The widget of this model id, or of a reference to one, as it stands in the state of another widget."""
        model_id = reference
        for prefix in _PREFIXES:
            model_id = model_id.removeprefix(prefix)
        if model_id not in self._widgets:
            self._widgets[model_id] = Widget(model_id, self.remote, self._patience)
        return self._widgets[model_id]

    async def until(self, found: Callable[[], R | None]) -> R:
        """Wait until `found()` is true, looking at each notification; return what it gave.

        Raises `TimeoutError`, and `ConnectionError` where the connection has ended.
        """
        return await self.remote.until(found, self._patience)

    # ---- how it begins

    async def begin(self) -> RemoteClient:
        """Find out what is there, and get the visitor's cookie. Raises `Refused`, `OSError`."""
        try:
            await self._ask([])
        except _NotThere:
            self._named = False
        socket = urlsplit(urljoin(self.address, "ws"))
        scheme = {"http": "ws", "https": "wss"}[socket.scheme]
        self.remote = RemoteClient(urlunsplit(socket._replace(scheme=scheme)), headers=self.headers)
        return self.remote

    async def _of_class(self, name: str) -> Widget:
        def found() -> list[str]:
            return [id_ for id_, kind in self.models.items() if kind == name or kind.endswith(f".{name}")]

        try:
            model_ids = await self.until(found)
        except TimeoutError:
            there = ", ".join(sorted(set(self.models.values()))) or "none"
            raise LookupError(f"no widget of the class {name!r} came; there are: {there}") from None
        if len(model_ids) > 1:
            raise LookupError(f"there are {len(model_ids)} widgets of the class {name!r}: take one of them by its id")
        return self.model(model_ids[0])

    async def _ask(self, names: list[str]) -> dict[str, Any]:
        """`POST views`: which models these widgets are."""
        request = urllib.request.Request(
            urljoin(self.address, "views"),
            data=json.dumps({"names": names}).encode(),
            headers={**self.headers, "Content-Type": "application/json"},
        )
        status, body, cookies = await asyncio.to_thread(_fetch, request, self._patience)
        if status in (404, 405):
            raise _NotThere
        if status != 200:
            raise Refused(_reason_in(body) or f"{request.full_url} answers with an error ({status})")
        self._cookies.update(cookies)
        answer: dict[str, Any] = json.loads(body)
        return answer


class _NotThere(Exception):
    """Nothing at this address knows widgets by names."""


def _fetch(request: urllib.request.Request, seconds: float) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            cookies = [_parsed(text) for text in answer.headers.get_all("Set-Cookie", [])]
            return answer.status, answer.read(), {name: value for each in cookies for name, value in each.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), {}


def _parsed(cookies: str) -> dict[str, str]:
    return {name: morsel.value for name, morsel in SimpleCookie(cookies).items()}


def _reason_in(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return ""
