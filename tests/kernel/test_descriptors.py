"""What subprocesses, forked children and C code write, at the cell and in order."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import pytest
from notebooks import kernel_in

from anyhost.protocol.messages import CellConsole

pytestmark = [pytest.mark.anyio, pytest.mark.process]


async def test_a_subprocess_prints_at_the_cell_and_in_order(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, owns_process=True) as kernel:
        await kernel.run(
            "import os, subprocess, sys\nprint('a')\nsubprocess.run(['echo', 'b'])\nprint('c')\n"
            "os.write(2, b'd')\nprint('e')\nos.system('echo f');\n"
        )
        assert kernel.printed() == "a\nb\nc\ne\nf\n"
        assert kernel.printed("stderr") == "d"
        # How the text was cut is a matter of time.
        pieces = groupby(kernel.of(CellConsole), key=lambda piece: piece.stream)
        assert [(stream, "".join(piece.text for piece in group)) for stream, group in pieces] == [
            ("stdout", "a\nb\nc\n"),
            ("stderr", "d"),
            ("stdout", "e\nf\n"),
        ]


async def test_forked_children_print_at_the_cell(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, owns_process=True) as kernel:
        await kernel.run(
            "import os\nif os.fork() == 0:\n    print('child')\n    os._exit(0)\nos.wait()\nprint('parent')\n"
        )
        assert kernel.printed() == "child\nparent\n"


async def test_what_is_written_while_a_cell_blocks_comes_meanwhile(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, owns_process=True) as kernel:
        kernel.start("import subprocess\nsubprocess.run('echo early; sleep 3; echo late', shell=True);\n")
        await kernel.until_printed("early")
        assert "late" not in kernel.printed()
        await kernel.until_printed("late")


async def test_much_output_does_not_block(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, owns_process=True) as kernel:
        await kernel.run("import subprocess\nsubprocess.run('seq 1 300000', shell=True);\n")
        assert kernel.printed().count("\n") == 300_000


async def test_descriptors_are_given_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
    async with kernel_in(tmp_path, owns_process=True) as kernel:
        await kernel.run("1\n")
        now = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
    os.write(1, b"back\n")
    assert len(now) > len(before)
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert capfd.readouterr().out == "back\n"
