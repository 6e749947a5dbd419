"""One widget, as a client has it: its state, what it may do, and what comes of that."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from anyhost.kernel.invocations import REQUEST, RESPONSE
from anyhost.protocol.messages import ModelAck, ModelCommand
from anyhost.protocol.parts import take_parts, update_of

from .folding import Custom
from .remote import Refused, RemoteClient

State: TypeAlias = dict[str, Any]


class Corrected(Exception):
    """Python holds other values than those that were written.

    `state` has them; `unknown` are the keys that no trait of the widget has; `error` is what was raised, if anything
    was, such as a validator's `TraitError`.
    """

    def __init__(self, wrote: State, state: State, unknown: Sequence[str], error: str | None) -> None:
        differences = [f"{key}: wrote {wrote.get(key)!r}, Python holds {state[key]!r}" for key in state]
        differences += [f"{key}: there is no such trait" for key in unknown]
        super().__init__("; ".join(differences) + (f" ({error})" if error else ""))
        self.state = state
        self.unknown = list(unknown)
        self.error = error


class Raised(Exception):
    """Python took what was sent, and an observer or a handler of it raised this."""


class CommandFailed(Exception):
    """A command (`anywidget.experimental.command`) raised, or there is none: `name` is the error's class."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class Widget:
    """A widget of a session, in the hands of one client. Made by `Client.widget` and `Client.model`.

    It has what a page has: values as they came over the wire (binary as `memoryview`, children as references),
    its own writes as they were answered. What is awaited raises `ConnectionError` when the connection has ended.
    """

    def __init__(self, model_id: str, remote: RemoteClient, patience: float) -> None:
        self.model_id = model_id
        self._remote = remote
        self._patience = patience
        self._taken = 0

    def __repr__(self) -> str:
        return f"<Widget {self.kind if self.is_open else 'closed'} {self.model_id}>"

    # ---- its state

    @property
    def is_open(self) -> bool:
        return self._remote.replay.is_open(self.model_id)

    @property
    def state(self) -> State:
        """All of its state. Raises `LookupError` when it has closed."""
        state = self._remote.state_of(self.model_id)
        if state is None:
            raise LookupError(f"the widget {self.model_id} is not open (any more)")
        return state

    @property
    def kind(self) -> str:
        """Its class, `my_module.Counter`, as far as the front end knows it."""
        state = self.state
        named = state.get("_anywidget_id")
        return str(named or ".".join(str(state[key]) for key in ("_model_module", "_model_name") if state.get(key)))

    def get(self, key: str) -> Any:
        """The value of one trait. Raises `LookupError` where there is none of this name, or no widget any more."""
        state = self.state
        if key not in state:
            shown = ", ".join(sorted(name for name in state if not name.startswith("_")))
            raise LookupError(f"{self.kind} has no trait {key!r}; it has {shown or 'none'}")
        return state[key]

    async def until(self, condition: Callable[[State], object] | None = None, /, **values: Any) -> State:
        """Wait until `condition(state)` is true, or until these traits have these values; return the state.

        `await counter.until(count=3)`, `await counter.until(lambda state: state["count"] > 3)`. Raises
        `TimeoutError`, which says how it was in the end.
        """

        def holds() -> bool:
            state = self.state
            return all(key in state and bool(state[key] == values[key]) for key in values) and (
                condition is None or bool(condition(state))
            )

        try:
            await self._remote.until(holds, self._patience)
        except TimeoutError:
            raise TimeoutError(f"waited in vain for {self._patience:g} s; the state is {self.state}") from None
        return self.state

    # ---- what it may do

    async def set(self, /, **values: Any) -> None:
        """Write traits, as a page does, and wait for the answer (promise 4).

        Returns when Python has them as they were written. Raises `Corrected` when it holds something else, `Raised`
        when it has them and an observer raised, `Refused` when nothing was applied.
        """
        ack = await self._answer(self._remote.writing(self.model_id, **values))
        if ack.status == "corrected":
            known = self.state
            held = update_of(take_parts(ack)).into_state()
            raise Corrected(values, held, [key for key in values if key not in known], ack.error)
        if ack.error:
            raise Raised(ack.error)

    async def send(self, content: Any, buffers: Sequence[bytes] = ()) -> None:
        """Send a custom message (the page's `model.send`), and wait until Python has handled it.

        Raises `Raised` for what a handler raised, and `Refused`.
        """
        ack = await self._answer(self._remote.saying(self.model_id, content, tuple(buffers)))
        if ack.error:
            raise Raised(ack.error)

    async def message(self) -> Custom:
        """The next custom message from Python (`content`, `buffers`), from the first that came since this client has
        connected. Answers to `invoke` are left out. Raises `TimeoutError`."""
        return await self._remote.until(self._next_message, self._patience)

    async def invoke(self, name: str, msg: Any = None, buffers: Sequence[bytes] = ()) -> tuple[Any, list[bytes]]:
        """Ask a command of the widget (the page's `experimental.invoke`); return its response and buffers.

        Raises `CommandFailed`, `Refused` and `TimeoutError`.
        """
        number = str(uuid.uuid4())
        request = {"id": number, "kind": REQUEST, "name": name, "msg": msg}
        # What the command raises is in its answer, too, by its own name.
        await self._answer(self._remote.saying(self.model_id, request, tuple(buffers)))
        answer = await self._remote.until(lambda: self._answer_to(number), self._patience)
        error = answer.content.get("error")
        if error:
            raise CommandFailed(str(error.get("name")), str(error.get("message")))
        return answer.content.get("response"), list(answer.buffers)

    async def _answer(self, command: ModelCommand) -> ModelAck:
        answer = await self._remote.begin(command)
        await self._remote.until(answer.done, self._patience)
        ack = answer.result()
        if ack.status == "rejected":
            raise Refused(ack.error or f"the widget {self.model_id} is not open (any more)")
        return ack

    def _next_message(self) -> Custom | None:
        while self._taken < len(self._remote.customs):
            custom = self._remote.customs[self._taken]
            self._taken += 1
            if custom.model_id == self.model_id and not _is_answer(custom.content):
                return custom
        return None

    def _answer_to(self, number: str) -> Custom | None:
        mine = (custom for custom in reversed(self._remote.customs) if custom.model_id == self.model_id)
        return next((each for each in mine if _is_answer(each.content) and each.content.get("id") == number), None)


def _is_answer(content: Any) -> bool:
    return isinstance(content, dict) and content.get("kind") == RESPONSE
