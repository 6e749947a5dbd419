"""The process that is to be the warm parent, as the server starts it.

The warm parent's imports take as long as the server's own. So this can be done before those, and imports nothing
itself that takes its time (asyncio, msgspec): then both load side by side.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

DEFAULT_MAIN = "anyhost.kernel.kernel:main"
"""What a kernel does: "module:function" (see `KernelMain` in `child.py`)."""


class WarmProcess:
    """A warm parent that has just been started, and the server's end of its control socket.

    A context manager: at its end the process has ended, if need be by force. Whoever speaks with it ends it sooner.
    """

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process = process
        self.control = control

    @classmethod
    def start(cls, main: str = DEFAULT_MAIN) -> WarmProcess:
        """Raises `OSError` where there can be no process at all."""
        control, parents_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            # -P: the working directory is not searched; a notebook's random.py must not become ours.
            # A session of its own: Ctrl-C in the terminal is for the server, which ends the rest.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "anyhost.kernel.warmparent", str(parents_end.fileno()), main],
                stdin=subprocess.DEVNULL, stdout=sys.__stderr__, pass_fds=[parents_end.fileno()],
                start_new_session=True,
            )  # fmt: skip
        except BaseException:
            control.close()
            raise
        finally:
            parents_end.close()
        return cls(process, control)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.control.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
