"""Plays one interleaving on a stage, waits until all is quiet, and says what everyone then holds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from interleavings import Interleaving, Step
from pages import Reports, Said
from stage import PATIENCE, House, Stage


@dataclass
class Outcome:
    """What everyone holds and has heard in the end."""

    models: list[str]
    kernel: list[Any]
    """By thing: `state`, and `heard`: what arrived of clients, as (their key, its number, its value then)."""
    session: dict[str, dict[str, Any]]
    clients: dict[int, Any]
    """By slot; see `client.ts`."""
    said: list[Said]
    from_the_start: dict[int, bool]
    """Whether a client was there from the beginning."""
    tried: dict[int, dict[str, set[Any]]]
    """What a client has set itself, by slot and key."""

    @property
    def had_refusal(self) -> bool:
        return any(client["statuses"] for client in self.clients.values())

    @property
    def gaps(self) -> bool:
        return any(model["gaps"] for client in self.clients.values() for model in client["models"].values())

    @property
    def had_custom(self) -> bool:
        return any(said.total for said in self.said) or any(thing["state"]["counter"] for thing in self.kernel)


class Play:
    """One interleaving under way."""

    def __init__(self, stage: Stage, house: House, interleaving: Interleaving, models: list[str]) -> None:
        self._stage = stage
        self._house = house
        self._models = models
        self._slots = range(interleaving.clients)
        self._from_the_start = dict.fromkeys(self._slots, True)
        self._tried: dict[int, dict[str, set[Any]]] = {slot: defaultdict(set) for slot in self._slots}
        self.drops = 0

    async def begin(self) -> None:
        for slot in self._slots:
            link = self._stage.links[slot]
            link.release()
            link.drop()  # Node keeps a connection that a page no longer wanted, and it may lead elsewhere
            link.target = self._house.port
            self._open(slot)
        await self._until_quiet()

    async def do(self, step: Step) -> None:
        kind, *rest = step
        await getattr(self, f"_do_{kind}", self._ask)(*([] if hasattr(self, f"_do_{kind}") else [kind]), *rest)

    async def finish(self) -> Outcome:
        """Let everything through and wait until nothing happens any more."""
        for slot in self._slots:
            for model in self._models:
                self._order("save", slot, model=model)
        told, (clients, said) = await self._until_quiet()
        outcome = Outcome(self._models, told, self._house.states(), clients, said, self._from_the_start, self._tried)
        for slot in self._slots:
            self._order("close", slot)
        return outcome

    async def _until_quiet(self) -> tuple[list[Any], Reports]:
        for slot in self._slots:
            self._stage.links[slot].release()
        sent = None
        while True:
            await self._house.handled()
            serial, told = await self._house.finish()
            reports = await self._stage.pages.quiet(self._house.director, serial, PATIENCE)
            # What arrived last may have made someone write again.
            if sent == (sent := [client["sent"] for client in reports.clients.values()]):
                return told, reports

    # ---- clients

    def _order(self, what: str, slot: int, **more: Any) -> None:
        self._stage.pages.order({"do": what, "slot": slot, **more})

    def _open(self, slot: int) -> None:
        base = f"http://127.0.0.1:{self._stage.links[slot].port}/"
        self._order("open", slot, base=base, session=self._house.session.session_id)

    def _model(self, thing: int) -> str:
        return self._models[thing % len(self._models)]

    def _slot(self, slot: int) -> int:
        return slot % len(self._slots)

    async def _do_set(self, slot: int, thing: int, values: dict[str, Any]) -> None:
        self._set(self._slot(slot), self._model(thing), values, save=False)

    async def _do_write(self, slot: int, thing: int, values: dict[str, Any]) -> None:
        self._set(self._slot(slot), self._model(thing), values, save=True)

    def _set(self, slot: int, model: str, values: dict[str, Any], *, save: bool) -> None:
        for key in values.keys() & {"even", "clamped"}:
            self._tried[slot][key].add(values[key])
        self._order("set", slot, model=model, values=values, save=save)

    async def _do_save(self, slot: int, thing: int) -> None:
        self._order("save", self._slot(slot), model=self._model(thing))

    async def _do_drag(self, slot: int, thing: int, count: int) -> None:
        values = [f"client {slot} at {number}" for number in range(count)]
        self._order("drag", self._slot(slot), model=self._model(thing), key="free", values=values)

    async def _do_say(self, slot: int, thing: int) -> None:
        self._order("say", self._slot(slot), model=self._model(thing))

    async def _do_wake(self, slot: int) -> None:
        self._order("wake", self._slot(slot))

    async def _do_reload(self, slot: int) -> None:
        slot = self._slot(slot)
        self._from_the_start[slot] = False
        self._order("close", slot)
        self._open(slot)

    # ---- connections

    async def _do_drop(self, slot: int) -> None:
        self.drops += 1
        self._stage.links[self._slot(slot)].drop()

    async def _do_cut(self, slot: int, direction: Any, nbytes: int) -> None:
        self.drops += 1
        self._stage.links[self._slot(slot)].cut(direction, nbytes)

    async def _do_hold(self, slot: int) -> None:
        self._stage.links[self._slot(slot)].hold("down")

    async def _do_stall(self, slot: int) -> None:
        self._stage.links[self._slot(slot)].hold("up")

    async def _do_release(self, slot: int) -> None:
        self._stage.links[self._slot(slot)].release()

    # ---- Python, and time

    async def _ask(self, kind: str, *arguments: Any) -> None:
        first, *rest = arguments
        self._house.ask(kind, *([first] if kind == "block" else [first % len(self._models), *rest]))

    async def _do_nothing(self) -> None:
        pass

    async def _do_settle(self) -> None:
        await self._house.handled()

    async def _do_rest(self) -> None:
        """Until Python has done all that it was asked, also what a cell does that runs."""
        await self._house.finish()

    async def _do_wait(self, milliseconds: int) -> None:
        await asyncio.sleep(milliseconds / 1000)


async def play(
    stage: Stage, interleaving: Interleaving, after_each: Callable[[], object] = lambda: None
) -> tuple[Outcome, Play]:
    """From fresh things and fresh clients to the end."""
    house = stage.houses[interleaving.house]
    playing = Play(stage, house, interleaving, await house.make(interleaving.things))
    await playing.begin()
    for step in interleaving.steps:
        await playing.do(step)
        after_each()
    return await playing.finish(), playing
