"""The server of these tests, in a thread of its own, and what it and its kernels hold, seen past every connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fault_proxy import FaultProxy

from anyhost.kernel.forkserver import ForkServer
from anyhost.protocol.messages import ModelCommand, ModelCustomRequest, ModelLifecycle, ModelOpenMessage, RunNotebook
from anyhost.server.app import create_app
from anyhost.server.livesocket import LiveSocket
from anyhost.server.modules import ModuleStore
from anyhost.server.serving import Server, bind
from anyhost.server.settings import Settings, Timing
from anyhost.session.pool import SessionPool
from anyhost.session.session import Session
from anyhost.session.settings import PoolSettings, SessionSettings
from faults import Fault, Message

QUICK = Timing(open=0.6, idle=0.3, patience=0.4, probe=0.3, retry=0.03, longest_retry=0.2)
"""A page that notices within 0.7 s what others notice within 20."""
AGREE = 10.0
"""Until then everything agrees, in seconds."""


class QuickSocket(LiveSocket):
    """A server's socket that notices within 1.25 s what others notice within 28."""

    ping_every: ClassVar = 0.25
    silence: ClassVar = 1.0


class Served:
    """A server behind a proxy. Whatever a test calls here is done in the server's thread."""

    def __init__(self, portal: BlockingPortal, pool: SessionPool, server: Server, proxy: FaultProxy) -> None:
        self._portal = portal
        self._pool = pool
        self._server = server
        self.proxy = proxy
        self._serial = 0

    @property
    def address(self) -> str:
        """Where a page reaches it, through the proxy."""
        return f"http://127.0.0.1:{self.proxy.port}/"

    # ---- the proxy ----

    def arm(self, *faults: Fault) -> None:
        self._portal.call(self.proxy.arm, *faults)

    def drop(self) -> None:
        self._portal.call(self.proxy.drop)

    def cut_off(self) -> None:
        self._portal.call(self.proxy.cut_off)

    def restore(self) -> None:
        self._portal.call(self.proxy.restore)

    @property
    def conversation(self) -> list[Message]:
        return self.proxy.conversation

    # ---- what is true ----

    def sessions(self) -> list[str]:
        return self._portal.call(lambda: [session.session_id for session in self._pool])

    def connected(self, session_id: str) -> int:
        """How many connections a session has."""

        def count() -> int:
            session = self._pool.get(session_id)
            return session.connected if session else 0

        return self._portal.call(count)

    def session(self, session_id: str) -> Session:
        session = self._portal.call(self._pool.get, session_id)
        assert session is not None
        return session

    def kernel(self, session_id: str) -> dict[str, Any]:
        """What the talker of a session holds: asked of the kernel, not of what was said about it."""
        return self._portal.call(self._report, session_id)

    def snapshot(self, session_id: str) -> dict[str, Any]:
        """What a client that joins now would be told of the talker."""
        return self._portal.call(lambda: _values(_state_with(self.session_of(session_id), "clamped")))

    def session_of(self, session_id: str) -> Session:
        session = self._pool.get(session_id)
        assert session is not None, "the session has ended"
        return session

    async def _report(self, session_id: str) -> dict[str, Any]:
        session = self.session_of(session_id)
        self._serial += 1
        clerk = next(model for model, state in _states(session) if "report" in state)
        command = ModelCommand(
            model_id=clerk, message=ModelCustomRequest(content=msgspec.Raw(str(self._serial).encode()))
        )
        ack = await session.request(command)
        assert ack.error is None, ack.error
        async with asyncio.timeout(AGREE):
            while True:
                report: dict[str, Any] = msgspec.json.decode(dict(_states(session))[clerk]["report"])
                if report.get("serial") == self._serial:
                    return report
                await asyncio.sleep(0.002)

    def click(self, session_id: str, description: str) -> None:
        """Have Python hear a click on the classic button with this description, whoever is connected."""
        self._portal.call(self._click, session_id, description)

    async def _click(self, session_id: str, description: str) -> None:
        session = self.session_of(session_id)
        buttons = [(model, state) for model, state in _states(session) if state.get("_model_name") == "ButtonModel"]
        (button,) = (model for model, state in buttons if state["description"] == description)
        click = ModelCustomRequest(content=msgspec.Raw(b'{"event":"click"}'))
        ack = await session.request(ModelCommand(model_id=button, message=click))
        assert ack.error is None, ack.error

    def end(self, *, at_once: bool = True) -> None:
        """The server goes, as with Ctrl-C."""
        self._portal.call(lambda: self._server.stop(at_once=at_once))


def _states(session: Session) -> list[tuple[str, dict[str, Any]]]:
    return [
        (event.model_id, event.message.into_state())
        for event in session.replay.snapshot()
        if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
    ]


def _state_with(session: Session, key: str) -> dict[str, Any]:
    return next(state for _, state in _states(session) if key in state)


def _values(state: dict[str, Any]) -> dict[str, Any]:
    text = bytes(state["blob"]).decode()
    return {name: state[name] for name in ("level", "clamped", "even", "label")} | {"blob": [len(text), text.strip()]}


@asynccontextmanager
async def _serve(
    portal: BlockingPortal,
    notebook: Path,
    *,
    timing: Timing,
    pool_settings: PoolSettings,
    session_settings: SessionSettings,
    socket_class: type[LiveSocket],
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        modules = ModuleStore()
        listening = stack.enter_context(bind("127.0.0.1", 0))
        kernels = await stack.enter_async_context(ForkServer())
        run = RunNotebook(path=str(notebook))
        pool = await stack.enter_async_context(
            SessionPool(
                kernels, modules, mode="run", notebook=run, settings=pool_settings, session_settings=session_settings
            )
        )
        settings = Settings(title="faults", token=None, timing=timing)
        accepting = asyncio.Event()
        app = create_app(settings, pool=pool, modules=modules)
        server = Server(app, on_accepting=accepting.set, socket_class=socket_class)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        tasks.create_task(server.serve([listening]))
        await accepting.wait()
        stack.callback(server.stop, at_once=True)
        proxy = await stack.enter_async_context(FaultProxy(listening.getsockname()[1]))
        yield Served(portal, pool, server, proxy)


@contextmanager
def served(
    notebook: Path,
    *,
    timing: Timing = QUICK,
    pool_settings: PoolSettings | None = None,
    session_settings: SessionSettings | None = None,
    socket_class: type[LiveSocket] = QuickSocket,
) -> Iterator[Served]:
    """A server for this notebook, on a free port, behind a proxy."""
    with start_blocking_portal() as portal:
        serving = _serve(
            portal,
            notebook,
            timing=timing,
            pool_settings=pool_settings or PoolSettings(),
            session_settings=session_settings or SessionSettings(),
            socket_class=socket_class,
        )
        with portal.wrap_async_context_manager(serving) as made:
            yield made


def eventually(look: Any, seconds: float = AGREE) -> Any:
    """What `look()` returns, once that is true. Waits no longer than this."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited in vain: {found!r}"
        time.sleep(0.01)
    return found
