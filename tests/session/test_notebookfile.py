"""A file is written whole or not at all, and never over what another program has written."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from anyhost.session.notebookfile import NOTHING, FileChanged, NotebookFile

pytestmark = pytest.mark.anyio


def file_with(path: Path, content: bytes = b"old") -> NotebookFile:
    path.write_bytes(content)
    return NotebookFile(path)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    before = file.read()
    written = file.write(b"new", before)
    assert file.path.read_bytes() == b"new"
    assert file.look(written) is written
    assert names_in(tmp_path) == ["n.py"]
    assert before.content == b"old"


def test_permissions_stay(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    file.path.chmod(0o640)
    file.write(b"new", file.read())
    assert file.path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    NotebookFile(tmp_path / "n.py").write(b"new", NOTHING)
    assert (tmp_path / "n.py").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "real.py"
    target.write_bytes(b"old")
    link = tmp_path / "n.py"
    link.symlink_to(Path("elsewhere") / "real.py")
    file = NotebookFile(link)
    file.write(b"new", file.read())
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names_in(target.parent) == ["real.py"]


def test_what_another_program_has_written_is_not_written_over(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    known = file.read()
    (tmp_path / "other").write_bytes(b"theirs")
    (tmp_path / "other").replace(file.path)
    with pytest.raises(FileChanged):
        file.write(b"ours", known)
    assert file.path.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["n.py"]


def test_a_file_that_was_only_touched_is_written(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    known = file.read()
    os.utime(file.path, (1, 1))
    assert file.look(known) != known
    file.write(b"ours", known)
    assert file.path.read_bytes() == b"ours"


def test_a_file_that_appears_is_not_written_over(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    with pytest.raises(FileChanged):
        file.write(b"ours", NOTHING)


def test_a_file_that_may_only_be_read_stays_as_it_is(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    file.path.chmod(0o444)
    with pytest.raises(PermissionError, match="only be read"):
        file.write(b"new", file.read())
    assert file.path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["n.py"]


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full says so when it is told to keep what was written."""
    file = file_with(tmp_path / "n.py")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        file.write(b"new", file.read())
    assert file.path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["n.py"]


def test_what_cannot_be_written_goes_beside_the_file(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    left = file.write_beside(b"ours")
    assert left.parent == tmp_path
    assert left.name.startswith("n.unsaved-")
    assert left.suffix == ".py"
    assert left.read_bytes() == b"ours"


async def test_changes_are_heard_whatever_way_another_program_saves(tmp_path: Path) -> None:
    file = file_with(tmp_path / "n.py")
    changes = file.changes()
    known = file.read()
    try:
        async with asyncio.timeout(20):
            await anext(changes)
            for step in (
                lambda: file.path.write_bytes(b"in place"),
                lambda: (tmp_path / "new").write_bytes(b"replaced") and (tmp_path / "new").replace(file.path),
                file.path.unlink,
                lambda: file.path.write_bytes(b"again"),
            ):
                step()
                while (found := file.look(known)) is known:
                    await anext(changes)
                known = found
        assert known.content == b"again"
    finally:
        await changes.aclose()


async def test_a_folder_that_goes_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = file_with(folder / "n.py")
    known = file.read()
    changes = file.changes()
    try:
        async with asyncio.timeout(20):
            await anext(changes)
            folder.rename(tmp_path / "away")
            while (found := file.look(known)) is known:
                await anext(changes)
            assert found == NOTHING
            folder.mkdir()
            file.path.write_bytes(b"new")
            while (again := file.look(found)) is found:
                await anext(changes)
            assert again.content == b"new"
    finally:
        await changes.aclose()
