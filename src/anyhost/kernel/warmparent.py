"""The warm parent: the process that kernels are forked from, `python -m anyhost.kernel.warmparent`.

It imports what kernels share (`preload.py`), forks one for each request, reaps them and reports how each
ended. It is always single-threaded, has no event loop and runs no user code, so that a fork copies a
process in a known state. It ends when its control socket closes, after the kernels have.

Preloading has two stages. `FIRST` comes before the first kernel; what the notebook imports comes once a
first kernel is out, module by module, each tried in a process of its own first, so that a request for a
kernel waits for one import at most.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from . import preload
from .child import KernelMain, command_decoder, finish, prepared_main, run_kernel
from .control import Ended, NotStarted, Preload, Preloaded, Started, StartKernel, receive_request, send_report
from .stdio import fill_descriptors, renew_streams, take_over

KERNEL_GRACE = 4.0
"""How long kernels have to end by themselves when the server has gone (longer than their own), in seconds."""


_KEPT_SIGNALS = {signal.SIGINT, signal.SIGCHLD, signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}


class Birth(NamedTuple):
    """In a process that has just been forked: what it is to be."""

    pipe: socket.socket
    output_fd: int


class WarmParent:
    """Serves one control socket. The exit code of everything below is in `Ended`."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._kernels: set[int] = set()
        self._trial: tuple[int, str] | None = None  # the process that tries a module, and which
        self._untried: deque[str] = deque()
        self._is_warmer = False  # than when that was last reported
        self._forked_one = False
        # SIGCHLD writes to a pipe that the selector watches.
        self._wake_end, self._wakeful_end = socket.socketpair()
        self._wake_end.settimeout(0)
        self._wakeful_end.settimeout(0)
        self._selector = selectors.DefaultSelector()

    def serve(self) -> Birth | None:
        """Returns in the parent, when the server has gone (None), and in each new kernel."""
        signal.set_wakeup_fd(self._wake_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._wakeful_end, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._wakeful_end:
                    self._reap()
                    continue
                try:
                    birth = self._answer()
                except (EOFError, OSError):
                    self._end_kernels()
                    return None
                if birth is not None:
                    return birth
            self._try_next()

    def _answer(self) -> Birth | None:
        request, fds = receive_request(self._control)
        match request:
            case StartKernel(serial=serial):
                return self._fork_kernel(serial, fds)
            case Preload(modules=modules):
                self._untried.extend(modules)
                return None

    def _fork_kernel(self, serial: int, fds: list[int]) -> Birth | None:
        pipe_fd, output_fd = fds
        count = preload.threads()
        if count != 1:
            error = f"the warm parent of the kernels has {count} threads, and cannot be forked safely"
            send_report(self._control, NotStarted(serial, error))
            self._close(fds)
            return None
        pid = os.fork()
        if not pid:
            self._leave()
            return Birth(socket.socket(fileno=pipe_fd), output_fd)
        self._close(fds)
        self._kernels.add(pid)
        self._forked_one = True
        send_report(self._control, Started(serial, pid))
        return None

    def _leave(self) -> None:
        """In a new process: become one of its own, with nothing of the parent's but its memory."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for sock in (self._control, self._wake_end, self._wakeful_end):
            sock.close()

    # ---- The second stage ------------------------------------------------------------------------

    def _try_next(self) -> None:
        if not self._forked_one or self._trial is not None:
            return
        if not self._untried:
            self._report_warmth()
            return
        module = self._untried.popleft()
        if module in sys.modules:
            self._try_next()
            return
        pid = os.fork()
        if not pid:
            self._leave()
            os._exit(0 if preload.bears_forking(module) else 1)
        self._trial = (pid, module)

    def _take_in(self, module: str) -> None:
        """It bears forking here, with these versions: for all kernels to come."""
        preload.load(module)
        preload.threads()
        _settle()
        self._is_warmer = True

    def _report_warmth(self) -> None:
        if self._is_warmer:
            self._is_warmer = False
            with suppress(OSError):  # the server may have gone; `_answer` finds out
                send_report(self._control, Preloaded())

    # ---- The end of others, and of this ----------------------------------------------------------

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            self._wakeful_end.recv(4096)
        for pid in list(self._kernels):
            self._reap_kernel(pid)
        if self._trial is not None:
            pid, module = self._trial
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._trial = None
                if status == 0:
                    self._take_in(module)

    def _reap_kernel(self, pid: int) -> None:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return
        # While it is not yet reaped its pid, and with it its group's, cannot belong to anybody else.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._kernels.remove(pid)
        with suppress(OSError):  # the server may have gone; `_answer` finds out
            send_report(self._control, Ended(pid, os.waitstatus_to_exitcode(status)))

    def _end_kernels(self) -> None:
        if self._trial is not None:
            os.kill(self._trial[0], signal.SIGKILL)
        self._selector.unregister(self._control)
        self._await_kernels(KERNEL_GRACE)
        for pid in self._kernels:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self._await_kernels(KERNEL_GRACE)

    def _await_kernels(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while self._kernels and time.monotonic() < deadline:
            if self._selector.select(deadline - time.monotonic()):
                self._reap()

    @staticmethod
    def _close(fds: list[int]) -> None:
        for fd in fds:
            os.close(fd)


def _new_seeds() -> None:
    """numpy does not seed itself anew in a fork, as Python does: every session would draw the same numbers."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(list(os.urandom(32)))  # without an argument it takes ten times as long over it


def _warm_up(main_name: str) -> KernelMain:
    main = prepared_main(main_name)
    for module in preload.FIRST:
        preload.load(module)
    _settle()
    return main


def _settle() -> None:
    """What was imported is to be shared, but neither its signal handlers nor what it has begun to print."""
    for number in signal.valid_signals() - _KEPT_SIGNALS:
        if signal.getsignal(number) not in (signal.SIG_DFL, None):
            signal.signal(number, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    preload.settle()


def main(arguments: list[str]) -> None:
    """`python -m anyhost.kernel.warmparent FD MAIN`"""
    control = socket.socket(fileno=int(arguments[0]))
    control.set_inheritable(False)
    # Ctrl-C is the server's, which closes the socket; a kernel has a handler of its own (`interruption.py`).
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    fill_descriptors()
    renew_streams()
    sys.argv = [""]
    gc.disable()  # until a kernel is there; here it would only touch memory that is shared
    environment = preload.prepare()
    decoder = command_decoder()
    kernel_main = _warm_up(arguments[1])
    birth = WarmParent(control).serve()
    if birth is None:
        return
    take_over(birth.output_fd)
    for name in environment:
        os.environ.pop(name, None)
    _new_seeds()
    gc.enable()
    finish(run_kernel(birth.pipe, kernel_main, decoder))


if __name__ == "__main__":
    main(sys.argv[1:])
    # Nothing is ours to finalise: libraries that were preloaded, and never used, complain of leaks.
    os._exit(0)
