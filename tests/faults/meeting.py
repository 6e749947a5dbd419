"""A page that talks to its kernel through the proxy, and what must be true of the three afterwards."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import BrowserContext, Page
from served import AGREE, Served

ROUND_S = 20.0
MARK = "this page was never loaded again"


class Meeting:
    """One page on a server. What it complains of is in `errors`."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        self.served = served
        self.errors: list[str] = []
        self._round = 0
        self.page: Page = context.new_page()
        self.page.set_default_timeout(ROUND_S * 1000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(served.address)
        self.page.evaluate("mark => { globalThis.mark = mark; }", MARK)
        self.ready()

    @property
    def session_id(self) -> str:
        """The session that the page says it belongs to."""
        return str(self.stored()["session"])

    def stored(self) -> dict[str, Any]:
        """What the tab remembers."""
        found: dict[str, Any] = json.loads(self.page.evaluate("sessionStorage.getItem('anyhost /')") or "{}")
        return found

    def ready(self) -> None:
        """Wait until the widget is shown."""
        self.page.get_by_role("slider", name="Level").wait_for()

    def round(self) -> None:
        """A conversation: a drag, corrected writes, messages with binary, answers. Returns when it is over."""
        self._round += 1
        self.page.evaluate("number => talk.round(number)", self._round)

    def echo(self) -> None:
        """One message there and back: the page is connected."""
        self.page.evaluate("async () => { const back = talk.answered('echo'); talk.say('echo'); await back; }")

    def seen(self) -> dict[str, Any]:
        """What the page holds, and what it went through."""
        found: dict[str, Any] = self.page.evaluate(
            "() => ({ values: talk.values(), heard: talk.heard, sent: talk.sent.length,"
            " once: [talk.initialised, talk.rendered], mark: globalThis.mark })"
        )
        return found

    def check(self) -> None:
        """The truth, once it is quiet: page, kernel and snapshot hold the same, and nothing was lost or doubled."""
        end = time.monotonic() + AGREE
        while True:
            page, kernel = self.seen(), self.served.kernel(self.session_id)
            held = kernel["values"] | {"blob": kernel["blob"]}
            agreed = page["values"] == held == self.served.snapshot(self.session_id)
            if agreed and kernel["told"] == len(page["heard"]) and page["sent"] == len(kernel["heard"]):
                break
            assert time.monotonic() < end, {"page": page, "kernel": kernel}
            time.sleep(0.01)
        assert page["heard"] == list(range(1, kernel["told"] + 1))
        assert kernel["heard"] == list(range(1, page["sent"] + 1))
        assert page["once"] == [1, 1]
        assert page["mark"] == MARK
        if self._round:
            assert page["values"]["level"] == self._round * 100 + 4
