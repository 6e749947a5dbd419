"""Kernels for tests of what hosts one: they run the source that a command carries, and answer with its `result`."""

from __future__ import annotations

import ast
import asyncio
import json
import os
from types import CodeType
from typing import Any

from msgspec import Raw

from anyhost.channels import Channel, ChannelClosed
from anyhost.kernel.bypass import Bypass
from anyhost.kernel.handle import KernelHandle
from anyhost.kernel.interruption import Interruption
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    KernelCommand,
    KernelMessage,
    KernelReady,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    Shutdown,
)


async def main(channel: Channel[KernelMessage, KernelCommand], interruption: Interruption, _bypass: Bypass) -> None:
    channel.send(KernelReady(pid=os.getpid()))
    cells: set[asyncio.Task[None]] = set()
    while True:
        try:
            command = await channel.receive()
        except ChannelClosed:
            return
        match command:
            case Shutdown():
                return
            case ModelCommand(message=ModelCustomRequest(content=content), command_id=number):
                task = asyncio.create_task(_run(json.loads(bytes(content)), number or 0, channel, interruption))
                cells.add(task)
                task.add_done_callback(cells.discard)


async def _run(
    source: str, number: int, channel: Channel[KernelMessage, KernelCommand], interruption: Interruption
) -> None:
    names: dict[str, Any] = {"result": None, "channel": channel, "reply": reply}
    code = compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    try:
        with interruption.allowed():
            await _execute(code, names)
    except KeyboardInterrupt:
        names["result"] = "interrupted"
    except Exception as error:  # noqa: BLE001 - a cell's
        names["result"] = repr(error)
    channel.send(reply(number, names["result"]))


async def _execute(code: CodeType, names: dict[str, Any]) -> None:
    running = eval(code, names)
    if running is not None:
        await running


def reply(number: int, result: Any, *buffers: Any) -> ModelLifecycle:
    message = ModelCustomMessage(content=Raw(json.dumps(result).encode()), buffers=Buffers(buffers))
    return ModelLifecycle(seq=number, model_id="m", message=message)


# ---- The session's side --------------------------------------------------------------------------


async def ready(kernel: KernelHandle) -> int:
    """Wait until it is; its pid."""
    message = await kernel.channel.receive()
    assert isinstance(message, KernelReady)
    return message.pid


def tell(kernel: KernelHandle, source: str, number: int = 1) -> None:
    """Run this, without waiting for an answer."""
    content = Raw(json.dumps(source).encode())
    kernel.channel.send(ModelCommand(model_id="m", command_id=number, message=ModelCustomRequest(content=content)))


async def answer(kernel: KernelHandle) -> Any:
    """The next `result`."""
    message = await asyncio.wait_for(kernel.channel.receive(), 10)
    assert isinstance(message, ModelLifecycle)
    assert isinstance(message.message, ModelCustomMessage)
    return json.loads(bytes(message.message.content))


async def ask(kernel: KernelHandle, source: str) -> Any:
    tell(kernel, source)
    return await answer(kernel)
