"""Carries out the steps of a case in a host, and takes its log."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Request, Route
from playwright.async_api import Error as PlaywrightError

from conformance import steps
from conformance.case import Case
from conformance.host import Host, Session
from conformance.steps import Step

FILES = Path(__file__).with_name("files")
SCRIPT = Path(__file__).with_name("page.js")
STEP_S = 25.0


class StepFailed(Exception):
    """A step could not be carried out; the log up to it stands."""


@dataclass(slots=True)
class Outcome:
    """What a case did in a host."""

    case: Case
    log: list[str]
    seconds: float
    console: list[str] = field(default_factory=list)
    """What the browser's console said: to help with a failure, never compared."""

    @property
    def unfinished(self) -> bool:
        """Whether a step could not be carried out."""
        return bool(self.log) and self.log[-1].startswith("!!!")


async def run(case: Case, host: Host, context: BrowserContext) -> Outcome:
    """Run one case in a Python process and tabs of its own. What tabs share is the browser's cache."""
    begun = time.monotonic()
    outcome = Outcome(case, [], 0)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(host.session(cuttable=steps.Offline() in case.steps))
        stage = Stage(session, context, outcome, f"{SCRIPT.read_text()}\n{host.script}")
        stack.push_async_callback(stage.close)
        try:
            await stage.join()
            await stage.ask({"load": str(case.path)})
            for step in case.steps:
                await stage.carry_out(step)
        except NotImplementedError:
            outcome.log.append("!!! this host does not offer that")
        except (StepFailed, PlaywrightError, TimeoutError) as error:
            outcome.log.append(f"!!! {_first_line(error)}")
    outcome.seconds = time.monotonic() - begun
    return outcome


async def run_all(cases: list[Case], host: Host, browser: Browser, jobs: int) -> list[Outcome]:
    """Run cases, `jobs` of them at a time. They share a cache, as the tabs of one person do."""
    free = asyncio.Semaphore(jobs)
    context = await browser.new_context()

    async def one(case: Case) -> Outcome:
        async with free:
            return await run(case, host, context)

    try:
        return list(await asyncio.gather(*map(one, cases)))
    finally:
        await context.close()


class FileServer:
    """Serves `files/` at http://cases.test/, to pages of any origin."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    async def serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path.lstrip("/")
        flaky = path.startswith("flaky/") and path not in self._refused
        file = FILES / path.removeprefix("flaky/")
        if flaky or file.parent != FILES or not file.is_file():
            self._refused.add(path)
            await route.fulfill(status=404, headers={"access-control-allow-origin": "*"})
        else:
            await route.fulfill(path=file, headers={"access-control-allow-origin": "*"})


class Stage:
    """The pages of one run of a case, and the log that they write together."""

    def __init__(self, session: Session, context: BrowserContext, outcome: Outcome, script: str) -> None:
        self._session = session
        self._context = context
        self._outcome = outcome
        self._script = script
        self._files = FileServer()
        self._pages: list[Page] = []
        self._turn = 0
        self._offline = False
        self._names: dict[str, str] = {}
        self._requests: set[Request] = set()

    @property
    def page(self) -> Page:
        return self._pages[self._turn]

    async def join(self) -> None:
        """Open one more page, and make it the one that steps are for."""
        page = await self._context.new_page()
        await page.add_init_script(self._script)
        await page.route("http://cases.test/**", self._files.serve)
        page.on("console", lambda message: self._outcome.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._outcome.console.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._requests.add(request))
        page.on("requestfinished", lambda request: self._requests.discard(request))
        page.on("requestfailed", lambda request: self._requests.discard(request))
        self._pages.append(page)
        self._turn = len(self._pages) - 1
        await self._session.open(page)
        await self._connected()

    async def close(self) -> None:
        """Close the pages."""
        for page in self._pages:
            await page.close()

    async def ask(self, question: dict[str, Any]) -> None:
        """Have Python do something, and take what is logged by it."""
        await self._evaluate("(question) => conformance.ask(question)", question)
        await self._settle()

    async def carry_out(self, step: Step) -> None:
        """One step, and all that it causes."""
        if isinstance(step, steps.Wait):
            await self._wait(step)
            return
        self._outcome.log += steps.heading(step)
        match step:
            case steps.Python(code):
                await self._evaluate("(question) => conformance.ask(question)", {"code": code})
            case steps.Browser(code):
                await self._evaluate(f"async () => {{ {code} }}")
            case steps.Show(widget, slot):
                await self._evaluate("([widget, slot]) => conformance.show(widget, slot)", [widget, slot])
            case steps.Remove(slot):
                await self._evaluate("(slot) => conformance.remove(slot)", slot)
            case steps.Click(slot, selector):
                target = self.page.locator(f'[data-slot="{slot}"] {selector}').first
                await target.click(timeout=STEP_S * 1000)
            case steps.Reload(away):
                await self._reload(away)
            case steps.Join():
                await self.join()
            case steps.Turn(page):
                self._turn = page
            case steps.Offline():
                await self._session.offline()
                self._offline = True
            case steps.End():
                await self._evaluate("() => void conformance.ask({ code: 'import os; os._exit(1)' })")
                self._offline = True
            case steps.Online():
                await self._session.online()
                self._offline = False
        await self._settle()

    async def _reload(self, away: float) -> None:
        if away:
            address = self.page.url
            await self.page.goto("about:blank")
            await asyncio.sleep(away)
            await self.page.goto(address)
        else:
            await self.page.reload()
        await self._connected()

    async def _connected(self) -> None:
        await self._evaluate("() => conformance.connected")

    async def _wait(self, step: steps.Wait) -> None:
        deadline = time.monotonic() + step.seconds
        while not any(line.removeprefix("py  ").startswith(step.line) for line in self._outcome.log):
            if time.monotonic() > deadline:
                raise StepFailed(f"the line {step.line!r} did not come within {step.seconds:g} s")
            await asyncio.sleep(0.03)
            await self._settle()

    async def _settle(self) -> None:
        """Until nothing is under way: no requests, and neither end of the harness has anything to say."""
        while True:
            await self._evaluate("(offline) => conformance.settle(offline)", self._offline)
            if not self._requests:
                break
            await asyncio.sleep(0.01)
        for page in self._pages:
            await self._take(page)

    async def _take(self, page: Page) -> None:
        taken = await page.evaluate("() => conformance.take()")
        self._names |= {model_id: name for name, model_id in taken["models"].items()}
        mark = f"[{self._pages.index(page)}] " if len(self._pages) > 1 else ""
        for line in taken["page"]:
            self._outcome.log.append(mark + self._named(line))
        for line in taken["python"]:
            self._outcome.log.append("py  " + self._named(line))

    def _named(self, line: str) -> str:
        """A line without what differs from run to run: a model is called what Python calls it."""
        for model_id, name in self._names.items():
            line = line.replace(model_id, f"<{name}>")
        line = re.sub(r"\b[0-9a-f]{32}\b", "<id>", line)
        return re.sub(r"\b0x[0-9a-f]+\b", "0x", line)

    async def _evaluate(self, code: str, argument: object = None) -> object:
        try:
            return await asyncio.wait_for(self.page.evaluate(code, argument), STEP_S)
        except TimeoutError:
            raise StepFailed(f"not over within {STEP_S:g} s") from None


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
