"""A notebook that is run once, for what it shows in the end.

It runs as in `anyhost run`, in a session of its own. Its end is when all cells have run and Python has been silent for
a moment: tasks that cells began may still change a widget. How long that is waited for has a limit; how long the cells
take has none. What a page then gets is what one gets that joins at this moment.

Where widgets may ask Python something when they start, a page that nobody sees then joins (`asking.py`), and what
Python says to it is kept beside (`answers.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from anyhost.channels import Channel
from anyhost.kernel.handle import KernelHandle, KernelStarter
from anyhost.protocol.messages import (
    CellFinished,
    CellLifecycle,
    CellRunning,
    KernelCommand,
    KernelMessage,
    KernelStatus,
    Limits,
    ModelLifecycle,
    ModelOpenMessage,
    ModuleSource,
    NotebookInfo,
    Notification,
    RunNotebook,
    SessionStart,
    SnapshotEnd,
)
from anyhost.server.modules import ModuleStore
from anyhost.session.session import Session

from .answers import Answers, Asked
from .asking import BrowserFailed, Traffic, shown
from .bundles import packages_in

_SENDS = re.compile(r"\.(?:send|invoke)\b")
"""What the code of a widget that asks has in it: names of what others call are not shortened in bundles."""

_UNASKED = (
    "widgets may ask Python something when they start, and {}, so nobody knows what: the page has no answers for them. "
    "Name a browser with --browser, or say --no-browser where that is as it should be"
)
_STILL_ASKING = (
    "widgets still asked {:g} s after the page was opened (--settle); it has what they were answered until then"
)

QUIET_SECONDS = 0.3
"""So long Python must have been silent."""

SETTLE_SECONDS = 10.0
"""So long after its last cell a notebook is given to become silent."""


class KernelEnded(Exception):
    """Python ended before the notebook did. The text says why, for the user."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a page needs that joins the session now, and what came of the run."""

    name: str
    snapshot: list[Notification]
    modules: dict[str, str]
    """The front-end code that models of the snapshot have, by the address that they name it by."""
    failed: list[int]
    """The cells that raised an error, or did not run for one, as a person counts them."""
    settled: bool
    """False: Python still changed something when the time to settle was over."""
    answers: list[Asked] = field(default_factory=list)
    """What widgets asked when they started, and what was said to it."""
    unasked: str | None = None
    """What is to be said of widgets that may ask something, and will not be answered, or not always."""


Progress = Callable[[str], None]
"""Hears what is going on, in a few words, from time to time."""


async def run_notebook(
    path: Path,
    starter: KernelStarter,
    *,
    progress: Progress,
    show_code: bool = False,
    settle_seconds: float = SETTLE_SECONDS,
    chromium: str | None = None,
) -> Ran:
    """Run the notebook at `path`, which is absolute, to its end. Raises `KernelEnded`, or what `starter` raises.

    `chromium` opens it for widgets that may ask Python something; None: nobody does, and they are not answered.
    """
    modules = _Modules()
    hearing = _Hearing(progress)
    session = Session(
        "export",
        _Overheard(starter, hearing),
        modules,
        mode="run",
        notebook=RunNotebook(path=str(path), show_code=show_code),
    )
    outcome: Ran | KernelEnded
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(session.run())
        try:
            await _until(lambda: hearing.has_run, session, hearing)
            progress("waiting for widgets to settle")
            settled = await _settle(session, hearing, settle_seconds)
            await session.refresh()
            outcome = _outcome(session, hearing, modules, settled=settled)
            if _may_ask(outcome):
                outcome = await _asked(outcome, session, hearing, modules, chromium=chromium, seconds=settle_seconds)
        except KernelEnded as error:
            outcome = error
        finally:
            session.close("the notebook is exported")
    if isinstance(outcome, KernelEnded):
        raise outcome
    return outcome


def _may_ask(ran: Ran) -> bool:
    """Of the code of classic widgets' packages, such as ipympl, nothing is known here."""
    return any(_SENDS.search(text) for text in ran.modules.values()) or bool(packages_in(ran.snapshot))


async def _asked(
    ran: Ran, session: Session, hearing: _Hearing, modules: _Modules, *, chromium: str | None, seconds: float
) -> Ran:
    """The same, with what widgets ask and are answered within so many seconds."""
    if chromium is None:
        return replace(ran, unasked=_UNASKED.format("there is no Chromium here"))
    hearing.progress("opening the page, for what its widgets ask")
    hearing.traffic.wanted.update(url for url in ran.modules if url.endswith(".js"))
    unasked = None
    try:
        async with shown(session, modules, chromium, hearing.traffic):
            try:
                async with asyncio.timeout(seconds):
                    await _until(hearing.all_is_answered, session, hearing)
            except TimeoutError:
                unasked = _STILL_ASKING.format(seconds)
    except BrowserFailed as error:
        return replace(ran, unasked=_UNASKED.format(error))
    return replace(ran, answers=[asked for asked in hearing.answers.asked if asked.answers], unasked=unasked)


