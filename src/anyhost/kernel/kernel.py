"""The kernel: runs a notebook's cells, and carries messages to its models, on one event loop.

Cells, callbacks and messages share the main thread. A message waits for a synchronous cell, and is
handled at an `await` of an asynchronous one. Whatever the user's code raises is shown at its cell, and
everything else goes on (promise 9): so the cells after a failed one run, too, and one that needs what is
missing says so. Two things end the run early, and leave the rest `cancelled`: an interrupt, and
`sys.exit`, as in a script.
"""

from __future__ import annotations

import asyncio
import bdb
import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from anyhost.channels import Channel, ChannelClosed
from anyhost.protocol.messages import (
    CellLifecycle,
    CellMessage,
    Complete,
    Interrupt,
    KernelCommand,
    KernelMessage,
    KernelReady,
    ModelCommand,
    ModelsRefreshed,
    RefreshModels,
    RunCells,
    RunNotebook,
    RunWidget,
    SetCells,
    Shutdown,
)

from .bypass import Bypass
from .capture import Captures
from .changes import Changes
from .child import KernelMain
from .compiler import Place
from .completion import Completer, Situation
from .console import Console, Source
from .current import Raised, Run, Running, running
from .descriptors import Descriptors
from .displayed import Displayed, release
from .environment import PROGRESS, no_watchers, settings, standard_streams
from .figures import inline_figures
from .interruption import Allowed, Interruption
from .models import Models
from .patches import patched
from .program import Program
from .reload import Reload
from .runs import Ending, Runs
from .scope import Scope
from .sharing import Sharing
from .shell import Shell
from .tasks import CellTask, cell_tasks
from .tracebacks import cell_error
from .waiting import Waiting

GRACE = 1.0
"""How long a cancelled task of the user's may take to end at shutdown, in seconds."""


async def main(channel: Channel[KernelMessage, KernelCommand], interruption: Interruption, bypass: Bypass) -> None:
    """What a kernel process does, until it is told to shut down or the channel ends (see `child.py`)."""
    await Kernel(owns_process=True).run(channel, interruption, bypass)


def prepare_main() -> KernelMain:
    """`main` for processes that are forked later: each finds its kernel made, and widgets that know of it."""
    held = contextlib.ExitStack()
    held.enter_context(patched())
    kernel = Kernel(owns_process=True)

    async def run(channel: Channel[KernelMessage, KernelCommand], interruption: Interruption, bypass: Bypass) -> None:
        with held:
            await kernel.run(channel, interruption, bypass)

    return run


