"""`anyhost edit` as a whole: the command, a real kernel, pages at real sockets, and the file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest

from anyhost.protocol.messages import (
    AddCell,
    CellConsole,
    CellEdited,
    CellFinished,
    CellLifecycle,
    CellOutput,
    CellStale,
    Complete,
    Completions,
    EditCell,
    FileStatus,
    KernelStatus,
    NotebookInfo,
    Restart,
    RunCells,
    Save,
)
from anyhost.testing.remote import RemoteClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

ANYHOST = Path(sys.executable).parent / "anyhost"
PATIENCE = 60.0
FILE = """\
# %% id="a"
import os
x = 1
os.getpid()

# %% id="b"
print("x is", x)
"""


class Edited:
    """A server that edits one file."""

    def __init__(self, process: asyncio.subprocess.Process, address: str, path: Path) -> None:
        self.process = process
        self.path = path
        self._address = address.replace("http:", "ws:") + "ws"

    def page(self, after: RemoteClient | None = None) -> RemoteClient:
        """A page; the tab of `after`, duplicated."""
        if after is None:
            return RemoteClient(self._address)
        return RemoteClient(self._address, session_id=after.session_id, previous=after.client_id)

    async def end(self) -> tuple[int | None, str]:
        """Ctrl-C; the exit code, and what it says then."""
        self.process.send_signal(signal.SIGINT)
        _, said = await self.process.communicate()
        return self.process.returncode, said.decode()


@asynccontextmanager
async def edited(path: Path) -> AsyncIterator[Edited]:
    pipe = asyncio.subprocess.PIPE
    arguments = ["edit", str(path), "--port=0", "--no-token", "--no-open"]
    process = await asyncio.create_subprocess_exec(ANYHOST, *arguments, stdout=pipe, stderr=pipe)
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert line.startswith("anyhost: http://")
        yield Edited(process, line.removeprefix("anyhost: ").strip(), path)
    finally:
        if process.returncode is None:
            await Edited(process, "", path).end()


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "n.py"
    path.write_text(FILE)
    return path


@pytest.fixture
def read_only(notebook: Path) -> Path:
    notebook.chmod(0o444)
    return notebook


def shown(page: RemoteClient, cell_id: str) -> list[str]:
    """The texts that a cell shows."""
    found = []
    for event in page.replay.snapshot():
        if isinstance(event, CellLifecycle) and event.cell_id == cell_id:
            match event.message:
                case CellConsole():
                    found.append(event.message.text.strip())
                case CellOutput():
                    found.append(msgspec.json.decode(event.message.data["text/plain"]))
    return found


def finished(page: RemoteClient, cell_id: str) -> int:
    """How often a run of this cell has ended."""
    return sum(1 for n in page.of(CellLifecycle) if n.cell_id == cell_id and isinstance(n.message, CellFinished))


def stale(page: RemoteClient) -> set[str]:
    return {
        event.cell_id
        for event in page.replay.snapshot()
        if isinstance(event, CellLifecycle) and event.message == CellStale(stale=True)
    }


def status(page: RemoteClient) -> str:
    return next((event.status for event in page.replay.snapshot() if isinstance(event, FileStatus)), "")


async def do(page: RemoteClient, command_type: type[Any], /, **fields: Any) -> None:
    """Send a command on the notebook, and wait for its answer."""
    command = page.editing(command_type, **fields)
    await page.command(command)
    await page.until(lambda: command.command_id not in page.unanswered, PATIENCE)


async def until_run(page: RemoteClient, cell_id: str, *texts: str) -> None:
    await page.until(lambda: shown(page, cell_id) == list(texts) and finished(page, cell_id), PATIENCE)


async def test_what_depends_on_an_edit_follows_in_every_page_and_in_the_file(notebook: Path) -> None:
    async with edited(notebook) as here:
        one, two = here.page(), here.page()
        async with one.connected(), two.connected():
            await until_run(one, "b", "x is 1")
            await do(one, EditCell, cell_id="a", source="x = 2")
            await two.until(lambda: stale(two) == {"a", "b"}, PATIENCE)
            await do(two, RunCells, cell_ids=["a"])
            await until_run(one, "b", "x is 2")
            await until_run(two, "b", "x is 2")
            await two.until(lambda: not stale(two), PATIENCE)
            await do(one, AddCell, cell_id="c", kind="code", source="x * 21", before="b")
            await do(one, RunCells, which="stale")
            await until_run(two, "c", "42")
            await two.until(lambda: status(two) == "saved", PATIENCE)
            assert "x = 2" in here.path.read_text()
            assert "x * 21" in here.path.read_text()
            assert one.session_id == two.session_id


async def test_edits_survive_a_kernel_that_is_killed(notebook: Path) -> None:
    async with edited(notebook) as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: shown(page, "a") and finished(page, "b"), PATIENCE)
            await do(page, EditCell, cell_id="a", source="x = 2")
            os.kill(int(shown(page, "a")[0]), signal.SIGKILL)
            await page.until(lambda: any(n.status == "dead" for n in page.of(KernelStatus)), PATIENCE)
            await do(page, EditCell, cell_id="b", source='print("now", x)')
            await page.command(Restart())
            await until_run(page, "b", "now 2")


async def test_what_is_unsaved_is_written_at_ctrl_c(notebook: Path) -> None:
    async with edited(notebook) as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: list(page.of(NotebookInfo)), PATIENCE)
            await do(page, EditCell, cell_id="a", source="x = 2")
            assert await here.end() == (0, "")
    assert here.path.read_text() == FILE.replace("import os\nx = 1\nos.getpid()", "x = 2")


async def test_where_edits_are_that_could_not_be_saved_is_said_at_the_end(read_only: Path) -> None:
    """Nothing is lost silently."""
    async with edited(read_only) as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: list(page.of(NotebookInfo)), PATIENCE)
            await do(page, EditCell, cell_id="a", source="x = 2")
            await page.until(lambda: status(page) == "failed", PATIENCE)
            code, said = await here.end()
    assert here.path.read_text() == FILE
    (left,) = (path for path in here.path.parent.iterdir() if path != here.path)
    assert (code, said) == (1, f"anyhost: {here.path} could not be saved; the edits are in {left}\n")
    assert "x = 2" in left.read_text()


async def test_a_file_that_changes_on_disk_keeps_what_its_other_cells_show(notebook: Path) -> None:
    async with edited(notebook) as here:
        page = here.page()
        async with page.connected():
            await until_run(page, "b", "x is 1")
            pid = shown(page, "a")
            here.path.write_text(FILE.replace("x is", "x was"))
            await page.until(lambda: any(n.cell_id == "b" for n in page.of(CellEdited)), PATIENCE)
            await page.until(lambda: stale(page) == {"b"}, PATIENCE)
            assert shown(page, "a") == pid
            assert shown(page, "b") == ["x is 1"]
            await do(page, RunCells, which="stale")
            await until_run(page, "b", "x was 1")
            assert shown(page, "a") == pid


async def test_the_session_outlives_its_pages_and_a_second_tab_joins_it(notebook: Path) -> None:
    async with edited(notebook) as here:
        first = here.page()
        async with first.connected():
            await first.until(lambda: shown(first, "a") and finished(first, "a"), PATIENCE)
            await first.say_goodbye()
        second = here.page()
        async with second.connected():
            await second.until(lambda: shown(second, "a"), PATIENCE)
            assert shown(second, "a") == shown(first, "a")
            third = here.page(second)
            async with third.connected():
                await third.until(lambda: shown(third, "a"), PATIENCE)
                assert third.session_id == second.session_id
                assert second.closed is None


async def test_a_new_notebook_runs_and_is_saved(tmp_path: Path) -> None:
    async with edited(tmp_path / "new.ipynb") as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: list(page.of(NotebookInfo)), PATIENCE)
            (cell,) = next(page.of(NotebookInfo)).cells
            await do(page, EditCell, cell_id=cell.cell_id, source="6 * 7")
            await do(page, RunCells, cell_ids=[cell.cell_id])
            await until_run(page, cell.cell_id, "42")
            await do(page, Save)
            stored = msgspec.json.decode(here.path.read_bytes())
            assert stored["cells"][0]["outputs"][0]["data"]["text/plain"] in ("42", ["42"])


async def test_a_saved_ipynb_says_what_jupyter_would(tmp_path: Path) -> None:
    """A result with the number of its run, beside what was displayed."""
    cells = [nbformat.v4.new_code_cell(source, id=source) for source in ("x", "y")]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    async with edited(path) as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: finished(page, "y"), PATIENCE)
            await do(page, EditCell, cell_id="x", source="display(1)\n2")
            await do(page, RunCells, cell_ids=["x"])
            await page.until(lambda: finished(page, "x") == 2, PATIENCE)
            await do(page, Save)
        saved = nbformat.read(path, as_version=4)
        nbformat.validate(saved)
        assert [output.output_type for output in saved.cells[0].outputs] == ["display_data", "execute_result"]
        assert saved.cells[0].outputs[1].execution_count == saved.cells[0].execution_count == 3
        assert saved.cells[1].execution_count == 2


async def test_the_kernel_knows_what_could_stand_at_the_cursor(notebook: Path) -> None:
    async with edited(notebook) as here:
        page = here.page()
        async with page.connected():
            await page.until(lambda: finished(page, "b"), PATIENCE)
            await page.command(page.editing(Complete, cell_id="b", source="os.getp", cursor=7))
            answer = await page.until(lambda: next(page.of(Completions), None), PATIENCE)
            assert answer is not None
            assert {"getpid", "getppid"} <= {item.text for item in answer.items}
            assert (answer.start, answer.end) == (3, 7)
