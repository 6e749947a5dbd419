"""A notebook that is being edited: what clients do to it, what they are told, and what its kernel is told."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import nbformat
import pytest
from desk import FILE, NEVER, desk, do
from scene import Modules, scene, settle

from anyhost.protocol.messages import (
    AddCell,
    CellConsole,
    CellEdited,
    CellFinished,
    CellLifecycle,
    CellMessage,
    CellNotes,
    CellOutput,
    CellRunning,
    CellStale,
    Command,
    Complete,
    Completion,
    Completions,
    DeleteCell,
    EditCell,
    FileStatus,
    KernelStatus,
    MoveCell,
    NotebookAck,
    NotebookInfo,
    Notification,
    Refusal,
    Restart,
    RunCells,
    Save,
    SetCells,
    SnapshotEnd,
)
from anyhost.session.editing import Editing
from anyhost.session.session import Session
from anyhost.session.settings import SavingSettings, SessionSettings
from anyhost.testing.kernel import ScriptedStarter

pytestmark = pytest.mark.anyio


def sources(info: NotebookInfo) -> list[tuple[str, str | None]]:
    return [(cell.cell_id, cell.source) for cell in info.cells]


# ---- joining ----


async def test_a_client_starts_with_the_notebook_and_the_state_of_its_file(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        (info,) = client.of(NotebookInfo)
        assert info.name == "n.py"
        assert sources(info) == [("a", "x = 1"), ("b", "x + 1"), ("m", "text")]
        assert list(client.of(FileStatus)) == [FileStatus(status="saved")]


async def test_who_joins_later_starts_with_what_was_edited(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 2")
        await do(client, DeleteCell, cell_id="b")
        late = await here.joined("B")
        (info,) = late.of(NotebookInfo)
        assert sources(info) == [("a", "x = 2"), ("m", "text")]
        assert info.cells[0].revision == 1
        assert next(late.of(FileStatus)).status == "unsaved"
        assert late.replay == client.replay == here.here.session.replay


# ---- edits ----


async def test_an_edit_reaches_everyone_before_its_answer_reaches_the_writer(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        writer, other = await here.joined("A"), await here.joined("B")
        told = await do(writer, EditCell, cell_id="a", source="x = 2")
        edited = CellEdited(seq=told[0].seq, cell_id="a", source="x = 2", revision=1, client_id="A")
        assert told[0] == edited
        assert told[-1] == NotebookAck(seq=told[-1].seq, command_id=1)
        assert [type(each) for each in told] == [CellEdited, FileStatus, NotebookAck]
        assert other.drain() == told[:-1]


async def test_who_writes_last_wins(tmp_path: Path) -> None:
    """Promise 2: all end with what came last."""
    async with desk(tmp_path) as here:
        one, two = await here.joined("A"), await here.joined("B")
        one.command(one.editing(EditCell, cell_id="a", source="one"))
        two.command(two.editing(EditCell, cell_id="a", source="two"))
        one.drain()
        two.drain()
        assert one.replay == two.replay == here.here.session.replay
        assert [edit.source for edit in one.of(CellEdited)] == ["one", "two"]


async def test_what_cannot_be_done_is_said_to_who_wanted_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client, other = await here.joined("A"), await here.joined("B")
        (ack,) = await do(client, MoveCell, cell_id="gone")
        assert isinstance(ack, NotebookAck)
        assert ack.error == "this cell is not there (any more)"
        assert other.drain() == []


async def test_an_edit_sent_again_is_made_once_and_answered_again(tmp_path: Path) -> None:
    """Promises 4 and 7."""
    async with desk(tmp_path) as here:
        client = await here.joined()
        client.command(client.editing(AddCell, cell_id="n", kind="code", source="new"))
        here.here.rejoin(client)  # the answer was lost with the connection
        client.send_again()
        client.drain()
        assert not client.unanswered
        assert sum(1 for _ in client.of(NotebookAck)) == 1
        again = client.editing(AddCell, cell_id="k", kind="code")
        client.command(again)
        client.drain()
        client.command(again)
        assert client.drain() == [NotebookAck(command_id=2)]
        assert [cell.cell_id for cell in list(client.of(NotebookInfo))[-1].cells] == ["a", "b", "m", "n", "k"]


async def test_an_answer_is_not_lost_with_a_snapshot(tmp_path: Path) -> None:
    async with desk(tmp_path, settings=SessionSettings(log_messages=1)) as here:
        client = await here.joined()
        client.command(client.editing(EditCell, cell_id="a", source="1"))
        client.command(client.editing(EditCell, cell_id="gone", source="1"))
        here.here.rejoin(client)
        client.send_again()
        client.drain()
        assert [(ack.command_id, bool(ack.error)) for ack in client.of(NotebookAck)] == [(1, False), (2, True)]
        assert any(client.of(SnapshotEnd))
        assert client.replay == here.here.session.replay


async def test_the_conversation_of_the_transcript_is_held(tmp_path: Path) -> None:
    """`spec/transcripts/editing.json`, with this session for the server that it was recorded of."""
    commands, notifications = msgspec.json.Decoder(Command), msgspec.json.Decoder(Notification)
    entries = json.loads((Path(__file__).parents[2] / "spec/transcripts/editing.json").read_text("utf-8"))["messages"]
    async with desk(tmp_path) as here:
        await settle()
        client = here.here.join("A")
        for entry in entries:
            text = json.dumps(entry["text"])
            if entry["from"] == "client":
                client.command(commands.decode(text))
                continue
            message = notifications.decode(text)
            if isinstance(message, CellLifecycle) or (isinstance(message, KernelStatus) and message.seq):
                here.here.kernel.say(msgspec.structs.replace(message, seq=0))
            elif isinstance(message, Completions):
                here.here.kernel.say(msgspec.structs.replace(message, command_id=1))  # the session's own number
            async with asyncio.timeout(5):
                assert await client.next() == message


# ---- the kernel ----


async def test_a_kernel_is_told_all_cells_and_to_run_them(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        cells, run = await here.told()
        assert isinstance(cells, SetCells)
        assert cells.path == str(here.path)
        assert cells.reload
        assert [(cell.cell_id, cell.source, cell.first_line) for cell in cells.cells] == [
            ("a", "x = 1", 2),
            ("b", "x + 1", 5),
        ]
        assert isinstance(run, RunCells)
        assert run.which == "all"


@pytest.mark.parametrize("death", [True, False])
async def test_edits_survive_their_kernel(tmp_path: Path, death: bool) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 2")
        if death:
            await here.here.kernel.end("killed by signal 9")
            await settle()
        await do(client, AddCell, cell_id="n", kind="code", source="new")
        client.command(Restart())
        here.here.kernel = await here.here.starter.kernel(1)
        cells, run = await here.told()
        assert [cell.source for cell in cells.cells] == ["x = 2", "x + 1", "new"]
        assert run.which == "all"


async def test_the_kernel_hears_of_edits_before_it_runs_anything(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await here.told()
        await do(client, EditCell, cell_id="a", source="x = 2")
        await do(client, EditCell, cell_id="a", source="x = 3")
        assert await here.told() == []
        await do(client, RunCells, cell_ids=["a", "m", "gone"])
        cells, run = await here.told()
        assert [cell.source for cell in cells.cells] == ["x = 3", "x + 1"]
        assert (run.which, run.cell_ids) == ("these", ["a"])
        await do(client, RunCells, which="stale")
        (run,) = await here.told()
        assert run.which == "stale"


async def test_the_kernel_hears_of_edits_a_moment_later_so_that_what_is_stale_is_marked(tmp_path: Path) -> None:
    async with desk(tmp_path, saving=SavingSettings(pause_seconds=1000, kernel_seconds=0.01)) as here:
        client = await here.joined()
        await here.told()
        for text in ("x = 2", "x = 3"):
            await do(client, EditCell, cell_id="a", source=text)
        async with asyncio.timeout(5):
            cells = await here.here.kernel.command()
        assert isinstance(cells, SetCells)
        assert cells.cells[0].source == "x = 3"
        await do(client, EditCell, cell_id="m", source="an edit that is none of the kernel's")
        await asyncio.sleep(0.05)
        assert await here.told() == []


async def test_to_run_a_cell_without_a_kernel_says_why_nothing_runs(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await here.here.kernel.end("killed by signal 9")
        await settle()
        ack = (await do(client, RunCells, cell_ids=["a"]))[-1]
        assert ack.error == "the kernel has ended: killed by signal 9"


async def test_what_a_cell_says_that_is_gone_is_dropped(tmp_path: Path) -> None:
    """Promise 8: its outputs are kept nowhere."""
    async with desk(tmp_path) as here:
        client = await here.joined()
        here.here.kernel.say(CellLifecycle(cell_id="a", message=CellConsole(stream="stdout", text="one")))
        await settle()
        await do(client, DeleteCell, cell_id="a")
        here.here.kernel.say(CellLifecycle(cell_id="a", message=CellConsole(stream="stdout", text="two")))
        await settle()
        assert client.drain() == []
        await do(client, AddCell, cell_id="a", kind="code")
        assert client.replay == here.here.session.replay
        assert not any(isinstance(event, CellLifecycle) for event in here.here.session.replay.snapshot())


async def test_stale_marks_and_notes_are_kept_for_who_joins_later(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        marks: list[CellMessage] = [CellStale(stale=True), CellNotes(notes=["x is defined twice"])]
        run: list[CellMessage] = [CellRunning(), CellFinished(status="ok"), CellStale(stale=False), CellNotes(notes=[])]
        for cell_id, message in [("a", mark) for mark in marks] + [("b", mark) for mark in marks]:
            here.here.kernel.say(CellLifecycle(cell_id=cell_id, message=message))
        for message in run:
            here.here.kernel.say(CellLifecycle(cell_id="a", message=message))
        late = await here.joined()
        assert [(event.cell_id, event.message) for event in late.of(CellLifecycle)] == [
            ("a", CellFinished(status="ok")),
            ("b", CellStale(stale=True)),
            ("b", CellNotes(notes=["x is defined twice"])),
        ]


# ---- completion ----


async def test_completions_go_to_who_asked_under_the_number_that_they_asked_with(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client, other = await here.joined("A"), await here.joined("B")
        await here.told()
        await do(client, Complete, cell_id="a", source="pri", cursor=3)
        (asked,) = await here.told()
        assert (asked.source, asked.cursor) == ("pri", 3)
        found = [Completion(text="print")]
        here.here.kernel.say(Completions(command_id=asked.command_id, start=0, end=3, items=found))
        await settle()
        assert client.drain() == [Completions(command_id=1, start=0, end=3, items=found)]
        assert other.drain() == []


async def test_of_many_questions_a_busy_kernel_gets_the_first_and_the_last(tmp_path: Path) -> None:
    """Promise 8: nothing piles up; each question is answered."""
    async with desk(tmp_path) as here:
        client = await here.joined()
        await here.told()
        for cursor in range(1, 5):
            await do(client, Complete, cell_id="a", source="prin", cursor=cursor)
        (first,) = await here.told()
        here.here.kernel.say(Completions(command_id=first.command_id))
        (last,) = await here.told()
        assert (first.cursor, last.cursor) == (1, 4)
        here.here.kernel.say(Completions(command_id=last.command_id))
        await settle()
        client.drain()
        assert sorted(answer.command_id for answer in client.of(Completions)) == [1, 2, 3, 4]


async def test_a_question_to_a_kernel_that_dies_is_answered_with_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, Complete, cell_id="a", source="p", cursor=1)
        await do(client, Complete, cell_id="a", source="pr", cursor=2)
        await here.here.kernel.end("killed")
        await settle()
        await do(client, Complete, cell_id="a", source="pri", cursor=3)
        assert [answer.command_id for answer in client.of(Completions)] == [1, 2, 3]


# ---- the file ----


async def test_an_edit_is_saved_after_a_while(tmp_path: Path) -> None:
    async with desk(tmp_path, saving=SavingSettings(pause_seconds=0.01)) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 2")
        await client.wait_for(FileStatus, lambda status: status.status == "saved")
        assert here.path.read_text() == FILE.replace("x = 1", "x = 2")


async def test_save_is_answered_when_the_file_is_written(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 2")
        client.command(client.editing(Save))
        ack = await client.wait_for(NotebookAck)
        assert (ack.command_id, ack.error) == (2, None)
        assert here.path.read_text() == FILE.replace("x = 1", "x = 2")


async def test_what_is_unsaved_is_written_when_the_session_ends(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="a", source="x = 2")
    assert here.path.read_text() == FILE.replace("x = 1", "x = 2")


async def test_saving_warns_where_only_anyhost_can_run_the_file(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        client = await here.joined()
        await do(client, EditCell, cell_id="b", source="import asyncio\nawait asyncio.sleep(0)")
        client.command(client.editing(Save))
        saved = await client.wait_for(FileStatus, lambda status: status.status == "saved")
        assert "only anyhost can run this file" in saved.detail
        assert "cell 2" in saved.detail


async def test_a_file_that_is_new_is_made_with_the_first_edit(tmp_path: Path) -> None:
    path = tmp_path / "new.py"
    async with scene(mode="edit", notebook=Editing.open(path, settings=SavingSettings(pause_seconds=0.01))) as here:
        client = await here.joined()
        (info,) = client.of(NotebookInfo)
        assert [(cell.kind, cell.source) for cell in info.cells] == [("code", "")]
        assert "new" in next(client.of(FileStatus)).detail
        await asyncio.sleep(0.05)
        assert not path.exists()
        await do(client, EditCell, cell_id=info.cells[0].cell_id, source="x = 1")
        await client.wait_for(FileStatus, lambda status: status.status == "saved")
        assert "x = 1\n" in path.read_text()


@pytest.mark.parametrize(
    ("name", "content", "after"),
    [
        ("n.py", "", "# %%\nx = 1\n"),
        ("n.py", "\n\n", "# %%\nx = 1\n"),
        ("n.py", "#!/usr/bin/env python\n# mine\n", "#!/usr/bin/env python\n# mine\n# %%\nx = 1\n"),
        ("n.ipynb", "", None),
        ("n.ipynb", '{"cells": [], "metadata": {"mine": 1}, "nbformat": 4, "nbformat_minor": 5}', None),
    ],
)
async def test_a_file_without_a_cell_has_one_to_write_into_and_is_not_touched(
    tmp_path: Path, name: str, content: str, after: str | None
) -> None:
    """As one that is new; and what another program writes meanwhile is taken over."""
    saving = SavingSettings(pause_seconds=0.01)
    async with desk(tmp_path, content, name=name, saving=saving) as here:
        client = await here.joined()
        (cell,) = next(client.of(NotebookInfo)).cells
        assert (cell.kind, cell.source) == ("code", "")
        await asyncio.sleep(0.05)
        assert here.path.read_text() == content
        await do(client, EditCell, cell_id=cell.cell_id, source="x = 1")
        await client.wait_for(FileStatus, lambda status: status.status == "saved")
        written = here.path.read_text()
        if after is not None:
            assert written == after
        assert "x = 1" in written and ('"mine"' in written) == ('"mine"' in content)
    async with desk(tmp_path, content, name=name, saving=saving) as here:
        client = await here.joined()
        here.path.write_text(written)
        told = await client.wait_for(FileStatus, lambda status: "another program" in status.detail)
        assert told.status == "saved"
        assert [cell.source for cell in here.editing.document.notebook.cells] == ["x = 1"]


async def test_a_script_that_does_not_parse_is_opened_to_be_mended(tmp_path: Path) -> None:
    """Its cells cannot be told, so it is one; it stays a script, and has its cells when it is opened again."""
    path = tmp_path / "n.py"
    broken = "# mine\nx = (1\n\nprint(x)\n"
    path.write_text(broken)
    editing = Editing.open(path, settings=SavingSettings(pause_seconds=0.01))
    async with scene(mode="edit", notebook=editing) as here:
        client = await here.joined()
        (info,) = client.of(NotebookInfo)
        (cell,) = info.cells
        assert cell.source == broken.rstrip("\n")
        for text in ("x = (2\n\nprint(x)", "x = (2)\n\nprint(x)"):
            await do(client, EditCell, cell_id=cell.cell_id, source=text)
            await client.wait_for(FileStatus, lambda status: status.status == "saved")
            assert path.read_text() == text + "\n"
    assert [cell.source for cell in Editing.open(path).document.notebook.cells] == ["x = (2)", "print(x)"]


async def test_a_jupyter_notebook_is_saved_with_what_its_cells_show(tmp_path: Path) -> None:
    stored = nbformat.v4.new_output("stream", name="stdout", text="stored")
    cells = [
        nbformat.v4.new_code_cell(source, id=cell_id, outputs=[stored]) for cell_id, source in (("a", "1"), ("b", "2"))
    ]
    content = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    async with desk(tmp_path, content, name="n.ipynb") as here:
        client = await here.joined()
        assert not any(client.of(CellLifecycle))  # what is stored is untrusted until the cell has run
        for message in (
            CellRunning(),
            CellConsole(stream="stdout", text="printed"),
            CellOutput(data={"text/plain": msgspec.Raw(b'"shown"')}),
            CellFinished(status="ok"),
        ):
            here.here.kernel.say(CellLifecycle(cell_id="a", message=message))
        await settle()
        client.command(client.editing(Save))
        await client.wait_for(NotebookAck)
        saved = nbformat.read(here.path, as_version=4)
        nbformat.validate(saved)
        first, second = saved.cells
        assert [(each.output_type, each.get("text")) for each in first.outputs] == [
            ("stream", "printed"),
            ("display_data", None),
        ]
        assert first.outputs[1].data["text/plain"] == "shown"
        assert second.outputs == [stored]


async def test_a_document_outlives_its_session(tmp_path: Path) -> None:
    """A fault of ours ends a session; the next page that comes has all that was written."""
    path = tmp_path / "n.py"
    path.write_text(FILE)
    editing = Editing.open(path, settings=NEVER)
    for text in ("one", "two"):
        async with scene(mode="edit", notebook=editing) as here:
            client = await here.joined()
            await do(client, EditCell, cell_id="a", source=text)
    async with scene(mode="edit", notebook=editing) as here:
        (info,) = (await here.joined()).of(NotebookInfo)
        assert sources(info)[0] == ("a", "two")
        assert info.cells[0].revision == 2


async def test_a_session_that_is_closed_before_it_began_ends(tmp_path: Path) -> None:
    session = Session("S", ScriptedStarter(), Modules(), mode="edit", notebook=Editing.open(tmp_path / "n.py"))
    session.close("the server has ended")
    async with asyncio.timeout(5):
        await session.run()


# ---- who may ----


async def test_without_a_notebook_to_edit_the_commands_are_refused(tmp_path: Path) -> None:
    async with scene(mode="edit") as here:
        client = await here.joined()
        (refusal,) = await do(client, EditCell, cell_id="a", source="")
        assert isinstance(refusal, Refusal)
