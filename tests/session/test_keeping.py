"""A document and its file stay the same, whoever of the two changes, and nothing is lost silently."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest
from desk import FILE, desk, do
from scene import scene

from anyhost.cells.reading import parse_notebook
from anyhost.protocol.messages import (
    CellConsole,
    CellEdited,
    CellLifecycle,
    EditCell,
    FileStatus,
    NotebookAck,
    NotebookInfo,
    ResolveConflict,
    Save,
    SetCells,
)
from anyhost.session.editing import Editing
from anyhost.session.settings import SavingSettings
from anyhost.testing.client import RecordingClient

pytestmark = pytest.mark.anyio

SOON = SavingSettings(pause_seconds=0.02, longest_seconds=0.2, retry_seconds=0.1)


def replace(path: Path, content: str) -> None:
    """As git and most editors save: a new file takes the name."""
    new = path.with_name("new")
    new.write_text(content)
    new.replace(path)


async def status(client: RecordingClient, *wanted: str) -> FileStatus:
    return await client.wait_for(FileStatus, lambda found: found.status in wanted)


def sources_on_disk(path: Path) -> list[str]:
    return [cell.source for cell in parse_notebook(path.read_bytes(), path.name).cells]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def ask(client: RecordingClient, command_type: type[Any], /, **fields: Any) -> NotebookAck:
    """Send a command, and wait for its answer."""
    command = client.editing(command_type, **fields)
    client.command(command)
    return await client.wait_for(NotebookAck, lambda ack: ack.command_id == command.command_id)


# ---- without unsaved edits ----


async def test_a_file_that_changed_on_disk_is_read_again_and_cells_stay_who_they_are(tmp_path: Path) -> None:
    """Their outputs stay, too; what has changed is the kernel's to mark."""
    file = "# %%\nx = 1\n\n# %%\nx + 1\n"
    async with desk(tmp_path, file, saving=SavingSettings(kernel_seconds=0.01)) as here:
        client = await here.joined()
        (info,) = client.of(NotebookInfo)
        first, second = (cell.cell_id for cell in info.cells)
        for cell_id in (first, second):
            here.here.kernel.say(CellLifecycle(cell_id=cell_id, message=CellConsole(stream="stdout", text=cell_id)))
        await here.told()
        replace(here.path, "# %%\nx = 1\n\n# %%\nnew\n\n# %%\nx + 2\n")
        edited = await client.wait_for(CellEdited)
        assert (edited.cell_id, edited.source, edited.client_id) == (second, "x + 2", "")
        info = await client.wait_for(NotebookInfo)
        assert [cell.cell_id for cell in info.cells][::2] == [first, second]
        assert "another program" in (await status(client, "saved")).detail
        assert client.replay == here.here.session.replay
        shown = {n.cell_id for n in here.here.session.replay.snapshot() if isinstance(n, CellLifecycle)}
        assert shown == {first, second}
        async with asyncio.timeout(5):
            cells = await here.here.kernel.command()
        assert isinstance(cells, SetCells)
        assert [cell.source for cell in cells.cells] == ["x = 1", "new", "x + 2"]


async def test_our_own_save_is_not_taken_for_another_programs(tmp_path: Path) -> None:
    async with desk(tmp_path, saving=SOON) as here:
        client = await here.joined()
        for number in range(5):
            await do(client, EditCell, cell_id="a", source=f"x = {number}")
            await status(client, "saved")
            await asyncio.sleep(0.1)
        client.drain()
        assert {edit.client_id for edit in client.of(CellEdited)} == {"A"}
        assert all("another program" not in found.detail for found in client.of(FileStatus))


async def test_a_file_that_was_deleted_is_said_and_made_again_by_the_next_edit(tmp_path: Path) -> None:
    async with desk(tmp_path, saving=SOON) as here:
        client = await here.joined()
        here.path.unlink()
        assert "deleted" in (await status(client, "unsaved")).detail
        await asyncio.sleep(0.1)
        assert not here.path.exists()
        await do(client, EditCell, cell_id="b", source="2")
        await status(client, "saved")
        assert sources_on_disk(here.path) == ["x = 1", "2", "text"]


