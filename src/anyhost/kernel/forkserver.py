"""The server's side of the warm parent: starts it, asks it for kernels, hears how they ended.

Our own, since `multiprocessing`'s fork server has traps that were measured (docs/design.md): its children
import the console script again, may not have children of their own, and draw the same random numbers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from typing import NamedTuple, TypeVar

from . import preload
from .control import (
    Ended,
    NotStarted,
    Preload,
    Preloaded,
    Report,
    Request,
    Started,
    StartKernel,
    receive_report,
    send_request,
)
from .launching import DEFAULT_MAIN, WarmProcess
from .process import Ends, KernelStartError, ProcessKernel
from .stdio import OnLine, print_line

T = TypeVar("T")

START_TIMEOUT = 60.0
"""How long a kernel may take to be forked, the first imports on a cold disk included, in seconds."""

END_TIMEOUT = 10.0
"""How long the warm parent may take to end with all its kernels, in seconds."""


class ForkServer:
    """A `KernelStarter` that forks kernels from a warm parent. Linux.

    As an async context manager it owns the warm parent's process; with it all its kernels end. A warm
    parent that died is replaced when the next kernel is started, and its kernels live on. `ahead` is one for `main`
    that was started before.
    """

    def __init__(
        self, *, main: str = DEFAULT_MAIN, on_line: OnLine = print_line, ahead: WarmProcess | None = None
    ) -> None:
        self._main = main
        self._on_line = on_line
        self._ahead = ahead
        self._preload: list[str] = []
        self._parent: _WarmParent | None = None
        self._launching = asyncio.Lock()
        self._warmer = asyncio.Event()
        self._entered = False

    async def __aenter__(self) -> ForkServer:
        self._orphans = _Orphans()
        self._parent = self._launch(self._ahead)
        self._entered = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._entered = False
        async with self._launching:
            if self._parent is not None:
                await self._parent.aclose()
            await self._orphans.aclose()

    def preload(self, modules: Iterable[str]) -> None:
        """Let later kernels share what a notebook imports (dotted names), as far as that bears forking."""
        chosen = preload.choose(modules)
        self._preload = list(dict.fromkeys([*self._preload, *chosen]))
        if chosen and self._parent is not None:
            self._parent.preload(chosen)

    async def warmer(self) -> None:
        """Return when something was preloaded since the last time that this was waited for."""
        await self._warmer.wait()
        self._warmer.clear()

    async def start(self) -> ProcessKernel:
        """A kernel that has nothing to run yet. Raises `KernelStartError`."""
        parent = await self._living_parent()
        try:
            return await parent.start_kernel(self._on_line)
        except ConnectionError:
            # It died, now or since the last kernel. Once may be an accident.
            parent = await self._living_parent()
        try:
            return await parent.start_kernel(self._on_line)
        except ConnectionError as error:
            raise KernelStartError(f"no kernel can be started: {error}; its last words are on stderr") from error

    async def _living_parent(self) -> _WarmParent:
        async with self._launching:
            if not self._entered:
                raise KernelStartError("no kernel can be started: the fork server is closed")
            if self._parent is None or self._parent.dead:
                if self._parent is not None:
                    await self._parent.aclose()
                self._parent = self._launch()
            return self._parent

    def _launch(self, ahead: WarmProcess | None = None) -> _WarmParent:
        try:
            started = ahead or WarmProcess.start(self._main)
        except OSError as error:
            raise KernelStartError(f"no kernel can be started: {sys.executable} does not run: {error}") from error
        parent = _WarmParent(started, self._orphans, self._warmer.set)
        if self._preload:
            parent.preload(self._preload)
        return parent


class _Orphans:
    """Kernels whose warm parent died before them. Nobody reaps them for us, but a pidfd tells their end."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watched: dict[int, tuple[int, asyncio.Future[int | None]]] = {}  # pid: its pidfd, who waits

    def adopt(self, pid: int, ended: asyncio.Future[int | None]) -> None:
        try:
            pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            _resolve(ended, None)
            return
        self._watched[pid] = pidfd, ended
        self._loop.add_reader(pidfd, self._release, pid)

    async def aclose(self) -> None:
        """Kill those that are left."""
        left = [ended for _, ended in self._watched.values()]
        for pid in self._watched:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        if left:
            await asyncio.wait(left, timeout=END_TIMEOUT)

    def _release(self, pid: int) -> None:
        pidfd, ended = self._watched.pop(pid)
        self._loop.remove_reader(pidfd)
        os.close(pidfd)
        _resolve(ended, None)


