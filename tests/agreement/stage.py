"""The whole of anyhost but the browser: real kernels, the real server, and the shipped clients under Node."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import msgspec
from link import Link
from pages import Pages

from anyhost.kernel.forkserver import ForkServer
from anyhost.protocol.messages import (
    ModelAck,
    ModelCommand,
    ModelCustomRequest,
    ModelLifecycle,
    ModelOpenMessage,
    RunNotebook,
)
from anyhost.server.app import create_app
from anyhost.server.livesocket import LiveSocket
from anyhost.server.modules import ModuleStore
from anyhost.server.serving import Server, bind
from anyhost.server.settings import Settings
from anyhost.session.pool import SessionPool
from anyhost.session.session import Session
from anyhost.session.settings import SessionSettings

Kind: TypeAlias = Literal["idle", "running"]
THINGS = Path(__file__).with_name("things.py")
NOTEBOOKS: Mapping[Kind, str] = {
    "idle": "from things import Director\n\ndirector = Director()\n",
    "running": "# %%\nfrom things import Director\n\ndirector = Director()\n# %%\nawait director.serve()\n",
}
"""Nothing runs, and what a test asks for happens in callbacks; or a cell does not end, and it happens there."""
SLOTS = 3
"""The most clients that an interleaving has."""
PATIENCE = 40.0
"""How long anything may take that has to happen, in seconds."""

TIGHT = SessionSettings(outbox_bytes=20_000, log_bytes=48_000, log_messages=40)
"""With these a client that is slow, or away, soon needs a snapshot."""


class NarrowSocket(LiveSocket):
    """A server's socket that feels at once when a client does not read."""

    room: ClassVar = 2048

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=self.room)


class House:
    """One server with one session, whose kernel runs a notebook with a director (see `things.py`)."""

    def __init__(self, session: Session, port: int) -> None:
        self.session = session
        self.port = port
        self.director = ""
        self._serial = 0
        self._asked: list[asyncio.Task[ModelAck]] = []

    async def begin(self) -> None:
        """Wait for the director."""
        self.director = await self._wait(self._find_director)

    def ask(self, *step: Any) -> None:
        """Have Python do something, after what it was asked before; without waiting for it."""
        content = msgspec.Raw(msgspec.json.encode(step))
        command = ModelCommand(model_id=self.director, message=ModelCustomRequest(content=content))
        self._asked.append(asyncio.get_running_loop().create_task(self.session.request(command)))

    async def handled(self) -> None:
        """Wait until what was asked has been taken up."""
        asked, self._asked = self._asked, []
        for ack in await asyncio.wait_for(asyncio.gather(*asked), PATIENCE):
            assert ack.error is None, ack.error

    async def make(self, count: int) -> list[str]:
        """Fresh things; their model ids."""
        report = await self._report("make", count)
        models: list[str] = report["models"]
        return models

    async def finish(self) -> tuple[int, list[Any]]:
        """Wait until nothing happens in Python any more. The report's serial, and what each thing holds."""
        report = await self._report("finish")
        return report["serial"], json.loads(report["things"])

    async def _report(self, kind: str, *arguments: Any) -> dict[str, Any]:
        self._serial += 1
        self.ask(kind, self._serial, *arguments)
        await self.handled()
        serial = self._serial

        def found() -> dict[str, Any] | None:
            part = self.session.replay.parts_of(self.director, ["report"])["report"]
            report: dict[str, Any] = msgspec.json.decode(part.text or b"{}")
            return report if report.get("serial") == serial else None

        made: dict[str, Any] = await self._wait(found)
        return made

    def states(self) -> dict[str, dict[str, Any]]:
        """What the session would tell a client that joins now, by model."""
        return {
            event.model_id: event.message.into_state()
            for event in self.session.replay.snapshot()
            if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
        }

    def _find_director(self) -> str | None:
        return next((model_id for model_id, state in self.states().items() if "report" in state), None)

    async def _wait(self, found: Any) -> Any:
        async with asyncio.timeout(PATIENCE):
            while (result := found()) is None:  # noqa: ASYNC110 - nobody tells that a snapshot has changed
                await asyncio.sleep(0.001)
        return result


class Stage:
    """The houses of one kind of notebook, the clients, and the links between them."""

    def __init__(self, pages: Pages, links: list[Link], houses: dict[str, House]) -> None:
        self.pages = pages
        self.links = links
        self.houses = houses


@asynccontextmanager
async def house(starter: ForkServer, notebook: Path, settings: SessionSettings | None = None) -> AsyncIterator[House]:
    """A server on a free port, and its one session."""
    modules = ModuleStore()
    run = RunNotebook(path=str(notebook))
    with bind("127.0.0.1", 0) as listening:
        async with (
            SessionPool(starter, modules, mode="run", notebook=run, session_settings=settings) as pool,
            asyncio.TaskGroup() as tasks,
        ):
            app = create_app(Settings(title="agreement", token=None), pool=pool, modules=modules)
            accepting = asyncio.Event()
            server = Server(app, on_accepting=accepting.set, socket_class=NarrowSocket)
            tasks.create_task(server.serve([listening]))
            await accepting.wait()
            # It keeps the session from counting as left; what it is sent it never takes.
            async with pool.join("the test") as connection:
                session = pool.get(connection.session_id)
                assert session is not None
                made = House(session, listening.getsockname()[1])
                await made.begin()
                try:
                    yield made
                finally:
                    session.close("the test has ended")
                    server.stop(at_once=True)


@asynccontextmanager
async def stage(kind: Kind, slots: int = SLOTS) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        starter = await stack.enter_async_context(ForkServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anyhost-agreement-")))
        (folder / "things.py").write_text(THINGS.read_text())
        path = folder / "notebook.py"
        path.write_text(NOTEBOOKS[kind])
        houses = {
            "tight": await stack.enter_async_context(house(starter, path, TIGHT)),
            "roomy": await stack.enter_async_context(house(starter, path)),
        }
        links = [await stack.enter_async_context(Link()) for _ in range(slots)]
        yield Stage(await stack.enter_async_context(Pages()), links, houses)