async def test_a_file_that_was_away_for_a_moment_is_the_same_file(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        here.path.unlink()
        await status(client, "unsaved")
        here.path.write_text(FILE)
        await status(client, "saved")
        assert not any(client.of(CellEdited))
        assert sum(1 for _ in client.of(NotebookInfo)) == 1


# ---- with unsaved edits ----


async def test_edits_of_different_cells_are_merged(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, FILE.replace("x + 1", "theirs"))
        edited = await client.wait_for(CellEdited, lambda found: found.client_id == "")
        assert (edited.cell_id, edited.source) == ("b", "theirs")
        ack = await ask(client, Save)
        assert ack.error is None
        assert sources_on_disk(here.path) == ["ours", "theirs", "text"]


async def test_edits_of_different_cells_of_a_jupyter_notebook_are_merged(tmp_path: Path) -> None:
    """What another program has put out for a cell is no edit of it."""
    cells = [nbformat.v4.new_code_cell(source, id=cell_id) for cell_id, source in (("a", "1"), ("b", "2"))]
    theirs = nbformat.v4.new_notebook(cells=cells)
    async with desk(tmp_path, nbformat.writes(theirs), name="n.ipynb") as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        theirs.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="1")]
        theirs.cells[1].source = "theirs"
        replace(here.path, nbformat.writes(theirs))
        await client.wait_for(CellEdited, lambda found: found.client_id == "")
        assert (await ask(client, Save)).error is None
        saved = nbformat.read(here.path, as_version=4)
        nbformat.validate(saved)
        assert [(cell.id, cell.source) for cell in saved.cells] == [("a", "ours"), ("b", "theirs")]


async def test_blank_lines_that_no_file_keeps_are_no_edit_of_anybodys(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 1\n\n")
        await ask(client, Save)
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, here.path.read_text().replace("x + 1", "theirs"))
        await client.wait_for(CellEdited, lambda found: found.client_id == "")
        await ask(client, Save)
        assert sources_on_disk(here.path) == ["ours", "theirs", "text"]


async def test_a_marker_within_a_cell_loses_nothing_when_another_program_changes_the_file(tmp_path: Path) -> None:
    """For the file these are two cells, for the pages one."""
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="one\n# %%\ntwo")
        await ask(client, Save)
        replace(here.path, here.path.read_text().replace("x + 1", "theirs"))
        await client.wait_for(CellEdited, lambda found: found.client_id == "")
        await do(client, EditCell, cell_id="m", source="more")
        assert (await ask(client, Save)).error is None
        assert sources_on_disk(here.path) == ["one", "two", "theirs", "more"]


async def test_edits_of_the_same_cell_are_a_conflict_and_nothing_is_written(tmp_path: Path) -> None:
    theirs = FILE.replace("x = 1", "theirs")
    async with desk(tmp_path, saving=SavingSettings(pause_seconds=1.0)) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, theirs)
        conflict = await status(client, "conflict")
        assert "chosen" in conflict.detail
        assert [(cell.cell_id, cell.source) for cell in conflict.cells or ()][:2] == [("a", "theirs"), ("b", "x + 1")]
        await do(client, EditCell, cell_id="b", source="more")
        refused = await ask(client, Save)
        assert refused.error is not None
        assert "choose" in refused.error
        await asyncio.sleep(1.2)
        assert here.path.read_text() == theirs
        late = await here.joined("B")
        assert next(late.of(FileStatus)).status == "conflict"
        assert (await ask(client, ResolveConflict, keep="edits")).error is None
        assert sources_on_disk(here.path) == ["ours", "more", "text"]


async def test_an_edit_begun_on_a_text_that_another_program_has_replaced_is_a_conflict(tmp_path: Path) -> None:
    """Somebody was typing when the file was read again; what they typed must not go over it unseen."""
    theirs = FILE.replace("x = 1", "theirs")
    async with desk(tmp_path, saving=SOON) as here:
        client = await here.joined()
        replace(here.path, theirs)
        await client.wait_for(CellEdited)
        client.command(client.editing(EditCell, cell_id="a", source="ours", base="x = 1"))
        await status(client, "conflict")
        here.path.touch()
        await asyncio.sleep(0.5)
        assert here.here.session.replay == client.replay  # still in conflict
        assert here.path.read_text() == theirs
        assert (await ask(client, ResolveConflict, keep="file")).error is None
        assert next(client.of(NotebookInfo)).cells[0].cell_id == "a"
        assert client.replay == here.here.session.replay
        assert here.editing.document.notebook.cells[0].source == "theirs"
        # What is begun on it is an edit like any other.
        await do(client, EditCell, cell_id="a", source="ours", base="theirs")
        await status(client, "saved")
        assert sources_on_disk(here.path)[0] == "ours"


async def test_of_a_conflict_the_file_may_be_kept(tmp_path: Path) -> None:
    theirs = FILE.replace("x = 1", "theirs")
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, theirs)
        await status(client, "conflict")
        assert (await ask(client, ResolveConflict, keep="file")).error is None
        assert here.path.read_text() == theirs
        (info,) = (event for event in here.here.session.replay.snapshot() if isinstance(event, NotebookInfo))
        assert [cell.source for cell in info.cells] == ["theirs", "x + 1", "text"]
        assert client.replay == here.here.session.replay
    assert here.path.read_text() == theirs