class _WarmParent:
    """One process, and the control socket to it."""

    def __init__(self, started: WarmProcess, orphans: _Orphans, on_preloaded: Callable[[], None]) -> None:
        self._process = started.process
        self._control = started.control
        self._control.settimeout(0)
        self._orphans = orphans
        self._on_preloaded = on_preloaded
        self._loop = asyncio.get_running_loop()
        self._serials = count(1)
        self._starting: dict[int, asyncio.Future[_Started]] = {}
        self._kernels: dict[int, asyncio.Future[int | None]] = {}
        self.dead = False
        self._loop.add_reader(self._control, self._read)

    def preload(self, modules: list[str]) -> None:
        with suppress(OSError):  # a busy or dead one; kernels then import for themselves
            send_request(self._control, Preload(modules))

    async def start_kernel(self, on_line: OnLine) -> ProcessKernel:
        """Raises `ConnectionError` if the warm parent dies first, and `KernelStartError` if it refuses."""
        ends = Ends.create()
        serial = next(self._serials)
        try:
            try:
                await self._send(StartKernel(serial), (ends.kernel_pipe.fileno(), ends.output_in))
            finally:
                ends.close_kernels()
            # Only now: nobody would hear of a failure that came before. No report can have come yet.
            self._starting[serial] = self._loop.create_future()
            async with asyncio.timeout(START_TIMEOUT):
                pid, ended = await self._starting[serial]
        except BaseException as error:
            # A kernel that is forked all the same finds its pipe closed, and ends.
            ends.close_servers()
            if isinstance(error, TimeoutError):
                raise KernelStartError(f"no kernel was started within {START_TIMEOUT:.0f} s") from error
            raise
        finally:
            self._starting.pop(serial, None)
        return ProcessKernel(pid, ends, ended, on_line)

    async def aclose(self) -> None:
        """End it. It ends its kernels, and reports that still. Idempotent."""
        if not self.dead:
            with suppress(OSError):
                self._control.shutdown(socket.SHUT_WR)
        try:
            await asyncio.to_thread(self._process.wait, END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        self._give_up()

    async def _send(self, request: Request, fds: tuple[int, ...]) -> None:
        while not self.dead:
            try:
                send_request(self._control, request, fds)
            except BlockingIOError:  # a burst while it imports
                await self._writable()
            except OSError:
                self._give_up()
            else:
                return
        raise ConnectionResetError("the process that forks kernels has died")

    async def _writable(self) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_writer(self._control, _resolve, ready, None)
        try:
            await ready
        finally:
            self._loop.remove_writer(self._control)

    def _read(self) -> bool:
        """Take one report; say whether there was one."""
        try:
            report = receive_report(self._control)
        except (BlockingIOError, InterruptedError):
            return False
        except (EOFError, OSError):
            self._lose()
            return False
        self._take(report)
        return True

    def _give_up(self) -> None:
        """It has died: hear what it still said."""
        while not self.dead and self._read():
            pass
        if not self.dead:
            self._lose()

    def _take(self, report: Report) -> None:
        match report:
            case Started(serial=serial, pid=pid):
                self._kernels[pid] = self._loop.create_future()
                _resolve(self._starting.get(serial), _Started(pid, self._kernels[pid]))
            case NotStarted(serial=serial, error=error):
                _fail(self._starting.get(serial), KernelStartError(error))
            case Ended(pid=pid, status=status):
                _resolve(self._kernels.pop(pid), status)
            case Preloaded():
                self._on_preloaded()

    def _lose(self) -> None:
        self.dead = True
        self._loop.remove_reader(self._control)
        self._control.close()
        for started in self._starting.values():
            _fail(started, ConnectionResetError("the process that forks kernels has died"))
        for pid, ended in self._kernels.items():
            self._orphans.adopt(pid, ended)
        self._kernels.clear()


class _Started(NamedTuple):
    pid: int
    ended: asyncio.Future[int | None]


def _resolve(future: asyncio.Future[T] | None, value: T) -> None:
    if future is not None and not future.done():
        future.set_result(value)


def _fail(future: asyncio.Future[T] | None, error: Exception) -> None:
    if future is not None and not future.done():
        future.set_exception(error)
