"""What could stand at the cursor, from live objects and from jedi; and that it holds up nothing."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import jedi
import parso.cache
import pytest
from notebooks import Conversation, kernel_in

from anyhost.protocol.messages import CellFinished, CellLifecycle, Complete, Completions

pytestmark = pytest.mark.anyio

CELLS = (
    "import math, anywidget, traitlets\n"
    "class Thing(anywidget.AnyWidget):\n    value = traitlets.Int(0).tag(sync=True)\n"
    "    @property\n    def danger(self):\n        asked.append(1)\n        return math\n"
    "    def method(self): pass\n    _private = 1\n"
    "asked = []\nthing = Thing()\nnumbers = [1, 2]\n"
)


async def complete(kernel: Conversation, source: str, cursor: int | None = None) -> Completions:
    since = len(kernel.messages)
    cursor = len(source) if cursor is None else cursor
    kernel.channel.send(Complete(command_id=7, cell_id="x", source=source, cursor=cursor))
    answer: Completions = await kernel.until(lambda message: isinstance(message, Completions), since)
    assert answer.command_id == 7
    return answer


def texts(answer: Completions) -> list[str]:
    return [item.text for item in answer.items]


async def test_the_attributes_of_an_object_that_is_there(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS)
        await kernel.run_cells(which="all")
        answer = await complete(kernel, "äö = 1\nthing.me")
        assert (texts(answer), answer.start, answer.end) == (["method"], 13, 15)
        assert answer.items[0].kind == "function"
        found = texts(await complete(kernel, "thing."))
        assert found.index("value") < found.index("_private") and "__class__" not in found
        kinds = {item.text: item.kind for item in (await complete(kernel, "thing.")).items}
        assert (kinds["value"], kinds["danger"], kinds["method"]) == ("instance", "property", "function")
        assert "bit_length" in texts(await complete(kernel, "thing.value.bit"))
        assert texts(await complete(kernel, "math.sq")) == ["sqrt"]


async def test_no_property_runs_for_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS, "print(asked)")
        await kernel.run_cells(which="all")
        await complete(kernel, "thing.danger.")
        await complete(kernel, "x = thing.danger\nx.")
        await kernel.run_cells("b")
        assert kernel.printed().endswith("[]\n")


async def test_what_the_text_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anyhost.kernel.completion.PATIENCE", 20)
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS)
        await kernel.run_cells(which="all")
        assert "numbers" in texts(await complete(kernel, "num"))
        assert texts(await complete(kernel, "text = 'a'\ntext.upp")) == ["upper"]
        assert texts(await complete(kernel, "def f(thing: str):\n    thing.upp")) == ["upper"]
        assert texts(await complete(kernel, "math = ''\nmath.upp")) == ["upper"]
        assert texts(await complete(kernel, "def other(parameter): pass\nother(param")) == ["parameter="]
        assert "bit_length" in texts(await complete(kernel, "numbers[0].bit"))
        assert texts(await complete(kernel, "num + 1", 3)) == texts(await complete(kernel, "num"))


async def test_nothing_in_comments_and_of_broken_code(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS)
        await kernel.run_cells(which="all")
        for source in ("# see thing.", "", "((((", "\0", "x = = thing", "1.", "thing..", "  \n"):
            assert len(texts(await complete(kernel, source))) <= 500
        assert texts(await complete(kernel, "# see thing.")) == []


async def test_a_dir_that_fails(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            "class Odd:\n    def __dir__(self): raise ValueError\n    def __getattr__(self, name): 1 / 0\nodd = Odd()"
        )
        await kernel.run_cells(which="all")
        assert texts(await complete(kernel, "odd.")) == []
        assert texts(await complete(kernel, "odd.some.")) == []


async def test_completion_waits_for_no_cell(tmp_path: Path) -> None:
    """Through the loop it is handled at an `await`; with a process it waits for nothing (test_process)."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("import asyncio", "def helper(value): return value\nprint('on')\nawait asyncio.sleep(3)", "x")
        kernel.send_run("b")
        await kernel.until_printed("on")
        began = time.monotonic()
        assert texts(await complete(kernel, "help")) == ["help", "helper"]
        assert time.monotonic() - began < 3
        assert not [m for m in kernel.messages if isinstance(m, CellLifecycle) and isinstance(m.message, CellFinished)][
            1:
        ]


async def test_jedi_that_takes_too_long_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anyhost.kernel.completion.PATIENCE", 0.1)
    monkeypatch.setattr("anyhost.kernel.completion.jedi.Interpreter", lambda *_: time.sleep(0.5))
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS)
        await kernel.run_cells(which="all")
        began = time.monotonic()
        assert "numbers" in texts(await complete(kernel, "num"))
        assert "numbers" in texts(await complete(kernel, "num"))  # the first one is still being thought about
        assert time.monotonic() - began < 0.45


async def test_where_jedi_fails_names_are_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RecursionError

    monkeypatch.setattr("jedi.Interpreter", fail)
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(CELLS)
        await kernel.run_cells(which="all")
        assert texts(await complete(kernel, "num")) == ["numbers"]
        assert texts(await complete(kernel, "def f(thing):\n    thing.met")) == ["method"]


def kept(folder: Path) -> list[Path]:
    """What jedi keeps of the modules that it has parsed."""
    return list(folder.rglob("*.pkl"))


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def clear(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("damage", [halve, clear])
async def test_files_of_jedi_that_are_half_written_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    """As another kernel has them while it writes, or as one that was killed left them."""
    monkeypatch.setattr("anyhost.kernel.completion.PATIENCE", 20)
    monkeypatch.setattr("jedi.settings.cache_directory", tmp_path / "cache")
    parso.cache.parser_cache.clear()

    async def asked(kernel: Conversation) -> list[str]:
        return texts(await complete(kernel, "import keyword\nkeyword.kwl"))

    async with kernel_in(tmp_path) as kernel:
        assert await asked(kernel) == ["kwlist"]
        files = kept(jedi.settings.cache_directory)
        assert files
        for path in files:
            damage(path)
        parso.cache.parser_cache.clear()  # as in another kernel
        assert await asked(kernel) == ["kwlist"]
        for path in kept(jedi.settings.cache_directory):
            pickle.loads(path.read_bytes())