class Kernel:
    """One kernel. `run` makes the process its own (shell, streams, `__main__`), and gives everything back.

    With `owns_process`, what is written to descriptors 1 and 2 belongs to cells, too. Before it runs it has no loop, no
    thread and no descriptor, and has changed nothing around it: a warm parent can make one that its forks run.
    """

    def __init__(self, *, owns_process: bool = False) -> None:
        self._channel: Channel[KernelMessage, KernelCommand]
        self._interruption: Interruption
        self._loop: asyncio.AbstractEventLoop
        self._active: str | None = None
        self._last: str | None = None
        self._watching = asyncio.Event()
        self._region: Allowed | None = None
        self.console = Console(self._publish_console, self._source)
        self._descriptors = Descriptors(self.console) if owns_process else None
        self.displayed = Displayed()
        captures = Captures(self.console.lock, lambda place: release(self.displayed.take(place)))
        self._changes = Changes(self._wake_runs)
        self.models = Models(self, self.publish, captures, self._changes)
        self._shell = Shell(sink=self)
        self._program = Program(self._shell)
        scope = Scope(self.models, self.displayed, self._program.own_names)
        self._runs = Runs(self, self._program, self._changes, scope)
        self._completer = Completer(self.publish, self._situation)
        self._waiting = Waiting()
        self._handlers: dict[type[Any], Callable[..., None]] = {
            ModelCommand: self._handle_model_command,
            RefreshModels: self._handle_refresh,
            RunNotebook: self._handle_files,
            RunWidget: self._handle_files,
            SetCells: self._handle_cells,
            RunCells: self._handle_run,
            Interrupt: lambda _command: self._interruption.interrupt(),
            Complete: self._completer.ask,
        }

    async def run(
        self, channel: Channel[KernelMessage, KernelCommand], interruption: Interruption, bypass: Bypass
    ) -> None:
        """Serve the channel until `Shutdown`, or its end. Once. `bypass` brings what need not wait for the loop."""
        self._channel, self._interruption, self._loop = channel, interruption, asyncio.get_running_loop()
        with contextlib.ExitStack() as stack:
            stack.enter_context(patched())
            stack.enter_context(self.console)
            if self._descriptors is not None:
                stack.enter_context(self._descriptors)
            stack.enter_context(self._shell.opened())
            stack.enter_context(settings(PROGRESS))
            stack.enter_context(standard_streams(self.console))
            stack.enter_context(no_watchers())
            stack.enter_context(inline_figures(self._shell))
            stack.enter_context(cell_tasks(self._loop, self._show_task_error))
            stack.enter_context(self._program)
            stack.enter_context(self._completer)
            bypass.route(Complete, self._completer.ask)
            self.publish(KernelReady(pid=os.getpid()))
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = self._runs.serve(), self._receive(), self._watch_files()
                    others = [group.create_task(task) for task in tasks]
                    await self._handle()
                    for other in others:
                        other.cancel()
            finally:
                await self._end()

    async def _receive(self) -> None:
        while True:
            try:
                self._waiting.put(await self._channel.receive())
            except ChannelClosed:
                self._waiting.put(Shutdown())
                return

    async def _handle(self) -> None:
        commands = await self._waiting.get()
        # Not before: until it is told something nobody writes, and an idle kernel is the smaller for each thread.
        self.console.start()
        if self._descriptors is not None:
            self._descriptors.start()
        while not isinstance(commands[0], Shutdown):
            self._handlers[type(commands[0])](*commands)
            commands = await self._waiting.get()

    async def _end(self) -> None:
        """Close what the notebook made: its tasks, then its models."""
        tasks = [task for task in asyncio.all_tasks() if isinstance(task, CellTask) and task.running is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        self.models.close_all()
        self.displayed.forget()

    # ---- to the session; from any thread

    def publish(self, message: KernelMessage) -> None:
        """Hand a message over. Nobody listens any more at the end: then it is gone (P10: never raises)."""
        with contextlib.suppress(ChannelClosed):
            self._channel.send(message)

    def publish_cell(self, message: CellMessage) -> str | None:
        """Publish what the code that runs has to show, after the text that it printed before; return its place.

        That is its cell, or the `Output` widget that captures it.
        """
        source = self._source()
        if not source.nobody:
            self._publish_to(source, message)
        return source.cell_id if source.capture is None else source.capture.place

    def show_error(self, error: BaseException) -> None:
        """Show an exception of a user's code, with its traceback, at its cell (promise 9)."""
        source = self._source()
        error = self._cause(error)
        if not source.nobody:
            program = self._program
            place = program.place_of(source.cell_id)
            shown = cell_error(error, self._shell, place, callback=source.callback, cell_named=program.cell_named)
            self._publish_to(source, shown)

    def _cause(self, error: BaseException) -> BaseException:
        """An interrupt cancels a cell that waits: what the user did was to interrupt it."""
        if isinstance(error, asyncio.CancelledError) and self._region is not None and self._region.interrupted:
            return KeyboardInterrupt().with_traceback(error.__traceback__)
        return error

    def publish_at(self, cell_id: str, message: CellMessage) -> None:
        self.console.flush()
        self.publish(CellLifecycle(cell_id=cell_id, message=message))

    def _publish_to(self, source: Source, message: CellMessage) -> None:
        self.console.flush()
        self._publish_console(source, message)

    def _publish_console(self, source: Source, message: CellMessage) -> None:
        if source.capture is not None:
            source.capture.take(message)
        elif source.cell_id is not None:
            self.publish(CellLifecycle(cell_id=source.cell_id, message=message))

    def _wake_runs(self) -> None:
        """Something has changed, in whichever thread."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._runs.wake()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._runs.wake)

    def _source(self) -> Source:
        """Whose output it is: that of the context's cell, or of the one that runs, or ran last."""
        context = running.get()
        if context is None or context.cell_id is None:
            capture = None if context is None else context.capture
            return Source(self._active or self._last, callback=self._active is None, capture=capture)
        callback = context.callback or context.cell_id != self._active
        return Source(self._standing_for(context.cell_id), callback=callback, capture=context.capture)

    def _standing_for(self, cell_id: str) -> str | None:
        """A cell, or where what it would show can be seen if it is no more: callbacks may outlive it."""
        if cell_id == self._active or cell_id in self._program:
            return cell_id
        others = (self._active, self._last, *self._program.graph.order)
        return next((each for each in others if each is not None and each in self._program), None)

    # ---- commands

    def _handle_model_command(self, *commands: ModelCommand) -> None:
        """Let the model answer. A handler that never ends can be interrupted like a cell, and none ends the kernel."""
        try:
            with self._interruption.allowed():
                self.models.handle(*commands)
        except (KeyboardInterrupt, SystemExit) as error:
            self.show_error(error)
        self.console.settle(callback=True)

    def _handle_files(self, command: RunNotebook | RunWidget) -> None:
        if isinstance(command, RunWidget) or command.reload:
            self._watch()
        self._runs.open(command)

    def _handle_cells(self, command: SetCells) -> None:
        if command.reload:
            self._watch()
        self._runs.take(command)

    def _handle_run(self, command: RunCells) -> None:
        self._runs.ask(command)

    def _situation(self) -> Situation:
        program = self._program
        return Situation(dict(program.namespace), list(program.graph.sources.values()), self._active is not None)

    def _watch(self) -> None:
        """Somebody develops widgets here."""
        if not self._watching.is_set():
            self.models.sharing = Sharing()
            self._watching.set()

    def _handle_refresh(self, command: RefreshModels) -> None:
        self.models.refresh(command.model_ids)
        self.publish(ModelsRefreshed())

    def _show_task_error(self, context: Running | None, error: BaseException) -> None:
        """Show what a task of the user's raised while nobody waited for it."""
        token = running.set(context and Running(self, context.cell_id, Raised(over=True)))
        try:
            self.show_error(error)
        finally:
            running.reset(token)

    # ---- running cells (see runs.py)

    async def settle(self) -> None:
        """Handle what has come while a cell ran: clients' writes, that the next one is to see."""
        await self._waiting.settled()

    async def execute(self, run: Run, source: str, place: Place) -> tuple[Ending, bool]:
        """Run a cell's code to its end; how it ended, and whether the next one is to run."""
        with self._as_active(run):
            return await self._outcome(source, place)

    async def _watch_files(self) -> None:
        await self._watching.wait()
        await Reload(self.models).run()

    async def _outcome(self, source: str, place: Place) -> tuple[Ending, bool]:
        task = asyncio.create_task(self._shell.run(source, place))
        with self._interruption.allowed(task) as region:
            self._region = region
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                task.cancel()  # the kernel ends
                await asyncio.wait([task], timeout=GRACE)
                raise
            finally:
                self._region = None
        error = _error_of(task)
        if region.interrupted:
            return "interrupted", False
        if isinstance(error, SystemExit):
            return self._exit(error), False
        if isinstance(error, bdb.BdbQuit):
            self.show_error(error)  # IPython says nothing of it: a `breakpoint()` found no terminal
        return ("ok" if error is None else "error"), True

    def _exit(self, error: SystemExit) -> Ending:
        """`sys.exit` ends a script: quietly with 0 or nothing, and otherwise with what was given as the reason."""
        if error.code in (None, 0):
            return "ok"
        self.show_error(error)
        return "error"

    @contextlib.contextmanager
    def _as_active(self, run: Run) -> Iterator[None]:
        """Inside this block the cell is the one that runs, for its code and for whoever has no context."""
        self._active = self._last = run.cell_id
        token = running.set(Running(self, run.cell_id, run=run))
        try:
            yield
        finally:
            run.over = True
            running.reset(token)
            self.console.settle(callback=False)
            self._active = None


def _error_of(task: asyncio.Task[Any]) -> BaseException | None:
    """What ended a cell's run: IPython puts it into its result; what strikes around the run is the task's own."""
    if task.cancelled():
        return asyncio.CancelledError()
    error = task.exception()
    if error is not None:
        return error
    result = task.result()
    found: BaseException | None = result.error_before_exec or result.error_in_exec
    return found
