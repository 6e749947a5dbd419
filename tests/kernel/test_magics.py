"""Magics and shell commands: those that work, and what is said of those that do not."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from notebooks import kernel_in

from anyhost.kernel.magics import SUPPORTED, UNSUPPORTED, refuse

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("cell", "printed"),
    [
        ("%matplotlib inline\nprint(1)", "1\n"),
        ("%pwd\nprint(1)", "1\n"),
        ("%env ANYHOST_X=3\nimport os\nprint(os.environ.pop('ANYHOST_X'))", "env: ANYHOST_X=3\n3\n"),
        ("!echo hi", "hi\n"),
        ("x = !echo hi\nprint(x)", "['hi']\n"),
        ("%%bash\necho hi", "hi\n"),
        ("%%capture out\nprint(1)", ""),
        ("n = 2\n!echo {n} $n", "2 2\n"),
        ("!exit 3\nprint(_exit_code)", "3\n"),
    ],
)
async def test_what_works(tmp_path: Path, cell: str, printed: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n{cell}\n")
        assert (kernel.errors(), kernel.printed()) == ([], printed)


async def test_timing_and_display_magics_work(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\n%time 1 + 1\n# %%\n%timeit -n1 -r1 1\n# %%\n%%html\n<b>x</b>\n")
        assert kernel.errors() == []
        assert "Wall time" in kernel.printed() and "per loop" in kernel.printed()
        assert [shown.get("text/html") for shown in kernel.shown()] == [None, "<b>x</b>\n"]


async def test_autoreload_works(tmp_path: Path) -> None:
    module = tmp_path / "reloaded_beside.py"
    module.write_text("value = 1\n")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "# %%\n%load_ext autoreload\n%autoreload 2\nimport reloaded_beside, os, pathlib, sys\n"
            "sys.dont_write_bytecode = True\n"
            "# %%\npath = pathlib.Path('reloaded_beside.py')\npath.write_text('value = 22\\n')\n"
            "os.utime(path, (1, 2e9));\n"
            "# %%\nprint(reloaded_beside.value)\n"
        )
        sys.dont_write_bytecode = False
        assert (kernel.errors(), kernel.printed()) == ([], "22\n")
    sys.modules.pop("reloaded_beside", None)


@pytest.mark.parametrize("cell", ["!pip --version", "%pip --version", "!pip3 --version"])
async def test_pip_is_that_of_this_python(tmp_path: Path, cell: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n{cell}\n")
        assert f" from {sys.prefix}/" in kernel.printed()


@pytest.mark.parametrize(
    "cell", ["%history", "%connect_info", "%edit x", "%debug", "%no_such", "%%no_such\nx", "%gui qt"]
)
async def test_what_does_not_work_says_so_and_what_does(tmp_path: Path, cell: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n{cell}\n# %%\nprint('on')\n")
        (error,) = kernel.errors()
        name = cell.split(maxsplit=1)[0]
        assert error.value.startswith(f"{name} is not supported here: ")
        assert "%matplotlib inline" in error.value
        assert (error.name, error.line, kernel.endings()) == ("UsageError", 1, ["error", "ok"])


@pytest.mark.parametrize("backend", ["notebook", "qt"])
async def test_windows_and_jupyter_s_own_figures_are_refused(tmp_path: Path, backend: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n%matplotlib {backend}\n")
        assert "zoomed and panned with %matplotlib widget" in kernel.errors()[0].value


class WithoutIpympl:
    """A finder of modules of an environment in which it is not installed."""

    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def find_spec(self, name: str, *arguments: Any) -> Any:
        return None if name.partition(".")[0] == "ipympl" else self._finder.find_spec(name, *arguments)


async def test_figures_as_widgets_need_ipympl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "ipympl"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", list(map(WithoutIpympl, sys.meta_path)))
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\n%matplotlib widget\n")
        assert f"ipympl is not installed in {sys.executable}: pip install ipympl" in kernel.errors()[0].value


async def test_output_of_a_command_comes_as_it_is_written(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        kernel.start("# %%\n!echo one; sleep 0.5; echo two >&2\n")
        await kernel.until_printed("one\n")
        assert "two" not in kernel.printed()
        await kernel.until_printed("two\n")


async def test_an_interrupt_ends_a_command(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, interruptible=True) as kernel:
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        await kernel.run("# %%\n!sleep 60\n")
        timer.join()
        assert kernel.endings() == ["interrupted"]


def test_the_tables_do_not_contradict_each_other() -> None:
    assert not set(SUPPORTED["line"]) & set(UNSUPPORTED)
    assert not set(SUPPORTED["cell"]) & set(UNSUPPORTED)


def test_an_extension_s_magic_is_let_through() -> None:
    refuse("line", "lprun", ("lprun",))
    with pytest.raises(UsageError):
        refuse("line", "lprun", ())
