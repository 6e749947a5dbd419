"""A kernel's models with nothing around them, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from anyhost.kernel.current import Running, running
from anyhost.kernel.models import Models
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    KernelMessage,
    ModelAck,
    ModelCommand,
    ModelCustomRequest,
    ModelLifecycle,
    ModelRequest,
    ModelUpdateRequest,
    ModuleSource,
)


class RecordingKernel:
    """A kernel's models with nothing around them: it keeps what they publish, and what users' code raised."""

    def __init__(self) -> None:
        self.published: list[KernelMessage] = []
        self.errors: list[BaseException] = []
        self.models = Models(self, self.published.append)

    def show_error(self, error: BaseException) -> None:
        self.errors.append(error)

    @contextmanager
    def cell(self, cell_id: str = "a") -> Iterator[None]:
        token = running.set(Running(self, cell_id))
        try:
            yield
        finally:
            running.reset(token)

    def of(self, widget: Any) -> list[Any]:
        """What was said of one widget's model, in order."""
        model_id = widget if isinstance(widget, str) else widget.model_id
        return [m.message for m in self.published if isinstance(m, ModelLifecycle) and m.model_id == model_id]

    def manager_size(self) -> int:
        return len(self.models.manager.comms)

    def modules(self) -> list[ModuleSource]:
        return [m for m in self.published if isinstance(m, ModuleSource)]

    def write(self, model_id: str, state: str, *, paths: list[Any] | None = None, buffers: Any = ()) -> ModelAck:
        """A client writes this JSON; the answer."""
        values = msgspec.json.decode(state, type=dict[str, msgspec.Raw])
        return self.handle(model_id, ModelUpdateRequest(state=values, buffer_paths=paths or []), buffers)

    def write_together(self, model_id: str, *states: str) -> list[ModelAck]:
        """Clients have written each of these, and they have waited together; the answers."""
        values = [msgspec.json.decode(state, type=dict[str, msgspec.Raw]) for state in states]
        return self.handle_together(model_id, [(ModelUpdateRequest(state=state), ()) for state in values])

    def send(self, model_id: str, content: str, buffers: Any = ()) -> ModelAck:
        """A client sends this JSON as a custom message; the answer."""
        return self.handle(model_id, ModelCustomRequest(content=msgspec.Raw(content.encode())), buffers)

    def handle(self, model_id: str, request: ModelRequest, buffers: Any) -> ModelAck:
        self.models.handle(ModelCommand(model_id=model_id, command_id=7, message=request, buffers=Buffers(buffers)))
        (ack,) = self._take_acks()
        return ack

    def handle_together(self, model_id: str, requests: list[tuple[ModelUpdateRequest, Any]]) -> list[ModelAck]:
        """Neighbouring updates, numbered from 1; the answers."""
        self.models.handle(
            *(
                ModelCommand(model_id=model_id, command_id=number, message=request, buffers=Buffers(buffers))
                for number, (request, buffers) in enumerate(requests, 1)
            )
        )
        return self._take_acks()

    def _take_acks(self) -> list[ModelAck]:
        acks = [m for m in self.published if isinstance(m, ModelAck)]
        self.published[:] = [m for m in self.published if not isinstance(m, ModelAck)]
        return acks
