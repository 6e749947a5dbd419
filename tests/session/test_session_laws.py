"""Whatever happens in whatever order, in the end all hold the same (promises 2, 3, 4, 7 and 8)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, TypeAlias

import msgspec
import pytest
from scene import Scene, scene, settle

from anyhost.protocol.codec import Frame
from anyhost.protocol.messages import (
    CellConsole,
    CellLifecycle,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
)
from anyhost.session.replay import Event
from anyhost.session.settings import SessionSettings
from anyhost.testing.client import RecordingClient
from anyhost.testing.folding import Custom

pytestmark = pytest.mark.anyio

Step: TypeAlias = tuple[Any, ...]

MODELS = ["m1", "m2"]
KEYS = ["a", "b", "c"]

SETTINGS = [
    SessionSettings(outbox_bytes=outbox, log_bytes=150_000, log_messages=messages, waiting_commands=50)
    for outbox, messages in [(5_000, 14), (22_000, 14), (22_000, 60), (150_000, 60)]
]
"""Snapshots happen often with the first, and resuming from the log with the last."""

STEPS = 150
EVERYTHING = 10_000


def steps(random: Random) -> Iterator[Step]:
    """What happens, as tuples that `World.do` understands."""
    kinds = list(_WEIGHTS)
    for kind in random.choices(kinds, [_WEIGHTS[kind] for kind in kinds], k=STEPS):
        number, name, key = random.randrange(2), random.choice(MODELS), random.choice(KEYS)
        match kind:
            case "update":
                yield kind, name, key, random.choice([1, 2, 3, "x" * 300])
            case "write":
                yield kind, number, name, key
            case "answer":
                yield kind, random.choice(["accepted", "corrected", "rejected"])
            case "custom":
                yield kind, name, random.choice([0, 0, 0, 300])
            case "open" | "close":
                yield kind, name
            case "print":
                yield kind, random.choice(["a\n", "\rbb", "ccc"])
            case "pull":
                yield kind, number, random.randint(1, 4)
            case "lose" | "lose and come back":
                yield kind, number, random.randrange(6)
            case _:
                yield kind, number


_WEIGHTS = {
    "update": 6,
    "write": 4,
    "answer": 5,
    "custom": 2,
    "open": 0.5,
    "close": 0.2,
    "print": 1,
    "pull": 6,
    "catch up": 1.5,
    "lose": 0.5,
    "lose and come back": 1.5,
    "come back": 2,
    "confirm": 2,
}


class Wire:
    """A client's connection whose frames are on their way for a while, and can be lost there."""

    def __init__(self, here: Scene, client_id: str) -> None:
        self._here = here
        self.client = here.join(client_id)
        self._on_its_way: list[Frame] = []
        self.connected = True

    def pull(self, count: int) -> None:
        """The socket writes some more, and what it wrote before arrives."""
        self.deliver(len(self._on_its_way))
        while self.connected and count and (frame := self.client.connection.next_nowait()) is not None:
            self._on_its_way.append(frame)
            count -= 1

    def catch_up(self) -> None:
        """The socket writes everything, and everything arrives: now the client holds what the session holds."""
        if self.connected:
            self.pull(EVERYTHING)
            self.deliver(EVERYTHING)
            assert self.client.replay == self._here.session.replay

    def deliver(self, count: int) -> None:
        for frame in self._on_its_way[:count]:
            self._take(frame)
        del self._on_its_way[:count]

    def _take(self, frame: Frame) -> None:
        notification = self.client.take(frame)
        if isinstance(notification, ModelLifecycle) and isinstance(notification.message, ModelCustomMessage):
            # It comes after all updates that were sent before it, and before all that were sent after it.
            _, held_then, _ = self.client.customs[-1].content
            assert states_in(self.client.replay.snapshot())[notification.model_id] == held_then

    def lose(self, count: int) -> None:
        """The connection breaks; only some of what was on its way arrived."""
        if self.connected:
            self.deliver(count)
            self._on_its_way.clear()
            self._here.session.leave(self.client.connection)
            self.connected = False

    def come_back(self) -> None:
        if not self.connected:
            self.client.connect(self._here.session.join(self.client.client_id, self.client.seq))
            self.connected = True
            self.client.send_again()

    def finish(self) -> None:
        self.come_back()
        self.catch_up()


