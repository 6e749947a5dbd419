"""What could stand at the cursor: from the objects that there are, and from jedi.

Questions are answered on a thread of their own, so that they hold up no cell, and also while one runs. After a
dot, the attributes of the object itself are the answer, if there is one to look at (`attributes.py`). All else is
jedi's to know: from the live globals or, while a cell runs, from the text of the cells. When it meets a library for
the first time that may take it seconds: after `PATIENCE` the answer is what can be said without it.
"""

from __future__ import annotations

import builtins
import contextlib
import keyword
import pickle
import queue
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import jedi

from anyhost.protocol.messages import Complete, Completion, Completions

from .attributes import attributes_of, kind_of, value_at

PATIENCE = 1.5
"""How long jedi may take, in seconds."""

MOST = 500
"""How many items an answer has at most."""

TYPED = 50
"""For how many of them jedi is asked for a kind, each of which may take it a while."""

ATTEMPTS = 5
"""How often jedi is asked when it finds files of its cache that cannot be read."""

_DOTTED = re.compile(r"(?<![\w.)\]\"'])((?:[^\W\d]\w*\.)+)(\w*)\Z")
_NAME = re.compile(r"(?<![\w.])([^\W\d]\w*)\Z")
_FUNCTION = re.compile(r"(?:async\s+)?(?:def|class)\b|@")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a question is answered from."""

    namespace: Mapping[str, Any]
    sources: Sequence[str]
    """Of the other cells, in order."""
    busy: bool
    """A cell runs: none of the user's code may run beside it."""


class Answer(NamedTuple):
    """How many characters before the cursor are replaced, and by what."""

    size: int
    items: list[Completion]


NOTHING = Answer(0, [])


class Completer:
    """Answers `Complete`. A context manager: its thread starts with the first question, and ends with it.

    `look` is called on this thread.
    """

    def __init__(self, publish: Callable[[Completions], None], look: Callable[[], Situation]) -> None:
        self._publish = publish
        self._look = look
        self._questions: queue.SimpleQueue[Complete | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._jedi: threading.Thread | None = None
        self._waiting = threading.Event()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closed = True
        self._waiting.set()
        if self._thread is not None:
            self._questions.put(None)
            self._thread.join()

    def ask(self, command: Complete) -> None:
        """Answer this soon. From any thread."""
        self._questions.put(command)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._answer_all, name="anyhost-completion", daemon=True)
                self._thread.start()

    def _answer_all(self) -> None:
        while (command := self._questions.get()) is not None:
            self._publish(self._answer(command))

    def _answer(self, command: Complete) -> Completions:
        before = command.source[: command.cursor]
        situation = self._look()
        size, items = self._best(command.source, before, situation)
        return Completions(command_id=command.command_id, start=len(before) - size, end=len(before), items=items[:MOST])

    def _best(self, source: str, before: str, situation: Situation) -> Answer:
        context = _context(before.rpartition("\n")[2])
        if context == "comment":
            return NOTHING
        known = _by_value(before, situation) if context == "code" else None
        if known is not None and not _in_function(before):
            return known
        answer = self._ask_jedi(source, before, situation)
        if answer is None:
            answer = known or (_by_name(before, situation) if context == "code" else NOTHING)
        return answer

    def _ask_jedi(self, source: str, before: str, situation: Situation) -> Answer | None:
        """What jedi says in time. It goes on with what takes it too long, so as to know it the next time."""
        if self._closed or (self._jedi is not None and self._jedi.is_alive()):
            return None
        found: list[Answer] = []
        answered = self._waiting = threading.Event()

        def ask() -> None:
            with contextlib.suppress(Exception):  # jedi's own, about code that is just being written
                found.append(_by_jedi(source, before, situation))
            answered.set()

        self._jedi = threading.Thread(target=ask, name="anyhost-jedi", daemon=True)
        self._jedi.start()
        answered.wait(PATIENCE)
        return found[0] if found else None