async def test_a_conflict_is_over_when_the_file_is_again_as_it_was(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, FILE.replace("x = 1", "theirs"))
        await status(client, "conflict")
        replace(here.path, FILE)
        await status(client, "unsaved")
        assert (await ask(client, Save)).error is None
        assert sources_on_disk(here.path) == ["ours", "x + 1", "text"]


async def test_a_file_that_is_no_notebook_any_more_is_a_conflict(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        here.path.write_bytes(b"\xff\xfe not text")
        conflict = await status(client, "conflict")
        assert "no notebook" in conflict.detail
        assert conflict.cells is None
        refused = await ask(client, ResolveConflict, keep="file")
        assert refused.error is not None
        assert (await ask(client, ResolveConflict, keep="edits")).error is None
        assert here.path.read_text() == FILE


async def test_to_resolve_what_is_no_conflict_is_an_error(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        assert (await ask(client, ResolveConflict, keep="file")).error == "there is no conflict (any more)"


async def test_a_change_that_nobody_was_told_of_is_found_before_it_is_written_over(tmp_path: Path) -> None:
    """The disk of another machine tells nothing; the save looks itself."""
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, FILE.replace("x = 1", "theirs"))
        ack = await ask(client, Save)  # at once: the watcher has not come round
        assert ack.error is not None
        assert sources_on_disk(here.path) == ["theirs", "x + 1", "text"]


# ---- what cannot be saved ----


async def test_what_cannot_be_saved_says_why_and_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    async with desk(folder, saving=SOON) as here:
        client = await here.joined()
        folder.rename(tmp_path / "away")
        await do(client, EditCell, cell_id="a", source="x = 2")
        assert "No such file" in (await status(client, "failed")).detail
        refused = await ask(client, Save)
        assert refused.error is not None
        (tmp_path / "away").rename(folder)
        await status(client, "saved")
        assert sources_on_disk(here.path) == ["x = 2", "x + 1", "text"]


async def test_a_file_that_may_only_be_read_is_left_alone_and_edits_go_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "n.py"
    path.write_text(FILE)
    path.chmod(0o444)
    editing = Editing.open(path, settings=SOON)
    async with scene(mode="edit", notebook=editing) as here:
        client = await here.joined()
        client.command(client.editing(EditCell, cell_id="a", source="x = 2"))
        assert "only be read" in (await status(client, "failed")).detail
    assert path.read_text() == FILE
    assert editing.left_in is not None
    assert editing.left_in.parent == tmp_path
    assert sources_on_disk(editing.left_in) == ["x = 2", "x + 1", "text"]


async def test_a_conflict_that_nobody_resolved_leaves_both_sides(tmp_path: Path) -> None:
    theirs = FILE.replace("x = 1", "theirs")
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="ours")
        replace(here.path, theirs)
        await status(client, "conflict")
    assert here.path.read_text() == theirs
    (left,) = (name for name in names_in(tmp_path) if "unsaved" in name)
    assert sources_on_disk(tmp_path / left) == ["ours", "x + 1", "text"]


async def test_what_the_files_encoding_cannot_say_is_said(tmp_path: Path) -> None:
    path = tmp_path / "n.py"
    path.write_bytes('# -*- coding: latin-1 -*-\n# %% id="a"\nx = "é"\n'.encode("latin-1"))
    async with scene(mode="edit", notebook=Editing.open(path, settings=SOON)) as here:
        client = await here.joined()
        client.command(client.editing(EditCell, cell_id="a", source="x = '☃'"))
        failed = await status(client, "failed")
        assert "latin-1" in failed.detail or "iso-8859-1" in failed.detail
        client.command(client.editing(EditCell, cell_id="a", source="x = 'ü'"))
        await status(client, "saved")
    assert "ü".encode("latin-1") in path.read_bytes()


async def test_a_save_in_the_middle_of_typing_leaves_the_rest_unsaved(tmp_path: Path) -> None:
    async with desk(tmp_path, saving=SavingSettings(pause_seconds=1000, longest_seconds=0.05)) as here:
        client = await here.joined()
        number = 0
        async with asyncio.timeout(10):
            while here.path.read_text() == FILE:  # at the latest after so long, however one types on
                number += 1
                await do(client, EditCell, cell_id="a", source=f"x = {number}")
                await asyncio.sleep(0.005)
        await do(client, EditCell, cell_id="a", source="the end")
        assert (await ask(client, Save)).error is None
        assert sources_on_disk(here.path)[0] == "the end"


async def test_a_session_that_ends_with_nothing_unsaved_does_not_touch_the_file(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        before = here.path.stat()
        await do(client, EditCell, cell_id="a", source="x = 1")
    assert here.path.stat() == before
    assert names_in(tmp_path) == ["n.py"]