class World:
    """A kernel that really holds values, and two clients."""

    def __init__(self, here: Scene) -> None:
        self.here = here
        self.wires = [Wire(here, "A"), Wire(here, "B")]
        self.truth: dict[str, dict[str, Any]] = {}
        self.said: list[Custom] = []
        self.handled: list[tuple[str, int]] = []
        self._opened = 0
        self._written = 0
        self._names = dict.fromkeys(MODELS, "")

    async def do(self, step: Step) -> None:  # noqa: PLR0912 - one case for each kind of step
        match step:
            case "open", name:
                self._open(name)
            case "update", name, key, value:
                self._update(self._names[name], key, value)
            case "custom", name, size:
                self._custom(self._names[name], size)
            case "close", name:
                self._close(self._names[name])
            case "print", text:
                console = CellConsole(stream="stdout", text=text)
                self.here.kernel.say(CellLifecycle(cell_id="c", message=console))
            case "catch up", number:
                self.wires[number].catch_up()
            case "pull", number, count:
                self.wires[number].pull(count)
            case "lose", number, count:
                self.wires[number].lose(count)
            case "lose and come back", number, count:
                self.wires[number].lose(count)
                self.wires[number].come_back()
            case "come back", number:
                self.wires[number].come_back()
            case "write", number, name, key:
                self._write(self.wires[number], self._names[name], key)
            case "answer", status:
                await self._answer(status)
            case "confirm", number:
                if self.wires[number].connected:
                    self.wires[number].client.confirm()
        await settle()

    async def finish(self) -> None:
        while await self._answer("accepted"):
            pass
        for wire in self.wires:
            wire.come_back()
        await settle()
        while await self._answer("accepted"):
            pass
        for wire in self.wires:
            wire.finish()

    def _open(self, name: str) -> None:
        self._close(self._names[name])
        self._opened += 1
        model_id = self._names[name] = f"{name}-{self._opened}"
        self.truth[model_id] = dict.fromkeys(KEYS, 0)
        self.here.kernel.open(model_id, **self.truth[model_id])

    def _update(self, model_id: str, key: str, value: Any) -> None:
        if model_id in self.truth:
            self.truth[model_id][key] = value
            self.here.kernel.update(model_id, **{key: value})

    def _custom(self, model_id: str, size: int) -> None:
        if model_id in self.truth:
            content = [len(self.said), self.truth[model_id].copy(), "x" * size]
            self.said.append(Custom(0, model_id, content, ()))
            self.here.kernel.custom(model_id, content)

    def _close(self, model_id: str) -> None:
        if self.truth.pop(model_id, None) is not None:
            self.here.kernel.close(model_id)

    def _write(self, wire: Wire, model_id: str, key: str) -> None:
        if wire.connected and wire.client.replay.is_open(model_id):
            # The value says whose command it is, and which.
            self._written += 1
            wire.client.write(model_id, **{key: [wire.client.client_id, self._written]})

    async def _answer(self, status: Any) -> bool:
        """The kernel handles the next command, if there is one."""
        try:
            async with asyncio.timeout(0):
                command = await self.here.kernel.model_command()
        except TimeoutError:
            return False
        self._handle(command, status)
        await settle()
        return True

    def _handle(self, command: ModelCommand, status: Any) -> None:
        held = self.truth.get(command.model_id)
        if held is None or status == "rejected":
            self.here.kernel.answer(command, "rejected")
            return
        assert isinstance(command.message, ModelUpdateRequest)
        ((key, raw),) = command.message.state.items()
        value = msgspec.json.decode(raw)
        self.handled.append(tuple(value))
        held[key] = value if status == "accepted" else "corrected"
        correction = {} if status == "accepted" else {key: held[key]}
        self.here.kernel.answer(command, status, **correction)


def states_in(events: Iterable[Event]) -> dict[str, dict[str, Any]]:
    return {
        event.model_id: event.message.into_state()
        for event in events
        if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
    }


def check_customs(world: World, client: RecordingClient) -> None:
    """In order, once each; whatever is missing for a model that is still there was announced (promise 3)."""
    got = [custom.content[0] for custom in client.customs]
    assert got == sorted(set(got))
    announced = {model_id for gap in client.gaps for model_id in gap.model_ids}
    for custom in world.said:
        if custom.content[0] not in got and custom.model_id in world.truth:
            assert custom.model_id in announced


def check_own_writes(world: World, client: RecordingClient) -> None:
    """Each was handled once and answered; none came back as a change (promise 4)."""
    assert not client.unanswered
    handled = [number for client_id, number in world.handled if client_id == client.client_id]
    assert handled == sorted(set(handled))
    answered = {n.seq for n in client.of(ModelAck)}
    changed = {n.seq for n in client.of(ModelLifecycle) if isinstance(n.message, ModelUpdateMessage)}
    assert not answered & changed


@pytest.mark.parametrize("limits", SETTINGS, ids=["tiny", "small", "long log", "roomy"])
@pytest.mark.parametrize("seed", range(30))
async def test_in_the_end_kernel_session_and_clients_hold_the_same(seed: int, limits: SessionSettings) -> None:
    async with scene(settings=limits) as here:
        world = World(here)
        for step in [("open", "m1"), ("open", "m2"), ("catch up", 0), ("catch up", 1), *steps(Random(seed))]:
            await world.do(step)
        await world.finish()
        assert states_in(here.session.replay.snapshot()) == world.truth
        for wire in world.wires:
            assert states_in(wire.client.replay.snapshot()) == world.truth
            check_customs(world, wire.client)
            check_own_writes(world, wire.client)