def _by_value(before: str, situation: Situation) -> Answer | None:
    """The attributes of the object that stands before the last dot."""
    line = before.rpartition("\n")[2]
    dotted = _DOTTED.search(line)
    if dotted is None:
        return None
    first, *names = dotted[1].rstrip(".").split(".")
    if first not in situation.namespace or _is_bound(first, before):
        return None
    found, value = value_at(situation.namespace[first], names)
    if not found:
        return None
    prefix = dotted[2]
    attributes = attributes_of(value, run_code=not situation.busy)
    items = [Completion(text=name, kind=kind_of(value, name)) for name in _matching(attributes, prefix)]
    return Answer(len(prefix), items)


def _by_name(before: str, situation: Situation) -> Answer:
    """Global names, builtins and keywords."""
    line = before.rpartition("\n")[2]
    match = _NAME.search(line)
    if match is None:
        return NOTHING
    names = {*situation.namespace, *vars(builtins), *keyword.kwlist}
    items = [
        Completion(text=name, kind="keyword" if keyword.iskeyword(name) else "statement")
        for name in _matching(names, match[1])
    ]
    return Answer(len(match[1]), items)


def _by_jedi(source: str, before: str, situation: Situation) -> Answer:
    """What jedi says, whatever state its cache is in.

    All kernels of a user share its files, and jedi writes them in place, without a lock: one that another kernel is
    just writing fails to load, and one that a killed kernel left half written would do so in every session from
    then on. Jedi does not say which it was, so they all go. Nobody is hurt by that, since a missing file is made
    anew; and each attempt gets further, since what it has read or made stays in memory. One is not enough, since
    kernels that start together go through the same files together.
    """
    for _attempt in range(ATTEMPTS - 1):
        try:
            return _ask_once(source, before, situation)
        except (EOFError, pickle.UnpicklingError):
            _clear_cache()
    return _ask_once(source, before, situation)


def _clear_cache() -> None:
    """Remove what jedi keeps of the modules that it has parsed.

    Their folder stays: jedi fails where it goes between its look for it and the opening of a file in it.
    """
    for path in Path(jedi.settings.cache_directory).rglob("*.pkl"):
        with contextlib.suppress(OSError):  # another kernel was first; or it has the file open, on Windows
            path.unlink()


def _ask_once(source: str, before: str, situation: Situation) -> Answer:
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2])
    if situation.busy:
        above = "".join(f"{each}\n" for each in situation.sources)
        script = jedi.Script(above + source)
        line += above.count("\n")
    else:
        script = jedi.Interpreter(source, [dict(situation.namespace)])
        script._inference_state.allow_unsafe_executions = False  # no property of the user's runs for it
    found = script.complete(line, column)[:MOST]
    size = found[0].get_completion_prefix_length() if found else 0
    items = [Completion(text=each.name, kind=each.type if index < TYPED else "") for index, each in enumerate(found)]
    return Answer(size, items)


def _matching(names: Iterable[str], prefix: str) -> list[str]:
    """Names that go on from what is there, as jedi sorts them: what is private comes last."""
    wanted = prefix.lower()
    found = [name for name in names if name.lower().startswith(wanted) and (prefix or not name.startswith("__"))]
    return sorted(found, key=lambda name: (name.startswith("__"), name.startswith("_"), name.lower()))


def _is_bound(name: str, before: str) -> bool:
    """Whether the cell gives this name another value than it has now."""
    return re.search(rf"\b{name}\b\s*(?::?=(?!=)|,.*=)|\b(?:for|as|import)\b[^\n:]*\b{name}\b", before) is not None


def _in_function(before: str) -> bool:
    """Whether the cursor is in a function or a class, where a name may mean something else."""
    lines = before.split("\n")
    if not lines[-1][:1].isspace():
        return False
    top = next((line for line in reversed(lines) if line[:1].strip()), "")
    return _FUNCTION.match(top) is not None


def _context(line: str) -> Literal["code", "string", "comment"]:
    """What a line ends in."""
    quote = ""
    for character in line:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            return "comment"
    return "string" if quote else "code"
