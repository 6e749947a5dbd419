"""What a page of classic widgets knows of a kernel's models, and what it does to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from notebooks import Conversation, kernel_in

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
)

START = (
    "import ipywidgets as w\nfrom IPython.display import clear_output, display\n"
    "from ipywidgets import fixed, interact, interact_manual, interactive, interactive_output\n"
)
"""What a notebook of classic widgets begins with."""


class Page:
    """What a page knows of the models of a kernel, and what it does to them."""

    def __init__(self, kernel: Conversation) -> None:
        self.kernel = kernel
        self._sent = 1_000

    def _lifecycles(self, since: int = 0) -> list[ModelLifecycle]:
        return [message for message in self.kernel.messages[since:] if isinstance(message, ModelLifecycle)]

    def opened(self) -> dict[str, ModelOpenMessage]:
        """By id, in the order in which they opened."""
        return {
            each.model_id: each.message for each in self._lifecycles() if isinstance(each.message, ModelOpenMessage)
        }

    def models(self, name: str) -> list[str]:
        return [each for each, message in self.opened().items() if message.into_state()["_model_name"] == name]

    def model(self, name: str) -> str:
        """The one that opened last under this name: what is inside a control opens before it."""
        return self.models(name)[-1]

    def live(self) -> set[str]:
        """The ids of the models that are open now."""
        ids: set[str] = set()
        for each in self._lifecycles():
            if isinstance(each.message, ModelOpenMessage):
                ids.add(each.model_id)
            elif isinstance(each.message, ModelCloseMessage):
                ids.remove(each.model_id)
        return ids

    def state(self, model_id: str) -> dict[str, Any]:
        """What the page has of it: all that it was told, and nothing that it wrote itself."""
        held: dict[str, Any] = {}
        for each in self._lifecycles():
            if each.model_id == model_id and isinstance(each.message, ModelOpenMessage | ModelUpdateMessage):
                held |= each.message.into_state()
        return held

    def said(self, model_id: str) -> list[Any]:
        """The custom messages of a model, without their binary."""
        return [
            msgspec.json.decode(each.message.content)
            for each in self._lifecycles()
            if each.model_id == model_id and isinstance(each.message, ModelCustomMessage)
        ]

    def binaries(self, model_id: str) -> list[bytes]:
        """What came with the custom messages of a model."""
        return [
            bytes(buffer)
            for each in self._lifecycles()
            if each.model_id == model_id and isinstance(each.message, ModelCustomMessage)
            for buffer in each.message.buffers
        ]

    def updates(self, model_id: str, since: int = 0) -> list[dict[str, Any]]:
        return [
            each.message.into_state()
            for each in self._lifecycles(since)
            if each.model_id == model_id and isinstance(each.message, ModelUpdateMessage)
        ]

    async def write(
        self, model_id: str, state: dict[str, Any], paths: list[Any] | None = None, buffers: list[bytes] | None = None
    ) -> ModelAck:
        parts = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in state.items()}
        return await self._answer(model_id, ModelUpdateRequest(state=parts, buffer_paths=paths or []), buffers)

    async def say(self, model_id: str, content: Any) -> ModelAck:
        return await self._answer(model_id, ModelCustomRequest(content=msgspec.Raw(msgspec.json.encode(content))))

    async def _answer(self, model_id: str, message: Any, buffers: list[bytes] | None = None) -> ModelAck:
        self._sent += 1
        number = self._sent
        sent = ModelCommand(model_id=model_id, command_id=number, message=message, buffers=Buffers(buffers or []))
        self.kernel.channel.send(sent)
        ack: ModelAck = await self.kernel.until(lambda answer: getattr(answer, "command_id", None) == number)
        return ack


@asynccontextmanager
async def cells_run(folder: Path, *cells: str, ran: str = "") -> AsyncIterator[tuple[Conversation, Page]]:
    """A kernel in which these cells (a, b, c, ...) have run, or of them those of `ran`, and a page of it."""
    async with kernel_in(folder) as kernel:
        await kernel.edit(*cells)
        await kernel.run_cells(*ran, which="these" if ran else "all")
        yield kernel, Page(kernel)
