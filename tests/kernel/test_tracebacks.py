"""Tracebacks that point at the user's line, and say no more than the user's part of the story."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from notebooks import Conversation, kernel_in

from anyhost.kernel.tracebacks import remedy

pytestmark = pytest.mark.anyio


def text_of(kernel: Conversation, cell: int | None = None) -> str:
    """The traceback of the one error, without its colours."""
    (error,) = kernel.errors(cell)
    return re.sub("\x1b\\[[0-9;]*m", "", "\n".join(error.traceback))


async def test_lines_are_those_of_the_file_and_of_the_cell(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nx = 1\n\n# %%\n\n\ny = 2\ndef f():\n    return 1 / 0\n\nf()\n")
        path = tmp_path / "notebook.py"
        text = text_of(kernel)
        assert [int(line) for line in re.findall(f"File {re.escape(str(path))}:(\\d+)", text)] == [11, 9]
        assert "---> 11 f()" in text
        assert "----> 9     return 1 / 0" in text
        assert kernel.errors()[0].line == 3
        assert "\x1b[" in kernel.errors()[0].traceback[0]


async def test_the_cells_that_a_traceback_names_are_said_by_id(tmp_path: Path) -> None:
    """Their names have numbers, and cells move."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("def f():\n    return 1 / 0", "f()")
        await kernel.run_cells(which="all")
        names = {"notebook.py, cell 1": "a", "notebook.py, cell 2": "b"}
        assert kernel.errors()[0].cells == names
        await kernel.edit("f()", "def f():\n    return 1 / 0", ids="ba")
        await kernel.run_cells("b")
        moved = kernel.errors()[1]
        assert sorted(moved.cells.values()) == ["a", "b"]
        assert moved.cells["notebook.py, cell 1"] == "a"  # whose `f` still is what ran under this name


async def test_a_syntax_error_says_its_line_beside_its_words(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("x = 1\nprint(")
        await kernel.run_cells(which="all")
        (error,) = kernel.errors()
        assert (error.value, error.line, error.cells) == ("'(' was never closed", 2, {"notebook.py, cell 1": "a"})


async def test_frames_of_anyhost_and_ipython_are_left_out(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "from IPython.display import display\nclass A:\n    def _ipython_display_(self):\n        display(B())\n"
            "class B:\n    def _repr_html_(self):\n        1 / 0\ndisplay(A())\n"
        )
        (error,) = kernel.errors()
        text = text_of(kernel)
        assert "site-packages" not in text and "anyhost/kernel" not in text
        assert (error.name, error.line) == ("ZeroDivisionError", 7)


async def test_a_syntax_error_points_at_its_line(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nx = 1\n# %%\nprint('never')\ny = = 2\n")
        (error,) = kernel.errors()
        assert (error.name, error.line) == ("SyntaxError", 2)
        assert f"File {tmp_path / 'notebook.py'}:5" in text_of(kernel)
        assert kernel.printed() == ""


async def test_a_syntax_error_that_only_the_compiler_finds_points_at_its_line(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nx = 1\n# %%\nif x:\n    return 1\n")
        assert [(error.name, error.line) for error in kernel.errors()] == [("SyntaxError", 2)]


async def test_a_syntax_error_in_an_import_points_at_both(tmp_path: Path) -> None:
    (tmp_path / "broken_beside.py").write_text("\nx = = 1\n")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nimport broken_beside\n")
        assert kernel.errors()[0].line == 1
        assert "broken_beside.py:2" in text_of(kernel)


async def test_causes_and_groups_are_shown(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "# %%\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError('k') from error\n"
            "# %%\nraise ExceptionGroup('several', [ValueError('one'), TypeError('two')])\n"
        )
        first = text_of(kernel, 0)
        assert "direct cause" in first and "ZeroDivisionError" in first and "KeyError" in first
        second = text_of(kernel, 1)
        assert "ValueError: one" in second and "TypeError: two" in second
        assert "site-packages" not in second


async def test_exceptions_that_cannot_be_shown_are_shown_nevertheless(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "# %%\nclass Bad(Exception):\n    def __str__(self):\n        raise ValueError\nraise Bad\n# %%\n1\n"
        )
        (error,) = kernel.errors()
        assert (error.name, error.line) == ("Bad", 4)
        assert kernel.endings() == ["error", "ok"]


async def test_a_missing_package_comes_with_the_remedy(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nimport no_such_thing.part\n# %%\nimport sys\nsys.modules['cv2'] = None\nimport cv2\n")
        (error, _) = kernel.errors()
        advice = f"no_such_thing is not installed in {sys.executable}: pip install no_such_thing"
        assert error.value.endswith(f"\n{advice}")
        assert error.traceback[-1] == advice


def test_the_remedy_names_what_is_to_be_installed() -> None:
    assert (remedy(ModuleNotFoundError(name="bs4.x")) or "").endswith("pip install beautifulsoup4")
    assert remedy(ModuleNotFoundError(name="json.missing")) is None
    assert remedy(ModuleNotFoundError()) is None


async def test_time_keeps_lines_and_awaits_and_shows_the_last_expression(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\n%%time\nimport asyncio\nawait asyncio.sleep(0)\n3\n# %%\n%%time\n\nx = 1\n1 / 0\n")
        assert kernel.shown() == [{"text/plain": "3"}]
        assert re.fullmatch(r"(CPU times: user .*, sys: .*, total: .*\nWall time: .*\n){2}", kernel.printed())
        assert kernel.errors()[0].line == 4
