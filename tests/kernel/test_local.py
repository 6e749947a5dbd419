"""Kernels in this process, several at once (`design.md`, section 4)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import comm
import ipywidgets
import pytest

from anyhost.kernel.local import LocalKernel
from anyhost.protocol.messages import (
    KernelMessage,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateRequest,
)
from anyhost.testing.kernel import raw_state

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def started() -> AsyncIterator[LocalKernel]:
    kernel = await LocalKernel().start()
    try:
        yield kernel
    finally:
        await kernel.aclose()


async def said(kernel: LocalKernel, model_id: str, kind: type[Any]) -> KernelMessage:
    """The next message of this kind for a model."""
    async with asyncio.timeout(5):
        while True:
            message = await kernel.channel.receive()
            body = getattr(message, "message", message)
            if getattr(message, "model_id", None) == model_id and isinstance(body, kind):
                return message


def slider(kernel: LocalKernel, value: int = 0) -> ipywidgets.IntSlider:
    with kernel.active():
        return ipywidgets.IntSlider(value=value)


async def test_each_kernel_has_the_widgets_that_were_made_in_its_context() -> None:
    async with started() as one, started() as other:
        made, theirs = slider(one), slider(other)
        assert made.model_id in one.models and made.model_id not in other.models
        assert theirs.model_id in other.models and theirs.model_id not in one.models
        await said(one, made.model_id, ModelOpenMessage)


async def test_a_widget_that_no_session_makes_is_left_to_who_was_there_before() -> None:
    """P5."""
    before = comm.create_comm
    async with started() as kernel:
        outside = ipywidgets.IntSlider()
        assert type(outside.comm).__name__ == "DummyComm"
        assert outside.model_id not in kernel.models
        outside.close()
    assert comm.create_comm is before


async def test_a_clients_write_is_applied_and_answered_and_other_kernels_refuse_it() -> None:
    """Promise 4, and section 6: a command reaches only models of its own session."""
    async with started() as one, started() as other:
        made = slider(one)
        update = ModelUpdateRequest(state=raw_state(value=7))
        for number, kernel in enumerate((one, other), 1):
            kernel.channel.send(ModelCommand(model_id=made.model_id, message=update, command_id=number))
        ack, refusal = [await said(kernel, made.model_id, ModelAck) for kernel in (one, other)]
        assert isinstance(ack, ModelAck) and isinstance(refusal, ModelAck)
        assert (ack.status, made.value, refusal.status) == ("accepted", 7, "rejected")


async def test_what_an_observer_makes_belongs_to_its_kernel_in_threads_too() -> None:
    async with started() as kernel:
        made = slider(kernel)
        found: list[str] = []

        def make() -> None:
            found.append(ipywidgets.IntSlider().model_id)

        def observe(_change: object) -> None:
            make()
            thread = threading.Thread(target=make)
            thread.start()
            thread.join()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(make).result()

        made.observe(observe, "value")
        update = ModelUpdateRequest(state=raw_state(value=1))
        kernel.channel.send(ModelCommand(model_id=made.model_id, message=update, command_id=1))
        await said(kernel, made.model_id, ModelAck)
        assert len(found) == 3
        assert all(model_id in kernel.models for model_id in found)


async def test_an_observer_that_raises_is_logged_and_named_in_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Promise 9."""
    async with started() as kernel:
        made = slider(kernel)
        made.observe(lambda _change: 1 // 0, "value")
        update = ModelUpdateRequest(state=raw_state(value=1))
        kernel.channel.send(ModelCommand(model_id=made.model_id, message=update, command_id=1))
        ack = await said(kernel, made.model_id, ModelAck)
        assert isinstance(ack, ModelAck)
        assert ack.error is not None and "ZeroDivisionError" in ack.error
        assert "ZeroDivisionError" in caplog.text


async def test_its_end_closes_its_widgets_and_nobody_elses() -> None:
    """Promise 10."""
    async with started() as other:
        theirs = slider(other)
        async with started() as kernel:
            made = slider(kernel)
            model_id = made.model_id
        assert made.comm is None
        assert theirs.comm is not None
        closed = await said(kernel, model_id, ModelCloseMessage)
        assert isinstance(closed, ModelLifecycle)
        assert kernel.closed and await kernel.wait() == "ended"
