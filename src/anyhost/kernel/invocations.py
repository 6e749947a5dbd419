"""Questions of a page to a widget's commands (`experimental.invoke`, section I of the AFM table).

anywidget answers only a command that exists, returns, and returns well; every other question waits in
vain, an `async def` command is never run, and a base class's command wins over the subclass's. So the
first question to a widget takes the place of anywidget's own handler, and each gets exactly one reply: in
its place among the widget's other messages, or, from an `async def` command, when that is done (I10, I11).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

from .comm import WidgetComm
from .current import USER_ERRORS

REQUEST = "anywidget-command"
RESPONSE = "anywidget-command-response"

LIMIT = 1000
"""How many `async def` commands of one widget may be at work at once (promise 8)."""

PATIENCE = 2.5
"""How long a handler of the author's own has to answer what no `@command` does, in seconds: a little less than the
3 s for which a page waits on its own account (I4), so that it learns why."""

_UPSTREAM = "anywidget.experimental"
_MARK = "_anywidget_command"

Command: TypeAlias = Callable[[Any, Any, list[memoryview]], Any]


class CommandError(Exception):
    """No command answers the question, or none does any more."""


class Invocations:
    """The questions to one model.

    `show_error` shows what a command raised, at the cell that the widget belongs to.
    """

    def __init__(self, comm: WidgetComm, show_error: Callable[[BaseException], None]) -> None:
        self._comm = comm
        self._show_error = show_error
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._unanswered: set[str] = set()

    def __len__(self) -> int:
        """How many commands are still at work."""
        return len(self._waiting)

    def answer(self, request: dict[str, Any], buffers: list[memoryview], deliver: Callable[[], None]) -> None:
        """Answer one question. `deliver` hands the message to the widget's handlers, which see it as any other."""
        peer, number = self._comm.peer, request["id"]
        _set_upstream_aside(peer)
        self._unanswered.add(number)
        command = _command_of(peer, request.get("name"))
        if command is not None:
            self._run(command, number, request.get("msg"), buffers)
            deliver()
        elif hasattr(peer, "on_msg"):
            deliver()  # an author may have written a handler for commands, with no `@command`
            self._expect(number, CommandError(_missing(peer, request.get("name"))))
        else:
            self._fail(number, CommandError(f"{_name_of(peer)} is no AnyWidget: it can have no commands"))

    def note(self, content: Any) -> None:
        """The widget sends this: it may be the reply that someone waits for."""
        if isinstance(content, dict) and content.get("kind") == RESPONSE:
            self._unanswered.discard(content.get("id", ""))

    def end(self, reason: str) -> None:
        """The model closes: whoever waits is told, and what is still at work is cancelled. From any thread."""
        for number in list(self._unanswered):
            self._fail(number, CommandError(reason))
        for task in list(self._waiting.values()):
            loop = task.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)

    def _expect(self, number: str, error: CommandError) -> None:
        """What nobody answers fails: at once, or where someone listens who still may, after a while."""
        loop = _running_loop() if _handlers_of(self._comm.peer) else None
        if number not in self._unanswered:
            return
        if loop is None or len(self._unanswered) > LIMIT:
            self._fail(number, error)
        else:
            loop.call_later(PATIENCE, self._fail, number, error)

    def _run(self, command: Command, number: str, msg: Any, buffers: list[memoryview]) -> None:
        try:
            answer = command(self._comm.peer, msg, buffers)
            if not inspect.isawaitable(answer):
                self._reply(number, answer, command)
                return
            self._await(number, answer, command)
        except USER_ERRORS as error:
            self._raise(number, error)

    def _await(self, number: str, answer: Any, command: Command) -> None:
        """Go on with it on the kernel's loop, in the context of the widget's cell, which owns the task."""
        finish = self._finish(number, answer, command)
        try:
            if len(self._waiting) >= LIMIT:
                raise CommandError(f"{LIMIT:,} commands of this widget are at work already")
            task = asyncio.get_running_loop().create_task(finish)
        except BaseException:
            finish.close()
            if inspect.iscoroutine(answer):
                answer.close()
            raise
        self._waiting[number] = task
        task.add_done_callback(lambda _task: self._waiting.pop(number, None))

    async def _finish(self, number: str, answer: Any, command: Command) -> None:
        try:
            self._reply(number, await answer, command)
        except asyncio.CancelledError:
            self._fail(number, CommandError(f"the command {_called(command)!r} was cancelled"))
            raise
        except USER_ERRORS as error:
            self._raise(number, error)

    def _reply(self, number: str, answer: Any, command: Command) -> None:
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise TypeError(f"{_called(command)}: expected to return (response, buffers), got {_described(answer)}")
        response, buffers = answer
        if not isinstance(buffers, list | tuple | None) or not all(map(_is_buffer, buffers or ())):
            raise TypeError(f"{_called(command)}: expected a list of bytes as buffers, got {_described(buffers)}")
        if number in self._unanswered:
            self._send({"id": number, "kind": RESPONSE, "response": response}, list(buffers or ()))

    def _raise(self, number: str, error: BaseException) -> None:
        """What went wrong is the page's answer, and shown where the widget belongs (promise 9)."""
        self._fail(number, error)
        self._show_error(error)

    def _fail(self, number: str, error: BaseException) -> None:
        if number not in self._unanswered:
            return
        error_of = {"name": type(error).__name__, "message": str(error)}
        self._send({"id": number, "kind": RESPONSE, "error": error_of}, [])

    def _send(self, content: dict[str, Any], buffers: list[Any]) -> None:
        send = getattr(self._comm.peer, "send", None)
        if callable(send):
            send(content, buffers)  # the widget's own, which its author may have wrapped
        if content["id"] in self._unanswered:
            self._unanswered.discard(content["id"])
            self._comm.send(data={"method": "custom", "content": content}, buffers=buffers)