async def _settle(session: Session, hearing: _Hearing, seconds: float) -> bool:
    """Wait until Python is silent. False: it was not in time."""
    try:
        async with asyncio.timeout(seconds):
            await _until(lambda: hearing.silent and hearing.idle, session, hearing)
    except TimeoutError:
        return False
    return True


async def _until(condition: Callable[[], bool], session: Session, hearing: _Hearing) -> None:
    """Wait for what follows from what the kernel says, or from its silence. Raises `KernelEnded`."""
    while not condition():
        status = session.replay.kernel
        if status is not None and status.status == "dead":
            raise KernelEnded(f"Python has stopped: {status.detail}")
        await hearing.next()


def _outcome(session: Session, hearing: _Hearing, modules: _Modules, *, settled: bool) -> Ran:
    # What still runs is not seen to end.
    for end in session.replay.ends_of_runs():
        session.publish(end)
    session.publish(KernelStatus(status="idle"))
    # What a page gets that joins (`protocol.md`, section 3); commands have no limit where there are none.
    snapshot: list[Notification] = [
        SessionStart(
            session_id=session.session_id, mode="static", limits=Limits(message=0), model_ids=session.replay.model_ids
        ),
        *session.replay.snapshot(),
        SnapshotEnd(),
    ]
    opens = [event.message for event in snapshot if isinstance(event, ModelLifecycle)]
    specs = [
        spec for message in opens if isinstance(message, ModelOpenMessage) for spec in (message.module, message.style)
    ]
    texts = {spec.url: modules.texts[spec.hash] for spec in specs if spec is not None and spec.hash is not None}
    return Ran(hearing.name, snapshot, texts, sorted(hearing.failed), settled)


class _Modules(ModuleStore):
    """One that keeps every text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}

    def put(self, session_id: str, source: ModuleSource) -> None:
        super().put(session_id, source)
        self.texts[source.hash] = b"".join(source.buffers).decode("utf-8", "replace")


class _Hearing:
    """What the kernel says, as far as it tells where the notebook is."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.answers = Answers()
        self.traffic = Traffic()
        self._numbers: dict[str, int] = {}
        self._heard = asyncio.Event()
        self.name = ""
        self.failed: set[int] = set()
        self.idle = False
        self.has_run = False
        """Whether it was idle after the notebook."""
        self.silent = False

    async def next(self) -> None:
        """Return when the kernel has said something, or nothing for a while."""
        self._heard.clear()
        self.silent = True
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_SECONDS):
                await self._heard.wait()
                self.silent = False

    def all_is_answered(self) -> bool:
        """Whether the page that nobody sees has nothing more to ask, it seems."""
        self.progress(f"hearing what widgets ask: {len(self.answers.asked)} questions so far")
        return self.idle and not self.answers.unanswered and self.traffic.is_over

    def hear_command(self, command: KernelCommand) -> None:
        self.answers.hear_command(command)
        self.traffic.note()

    def hear(self, message: KernelMessage) -> None:
        self.answers.hear_message(message)
        self.traffic.note()
        match message:
            case NotebookInfo():
                self.name = message.name
                self._numbers = {cell.cell_id: number for number, cell in enumerate(message.cells, 1)}
            case KernelStatus():
                self.idle = message.status == "idle"
                self.has_run |= self.idle and bool(self.name)
            case CellLifecycle(message=CellRunning()):
                self.progress(f"running cell {self._number(message)} of {len(self._numbers)}")
            case CellLifecycle(message=CellFinished(status=status)):
                # A cell that ran again, and now works, has nothing to be told of; nor has one after `sys.exit()`.
                change = self.failed.add if status in ("error", "interrupted") else self.failed.discard
                change(self._number(message))
        self._heard.set()

    def _number(self, message: CellLifecycle) -> int:
        return self._numbers.get(message.cell_id, 0)


class _Overheard:
    """Kernels of another starter, overheard."""

    def __init__(self, starter: KernelStarter, hearing: _Hearing) -> None:
        self._starter = starter
        self._hearing = hearing

    async def start(self) -> KernelHandle:
        return _OverheardKernel(await self._starter.start(), self._hearing)

    async def warmer(self) -> None:
        await self._starter.warmer()


class _OverheardKernel:
    def __init__(self, kernel: KernelHandle, hearing: _Hearing) -> None:
        self._kernel = kernel
        self.channel: Channel[KernelCommand, KernelMessage] = _OverheardChannel(kernel.channel, hearing)
        self.wait = kernel.wait
        self.interrupt = kernel.interrupt
        self.aclose = kernel.aclose


class _OverheardChannel:
    def __init__(self, channel: Channel[KernelCommand, KernelMessage], hearing: _Hearing) -> None:
        self._hearing = hearing
        self._receive = channel.receive
        self._send = channel.send
        self.aclose = channel.aclose

    def send(self, message: KernelCommand) -> None:
        self._hearing.hear_command(message)
        self._send(message)

    async def receive(self) -> KernelMessage:
        message = await self._receive()
        self._hearing.hear(message)
        return message
