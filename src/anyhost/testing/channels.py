"""The check that every implementation of `Channel` runs through."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import Raw

from anyhost.channels import Channel, ChannelClosed
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    KernelCommand,
    KernelMessage,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
)

SessionEnd: TypeAlias = Channel[KernelCommand, KernelMessage]
KernelEnd: TypeAlias = Channel[KernelMessage, KernelCommand]
MakePair: TypeAlias = Callable[[], Awaitable[tuple[SessionEnd, KernelEnd]]]
"""Makes the two joined ends of a new channel, in the running loop."""

PATIENCE = 10.0
"""How long anything may take before the check fails, in seconds."""


async def check_channel(make_pair: MakePair) -> None:
    """Raise `AssertionError` where a channel does not keep what `Channel` promises, `TimeoutError` where it hangs."""
    for check in (
        _order_is_kept_both_ways,
        _buffers_arrive_byte_for_byte,
        _what_was_sent_before_the_end_arrives,
        _both_ends_say_that_they_are_closed,
        _aclose_is_idempotent,
        _any_thread_may_send,
        _a_cancelled_receive_loses_nothing,
    ):
        session, kernel = await make_pair()
        try:
            async with asyncio.timeout(PATIENCE):
                await check(session, kernel)
        finally:
            await asyncio.gather(session.aclose(), kernel.aclose())


def command(number: int, *buffers: bytes) -> ModelCommand:
    """A message for a kernel that can be told from others."""
    return ModelCommand(
        model_id="m", command_id=number, message=ModelCustomRequest(content=Raw(b"{}")), buffers=Buffers(buffers)
    )


def notification(number: int, *buffers: bytes) -> ModelLifecycle:
    """A message from a kernel that can be told from others."""
    return ModelLifecycle(
        seq=number, model_id="m", message=ModelCustomMessage(content=Raw(b"{}"), buffers=Buffers(buffers))
    )


async def _order_is_kept_both_ways(session: SessionEnd, kernel: KernelEnd) -> None:
    for number in range(500):
        session.send(command(number))
        kernel.send(notification(number))
    assert [await kernel.receive() for _ in range(500)] == [command(number) for number in range(500)]
    assert [await session.receive() for _ in range(500)] == [notification(number) for number in range(500)]


async def _buffers_arrive_byte_for_byte(session: SessionEnd, kernel: KernelEnd) -> None:
    rng = random.Random(1)
    buffers = [b"", rng.randbytes(1), b"", rng.randbytes(5_000_000), *(rng.randbytes(7) for _ in range(1000)), b""]
    session.send(command(1, *buffers))
    kernel.send(notification(1, *buffers))
    session.send(command(2, b"", b""))
    kernel.send(notification(2))
    assert await kernel.receive() == command(1, *buffers)
    assert await session.receive() == notification(1, *buffers)
    assert await kernel.receive() == command(2, b"", b"")
    assert await session.receive() == notification(2)


async def _what_was_sent_before_the_end_arrives(session: SessionEnd, kernel: KernelEnd) -> None:
    large = bytes(3_000_000)
    kernel.send(notification(1, large))
    kernel.send(notification(2))
    closing = asyncio.create_task(kernel.aclose())
    assert await session.receive() == notification(1, large)
    assert await session.receive() == notification(2)
    await closing
    await _expect_closed(session.receive)


async def _both_ends_say_that_they_are_closed(session: SessionEnd, kernel: KernelEnd) -> None:
    waiting = asyncio.create_task(session.receive())
    await asyncio.sleep(0)
    await session.aclose()
    await _expect_closed(lambda: waiting)
    await _expect_closed(session.receive)
    await _expect_closed(kernel.receive)
    for end, message in ((session, command(1)), (kernel, notification(1))):
        try:
            end.send(message)  # type: ignore[arg-type]
        except ChannelClosed as error:
            assert str(error), "a ChannelClosed says which end closed"
        else:
            raise AssertionError("sending on a closed channel: expected ChannelClosed, got nothing")


async def _aclose_is_idempotent(session: SessionEnd, kernel: KernelEnd) -> None:
    await asyncio.gather(session.aclose(), session.aclose(), kernel.aclose())
    await session.aclose()
    await kernel.aclose()


async def _any_thread_may_send(session: SessionEnd, kernel: KernelEnd) -> None:
    def talk() -> None:
        for number in range(200):
            session.send(command(number))
            kernel.send(notification(number, bytes(1000)))

    talking = asyncio.create_task(asyncio.to_thread(talk))
    assert [await kernel.receive() for _ in range(200)] == [command(number) for number in range(200)]
    expected = [notification(number, bytes(1000)) for number in range(200)]
    assert [await session.receive() for _ in range(200)] == expected
    await talking


async def _a_cancelled_receive_loses_nothing(session: SessionEnd, kernel: KernelEnd) -> None:
    for number in range(20):
        waiting = asyncio.create_task(session.receive())
        await asyncio.sleep(0)
        kernel.send(notification(number))
        waiting.cancel()
        try:
            received = await waiting
        except asyncio.CancelledError:
            received = await session.receive()
        assert received == notification(number)


async def _expect_closed(receive: Callable[[], Awaitable[object]]) -> None:
    try:
        message = await receive()
    except ChannelClosed as error:
        assert str(error), "a ChannelClosed says which end closed"
    else:
        raise AssertionError(f"receiving on a closed channel: expected ChannelClosed, got {message!r}")