def is_invocation(content: Any) -> bool:
    """Whether a custom message is a question to a command (I1)."""
    return isinstance(content, dict) and content.get("kind") == REQUEST and isinstance(content.get("id"), str)


def _command_of(peer: Any, name: Any) -> Command | None:
    """The command of this name: declared by any class of the widget, done as the last of them does it (I13)."""
    kind = type(peer)
    if not isinstance(name, str) or not any(getattr(vars(base).get(name), _MARK, False) for base in kind.__mro__):
        return None
    found: Any = getattr(kind, name)
    return found if callable(found) else None


def _set_upstream_aside(peer: Any) -> None:
    """anywidget's own handler would run the command, too."""
    handlers = _handlers_of(peer)
    handlers[:] = [each for each in handlers if getattr(each, "__module__", None) != _UPSTREAM]


def _handlers_of(peer: Any) -> list[Any]:
    """Who hears the custom messages of a widget of ipywidgets'."""
    handlers = getattr(getattr(peer, "_msg_callbacks", None), "callbacks", None)
    return handlers if isinstance(handlers, list) else []


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _missing(peer: Any, name: Any) -> str:
    names = {key for base in type(peer).__mro__ for key, item in vars(base).items() if getattr(item, _MARK, False)}
    known = f"it has {', '.join(sorted(names))}" if names else "it has none"
    return f"{_name_of(peer)} has no command {name!r}; {known}"


def _name_of(peer: Any) -> str:
    read = getattr(peer, "_obj", None)  # a descriptor's bundle stands for its object
    return type(read() if callable(read) else peer).__name__


def _called(command: Command) -> str:
    return getattr(command, "__name__", type(command).__name__)


def _is_buffer(value: Any) -> bool:
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _described(value: Any) -> str:
    if isinstance(value, tuple | list):
        kinds = ", ".join(type(item).__name__ for item in value[:3])
        return f"a {type(value).__name__} of {len(value)} ({kinds}{', ...' if len(value) > 3 else ''})"
    return type(value).__name__
