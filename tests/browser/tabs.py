"""A browser tab, and all that it did: what it asked for, was refused, complained of, sent and received."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from pixels import Picture
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Route, WebSocket, expect

Frame = str | bytes


class Tab:
    """One tab on one server. Every request to anywhere else is refused, and remembered."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.errors: list[str] = []
        self.sent: list[Frame] = []
        self.received: list[Frame] = []
        self.sockets = 0
        self._allowed: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", self._note)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", self._listen)
        own = (address.rstrip("/"), "blob:", "data:")
        self.page.route(lambda url: not url.startswith(own), self._refuse)
        self.page.goto(address)

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _listen(self, socket: WebSocket) -> None:
        self.sockets += 1

        def send(frame: Frame) -> None:
            self.sent.append(frame)

        def receive(frame: Frame) -> None:
            self.received.append(frame)

        socket.on("framesent", send)
        socket.on("framereceived", receive)

    def _refuse(self, route: Route) -> None:
        self.refused.append(route.request.url)
        route.abort()

    def allow(self, *words: str) -> None:
        """Complaints with these words in them are the widget's own, or what the test is about."""
        self._allowed += words

    @property
    def complaints(self) -> list[str]:
        """What nobody allowed: to be empty in the end."""
        return [said for said in self.refused + self.errors if not any(word in said for word in self._allowed)]

    # ---- What is on the page -----------------------------------------------------------------------

    @property
    def views(self) -> Locator:
        """The views of models, in the order of the page, those of probes left out."""
        return self.page.locator("any-view").filter(has_not=self.page.locator(".probe"))

    def view(self, number: int = 0) -> Locator:
        """One of them, once it shows something."""
        view = self.views.nth(number)
        expect(view.locator(".anyhost-view > *").first).to_be_visible(timeout=30_000)
        return view

    def probe(self, number: int = 0) -> Probed:
        """What Python sees."""
        return Probed(self.page.locator(".probe").nth(number))

    def drag(self, place: Locator, start: tuple[float, float], *stops: tuple[float, float]) -> None:
        """Press in `place` at `start`, move over `stops`, let go: each in pixels from its top left corner."""
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box
        mouse = self.page.mouse
        mouse.move(box["x"] + start[0], box["y"] + start[1])
        mouse.down()
        for x, y in stops:
            mouse.move(box["x"] + x, box["y"] + y, steps=8)
        mouse.up()

    def settled(self, place: Locator) -> Picture:
        """A picture of `place` once something is drawn in it, and it rests."""
        return Picture.at_rest(place, lambda now: not now.is_blank())

    def changed(self, place: Locator, old: Picture) -> Picture:
        """A picture of `place` once it is no longer as `old` was, and rests."""
        return Picture.at_rest(place, lambda now: now.difference(old) > 0)

    def coloured(self, place: Locator, colour: tuple[int, int, int]) -> Picture:
        """A picture of `place` once this colour is in it, and it rests."""
        return Picture.at_rest(place, lambda now: colour in now)

    # ---- What went over the wire -------------------------------------------------------------------

    def commands(self) -> list[dict[str, Any]]:
        """The commands that this page sent to models, in order."""
        return [message for message in _texts(self.sent) if message.get("type") == "model"]

    def lifecycles(self) -> list[dict[str, Any]]:
        """What this page was told about models, in order."""
        return [message for message in _texts(self.received) if message.get("op") == "model-lifecycle"]

    def modules(self) -> list[str]:
        """The front-end code that it asked for."""
        return [request.url for request in self.requests if re.search(r"/modules/\w+\.js$", request.url)]


class Probed:
    """A probe on the page (see `probe.py`)."""

    def __init__(self, probe: Locator) -> None:
        self._probe = probe
        self._output = probe.locator("output")

    def seen(self) -> Any:
        """What Python sees, as the page has it now."""
        return json.loads(self._output.inner_text(timeout=30_000))

    def changed(self, old: Any) -> Any:
        """What Python sees, once that is not `old`."""
        expect(self._output).not_to_have_text(json.dumps(old), timeout=10_000)
        return self.seen()

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        """What Python sees, once this is true of it."""
        for _look in range(100):
            if wanted(seen := self.seen()):
                return seen
            self._probe.page.wait_for_timeout(100)
        raise AssertionError(f"waited in vain: Python sees {seen}")

    def becomes(self, value: Any) -> None:
        """Wait until Python sees this."""
        expect(self._output).to_have_text(json.dumps(value), timeout=10_000)

    def do(self, action: str) -> None:
        """Click the button of this name: Python acts."""
        self._probe.get_by_role("button", name=action, exact=True).click()


Open = Callable[[str], Tab]
"""Opens a tab on a notebook, given as text."""


def _texts(frames: list[Frame]) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in frames if isinstance(frame, str)]
