"""Who gets a SIGINT, and when.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. In a kernel that may be the event
loop's own code, a half-written message, or nothing at all, where it would end the process. So the kernel
has a handler of its own, and user code runs inside `allowed`:

- the running task is in an allowed region: `KeyboardInterrupt` is raised on the spot, so `while True: pass`
  and `time.sleep(60)` end;
- a region's task waits at an `await`: that task is cancelled, and the region turns the `CancelledError`
  into `KeyboardInterrupt`, so a cell ends in one way;
- nothing is allowed: the signal is forgotten. An idle kernel doesn't mind it;
- ...unless the loop has not turned since a first interrupt, half a second ago or longer: then a callback
  that nobody fenced is stuck, and `KeyboardInterrupt` is raised there. Whoever runs the loop goes on (see `child.py`);
- the main thread is inside `shield` (the pipe is writing): the interrupt waits until it leaves.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any

_STUCK_AFTER = 0.5  # seconds


class Interruption:
    """The SIGINT of one kernel. As a context manager it installs its handler, and puts the earlier one back.

    Made on the main thread. Where it is not installed (a kernel inside somebody else's process) `allowed`
    regions work all the same, and nothing interrupts them.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._regions: list[Allowed] = []
        self._previous: Any = None
        self._asked_at: float | None = None  # when the loop was asked for something that it has not done yet
        self.shield = Shield(self)

    def __enter__(self) -> Interruption:
        self._previous = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def allowed(self, task: asyncio.Task[Any] | None = None) -> Allowed:
        """A region of user code, run by this task (default: the one that enters it):

            try:
                with interruption.allowed() as region:
                    await run_the_cell()
            except KeyboardInterrupt:
                ...

        `region.interrupted` says afterwards whether an interrupt came, for a body that swallows
        `KeyboardInterrupt` and `CancelledError` itself, as IPython does.
        """
        return Allowed(self, task)

    def interrupt(self) -> None:
        """Interrupt what runs. From any thread."""
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)

    def _on_signal(self, _signum: int, frame: FrameType | None) -> None:
        entering_or_leaving = frame is not None and frame.f_code in _ALLOWED_CODE
        if self.shield.held or entering_or_leaving:
            self.shield.pending = True
        else:
            self._deliver()

    def _deliver(self) -> None:
        self.shield.pending = False
        current = _running_task()
        for region in reversed(self._regions):
            if region.task is current:
                region.interrupted = True
                raise KeyboardInterrupt
        if self._asked_at is not None and time.monotonic() - self._asked_at >= _STUCK_AFTER:
            self._asked_at = None
            raise KeyboardInterrupt
        self._asked_at = self._asked_at or time.monotonic()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel_newest)

    def _cancel_newest(self) -> None:
        self._asked_at = None
        if self._regions:
            self._regions[-1].cancel()


class Allowed:
    """A region in which an interrupt may strike; see `Interruption.allowed`."""

    def __init__(self, interruption: Interruption, task: asyncio.Task[Any] | None) -> None:
        self._interruption = interruption
        self._cancels = 0
        self.task = task or _running_task()
        self.interrupted = False

    def __enter__(self) -> Allowed:
        self._interruption._regions.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._interruption._regions.remove(self)
        self._interruption.shield.pending = False
        if not self._cancels:
            return
        assert self.task is not None
        for _ in range(self._cancels):
            self.task.uncancel()
        # Cancelled by somebody else, too: then that is what it ends with.
        if kind is asyncio.CancelledError and not self.task.cancelling():
            raise KeyboardInterrupt from error

    def cancel(self) -> None:
        """Cancel the task that waits inside this region."""
        self.interrupted = True
        if self.task is not None:
            self._cancels += 1
            self.task.cancel()


class Shield:
    """While the main thread is inside, an interrupt waits. It nests; other threads pass through."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self._main = threading.main_thread().ident
        self.held = 0
        self.pending = False

    def __enter__(self) -> None:
        if threading.get_ident() == self._main:
            self.held += 1

    def __exit__(self, *_: object) -> None:
        if threading.get_ident() != self._main:
            return
        self.held -= 1
        if self.pending and not self.held:
            self._interruption._deliver()


# An interrupt raised in these two would leave a region open for good, or close one without being seen.
_ALLOWED_CODE = frozenset({Allowed.__enter__.__code__, Allowed.__exit__.__code__})


def _running_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        return None
