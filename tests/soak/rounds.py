"""One round of a long life: everything that clients do to a session, and then all agree."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyhost.protocol.messages import KernelStatus, Restart
from anyhost.testing.remote import RemoteClient

PATIENCE = 60.0
"""How long anything may take that has to happen, in seconds: the machine may be busy with other things."""
BLOB = 512 << 10


class Life:
    """A session that lives for the whole run, with one client that always stays."""

    def __init__(self, address: str, resident: RemoteClient, worker: str) -> None:
        self._address = address
        self._resident = resident
        self._worker = worker
        self._asked = 0
        self.counts: Counter[str] = Counter()

    @property
    def kernel_pid(self) -> int:
        return int(self._value(self._resident, "pid"))

    async def round(self, number: int) -> None:
        """Writes, refusals, binary both ways, floods, models that come and go, and clients that do."""
        resident = self._resident
        await resident.write(self._worker, free=number)
        refused = await resident.write(self._worker, even=2 * number + 1)
        assert refused.status == "corrected", refused
        await self._ask("loop", count=200, round=number)
        await self._ask("churn", count=5)
        await self._ask("echo", bytes([number % 251]) * BLOB, round=number)
        await self._ask("fill", round=number, size=200_000)
        await self._ask("print", size=20_000)
        await self._come_and_go(number)
        await self._drop_and_resume(number)
        await self._agree()
        self._forget(resident)
        self.counts["rounds"] += 1

    async def _ask(self, what: str, *buffers: bytes, **how: Any) -> None:
        self._asked += 1
        ack = await self._resident.say(self._worker, {"do": what, **how}, buffers)
        assert ack.error is None, ack.error
        self.counts[what] += 1

    async def _come_and_go(self, number: int) -> None:
        """A page that opens late, does something, is refreshed, and closes or is lost."""
        page = RemoteClient(self._address, session_id=self._resident.session_id)
        async with page.connected():
            await page.until(lambda: page.seq, PATIENCE)
            await page.write(self._worker, even=2 * number)
            await page.confirm()
        again = RemoteClient(self._address, session_id=page.session_id, previous=page.client_id)
        async with again.connected():
            await again.until(lambda: again.seq, PATIENCE)
            assert again.session_id == page.session_id
            assert self._value(again, "even") == 2 * number
            if number % 2:
                await again.say_goodbye()
        self.counts["pages"] += 2

    async def _drop_and_resume(self, number: int) -> None:
        """A client whose connection breaks while it writes: it is answered when it is back, once."""
        page = RemoteClient(self._address, session_id=self._resident.session_id)
        async with page.connected():
            await page.until(lambda: page.seq, PATIENCE)
            answer = await page.begin(page.writing(self._worker, free=["dropped", number]))
        async with page.connected():
            await page.until(lambda: page.seq, PATIENCE)
            await page.send_again()
            await asyncio.wait_for(answer, PATIENCE)
        self.counts["drops"] += 1

    async def _agree(self) -> None:
        """Who joins now sees what those see who were there all along (promise 2)."""
        done, late = self._asked, RemoteClient(self._address, session_id=self._resident.session_id)
        await self._resident.until(lambda: self._value(self._resident, "done") == done, PATIENCE)
        async with late.connected():
            await late.until(lambda: late.seq, PATIENCE)
            place = late.seq or 0
            await self._resident.until(lambda: (self._resident.seq or 0) >= place, PATIENCE)
            assert late.replay == self._resident.replay
        self.counts["agreements"] += 1

    def _value(self, client: RemoteClient, key: str) -> Any:
        return (client.state_of(self._worker) or {}).get(key)

    def _forget(self, client: RemoteClient) -> None:
        client.received.clear()
        client.customs.clear()


@asynccontextmanager
async def life(address: str) -> AsyncIterator[Life]:
    resident = RemoteClient(address)
    async with resident.connected():
        yield Life(address, resident, await worker_of(resident))


async def short_life(address: str, *, restart: bool) -> None:
    """A session of its own from its first page to the goodbye of its last, with a fault on the way."""
    page = RemoteClient(address)
    async with page.connected():
        worker = await worker_of(page)
        assert (await page.say(worker, {"do": "nothing of the kind"})).error is not None
        await page.say(worker, {"do": "fill", "round": 1, "size": 100_000})
        if restart:
            page.received.clear()
            await page.command(Restart())
            await page.until(lambda: any(status.status == "starting" for status in page.of(KernelStatus)), PATIENCE)
            worker = await worker_of(page)
            await page.write(worker, even=2)
        await page.say_goodbye()


async def worker_of(client: RemoteClient) -> str:
    """The worker of the notebook, once all its cells have run."""

    def found() -> str | None:
        status = client.replay.kernel
        assert status is None or status.status != "dead", status
        idle = status is not None and status.status == "idle"
        states = ((model_id, client.state_of(model_id) or {}) for model_id in client.replay.model_ids)
        return next((model_id for model_id, state in states if "done" in state), None) if idle else None

    model_id = await client.until(found, PATIENCE)
    assert model_id is not None
    return model_id
