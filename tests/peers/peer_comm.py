"""A pytest plugin: the peers' widgets talk through our comm (`-p peer_comm`).

It installs our comm for the whole run, as a kernel does, and counts what passes through. A comm that raises fails
the run, also where a suite, or the `comm` package, would swallow the exception.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from anyhost.kernel.comm import WidgetComm
from anyhost.kernel.current import Running, running
from anyhost.kernel.models import Models
from anyhost.kernel.patches import patched

ENVIRONMENT_FAULT = "ANYHOST_PEERS_FAULT"
"""Set: our comm raises at each message, so that a test can see that this is noticed."""


class Recorded:
    """What passed through our comm in this run, and what went wrong in it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.raised: list[BaseException] = []
        self.models = Models(self, lambda _message: None)

    def show_error(self, error: BaseException) -> None:
        self.raised.append(error)

    def comm(self, kind: type[WidgetComm], **arguments: Any) -> WidgetComm:
        return kind(self._receive, **arguments)

    def _receive(self, comm: WidgetComm, kind: str, data: dict[str, Any], buffers: list[Any]) -> None:
        self.counts[str(data.get("method", kind))] += 1
        try:
            if os.environ.get(ENVIRONMENT_FAULT):
                raise RuntimeError("the fault that was asked for")
            self.models._comm_message(comm, kind, data, buffers)
        except BaseException as error:
            self.raised.append(error)
            raise


class RecordingComm(WidgetComm):
    """Ours, with what ipywidgets' own suite reads of its dummy."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.messages: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        super().__init__(*arguments, **keywords)

    def send(self, *arguments: Any, **keywords: Any) -> None:
        self.messages.append((arguments, keywords))
        super().send(*arguments, **keywords)


recorded = pytest.StashKey[Recorded]()


def pytest_configure(config: pytest.Config) -> None:
    found = config.stash[recorded] = Recorded()
    # Both suites look for their comm where the package has it; the models themselves are ours.
    found.models.create_comm = lambda *_arguments, **keywords: found.comm(WidgetComm, **keywords)  # type: ignore[method-assign]
    installed = contextlib.ExitStack()
    installed.enter_context(patched())
    config.add_cleanup(installed.close)
    running.set(Running(found, "peers"))


@pytest.fixture(autouse=True)
def _ours_as_the_dummy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """ipywidgets' suite brings a comm of its own: ours takes its place, before its fixture installs it."""
    utils = sys.modules.get("ipywidgets.widgets.tests.utils")
    if utils is not None:
        found = request.config.stash[recorded]
        namespace = vars(utils)
        monkeypatch.setitem(namespace, "DummyComm", RecordingComm)
        monkeypatch.setitem(namespace, "dummy_create_comm", lambda **options: found.comm(RecordingComm, **options))
    yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.stash[recorded].raised and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = config.stash[recorded]
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.counts.items()))
    terminalreporter.write_line(f"anyhost: {found.counts.total()} messages passed through our comm ({kinds})")
    for error in found.raised:
        terminalreporter.write_line(f"anyhost: our comm raised {type(error).__name__}: {error}")
