"""The shell: IPython's, without history, prompts and a profile, with our outputs and tracebacks.

It exists because libraries look for it: `get_ipython()`, `display`, matplotlib's inline figures,
`interact`, autoreload and tqdm work as in Jupyter only where there is one.
"""

from __future__ import annotations

import asyncio
import atexit
import builtins
import re
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import traitlets
from IPython.core.builtin_trap import BuiltinTrap
from IPython.core.display_functions import display
from IPython.core.error import UsageError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from .commands import run_command
from .compiler import CellCompiler, Place
from .current import running
from .figures import figures_as_widgets, name_inline_by_module
from .magics import MagicKind, backend_of, refuse
from .outputs import Formatter, LastExpression, OutputSink, Publisher

_TIMED = re.compile(r"\s*%%time[ \t]*(?=\n|$)")


class ShellSink(OutputSink, Protocol):
    """Where the shell shows outputs and errors: the kernel."""

    def show_error(self, error: BaseException) -> None: ...


class Shell(InteractiveShell):  # type: ignore[misc]
    """One shell of one notebook. `opened` makes it the process's, and takes everything back.

    Before, a shell has changed nothing around it: a warm parent can make one that nobody there sees.
    """

    sink = traitlets.Any()
    compiler_class = traitlets.Type(CellCompiler)
    profile_dir = traitlets.Any()
    displayhook_class = traitlets.Type(LastExpression)
    display_pub_class = traitlets.Type(Publisher)
    compile: CellCompiler

    async def run(self, source: str, place: Place) -> ExecutionResult:
        """Run a cell. What it raises is shown, and is in the result; interrupts, too, end here."""
        timed = _TIMED.match(source)
        if timed is not None:
            source = source[timed.end() :]
            place = Place(place.filename, place.first_line + timed[0].count("\n"), place.line_count)
        # IPython drops blank lines at the top, and counts from what is left.
        body = source.lstrip("\n")
        place = Place(place.filename, place.first_line + len(source) - len(body), place.line_count)
        with self.compile.at(place), _timing(on=timed is not None):
            return await self._run_transformed(body)

    async def _run_transformed(self, source: str) -> ExecutionResult:
        failure: Any = None
        try:
            transformed = self.transform_cell(source)
        except Exception:  # noqa: BLE001 - users may add transformers; the shell shows what they raise
            transformed, failure = source, sys.exc_info()
        self.displayhook.cell = transformed
        result = ExecutionResult(None)
        try:
            result = await self.run_cell_async(
                source, transformed_cell=transformed, preprocessing_exc_tuple=failure, store_history=False
            )
        finally:
            # IPython triggers these in `run_cell` only: matplotlib's figures are shown by the first.
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
            self.last_execution_result = None  # it holds what was shown
        return result

    # ---- what IPython shows, shown by us

    def showtraceback(self, exc_tuple: Any = None, *_arguments: Any, **_options: Any) -> None:
        _kind, error, _tb = self._get_exc_info(exc_tuple)
        if isinstance(error, SystemExit):
            return  # the kernel decides what it means
        context = running.get()
        if context is None or not context.catch(error):
            self.sink.show_error(error)

    def showsyntaxerror(self, *_arguments: Any, **_options: Any) -> None:
        self.showtraceback()

    def showindentationerror(self) -> None:
        self.showtraceback()

    def show_usage_error(self, exc: BaseException) -> None:
        self.sink.show_error(exc)

    # ---- magics and commands

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        self._check_magic("line", magic_name)
        if magic_name == "matplotlib" and backend_of(line) == "widget":
            figures_as_widgets(self)
        return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        self._check_magic("cell", magic_name)
        return super().run_cell_magic(magic_name, line, cell)

    def _check_magic(self, kind: MagicKind, name: str) -> None:
        found = self.find_magic(name, kind)
        refuse(kind, name, () if found is None else (name,))

    def system(self, cmd: str) -> None:
        """What `!cmd` does. The exit code is in `_exit_code`, as in Jupyter."""
        command = self.var_expand(cmd, depth=1)
        self.user_ns["_exit_code"] = run_command(command, sys.stdout)

    system_piped = system_raw = system

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        enabled = super().enable_matplotlib(gui)
        name_inline_by_module()
        return enabled

    def enable_gui(self, gui: str | None = None) -> None:
        if gui not in (None, "inline"):
            raise UsageError(f"windows cannot be opened here ({gui})")

    def ask_exit(self) -> None:
        raise SystemExit

    # ---- the process, which is not the shell's before `opened`

    def save_sys_module_state(self) -> None:
        """Later: a fork has other streams."""

    def init_sys_modules(self) -> None:
        """Later: `__main__` is somebody else's."""

    def init_builtins(self) -> None:
        """Most of it later: libraries ask for `__IPYTHON__` when they are imported."""
        self.builtin_trap = BuiltinTrap(shell=self)
        # `exit()` is Python's own, as in a script.
        self.builtin_trap.auto_builtins = {"get_ipython": self.get_ipython}

    def init_prompts(self) -> None:
        """Later: `sys.ps1` says that somebody types at a prompt."""

    def _take_process(self) -> None:
        super().save_sys_module_state()
        super().init_sys_modules()
        vars(builtins).update(__IPYTHON__=True, display=display)
        super().init_prompts()
        self.init_encoding()
        for each in type(self)._walk_mro():  # as `instance` does it, which would make one
            each._instance = self

    # ---- less than IPython makes by default

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """None: a notebook runs the same with every user's IPython profile, and writes nothing into it."""

    def init_profile_dir(self, profile_dir: Any) -> None:  # noqa: ARG002
        """What magics store is forgotten with the session."""
        self.profile_dir = TemporaryProfile()

    def init_history(self) -> None:
        # Nothing is written into it; `%%capture` and extensions expect one to be there.
        self.history_manager = HistoryManager(shell=self, parent=self, enabled=False, hist_file=":memory:")

    def init_completer(self) -> None:
        """None: there is no prompt to complete at."""

    def init_display_formatter(self) -> None:
        self.display_formatter = Formatter(parent=self)
        self.configurables.append(self.display_formatter)

    def init_user_ns(self) -> None:
        super().init_user_ns()
        for name in ("exit", "quit"):
            self.user_ns.pop(name, None)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """It is the process's shell, whose namespace is `__main__`, until the block ends."""
        before = {name: getattr(sys, name, None) for name in ("ps1", "ps2", "ps3")}
        named = {name: vars(builtins).get(name) for name in ("display", "__IPYTHON__")}
        self._take_process()
        # IPython's advice on SystemExit is for a prompt.
        silenced = ("ignore", re.compile("To exit: use", re.IGNORECASE), UserWarning, None, 0)
        warnings.filters.insert(0, silenced)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            self._close()
            self.clear_instance()
            if silenced in warnings.filters:
                warnings.filters.remove(silenced)  # type: ignore[attr-defined]
            _put_back(vars(sys), before)
            _put_back(vars(builtins), named)

    def _close(self) -> None:
        atexit.unregister(self.atexit_operations)
        self.restore_sys_module_state()
        self.reset(new_session=False)
        self.user_ns.clear()
        self.profile_dir.close()


class TemporaryProfile:
    """The folder that IPython keeps its things in, made when something asks for it."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def location(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="anyhost-")
        return self._folder.name

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()


@contextmanager
def _timing(*, on: bool) -> Iterator[None]:
    """`%%time`, without a scope of its own: `await`, the last expression and tracebacks are the cell's."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    try:
        yield
    finally:
        if on:
            after = resource.getrusage(resource.RUSAGE_SELF)
            user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
            print(f"CPU times: user {_seconds(user)}, sys: {_seconds(system)}, total: {_seconds(user + system)}")
            print(f"Wall time: {_seconds(time.perf_counter() - wall)}")


def _seconds(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return "0 ns" if seconds <= 0 else f"{seconds * 1e9:.3g} ns"


def _put_back(namespace: dict[str, Any], values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            namespace.pop(name, None)
        else:
            namespace[name] = value


def interrupted(error: BaseException | None) -> bool:
    return isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
