"""Hot reload in the kernel, with real files (section K)."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import psygnal
import pytest
import traitlets
from anywidget.experimental import dataclass
from notebooks import kernel_in
from recording_kernel import RecordingKernel

from anyhost.kernel.patches import patched
from anyhost.kernel.reload import Reload

pytestmark = pytest.mark.anyio


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched():
        yield recording
        recording.models.close_all()


def widget_class(folder: Path) -> Any:
    (folder / "widget.js").write_text("export default { one: 1 }")
    (folder / "widget.css").write_text("p { color: red }")

    class Widget(anywidget.AnyWidget):
        _esm = folder / "widget.js"
        _css = folder / "widget.css"
        count = traitlets.Int(0).tag(sync=True)

    return Widget


@asynccontextmanager
async def watched(kernel: RecordingKernel) -> AsyncIterator[Callable[[Callable[[], object]], Any]]:
    """The files are watched inside this block; gives what waits until something is true."""

    async def until(true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():  # noqa: ASYNC110 - files tell nobody
                await asyncio.sleep(0.02)

    reload = asyncio.create_task(Reload(kernel.models).run())
    await asyncio.sleep(0.2)
    try:
        yield until
    finally:
        reload.cancel()
        await asyncio.wait([reload])


def is_at(kernel: RecordingKernel, widget: Any, version: int) -> bool:
    return f"v: {version}" in codes(kernel, widget)[-1]


def codes(kernel: RecordingKernel, widget: Any) -> list[str]:
    """The versions of a widget's module that were named, first the one that it opened with."""
    texts = {source.hash: b"".join(source.buffers).decode() for source in kernel.modules()}
    return [texts[message.module.hash] for message in kernel.of(widget) if message.module]


async def test_a_saved_file_replaces_the_code_and_keeps_the_state(kernel: RecordingKernel, tmp_path: Path) -> None:
    """K1."""
    with kernel.cell():
        widget = widget_class(tmp_path)(count=3)
    async with watched(kernel) as until:
        (tmp_path / "widget.js").write_text("export default { two: 2 }")
        await until(lambda: len(codes(kernel, widget)) == 2)
    assert "two" in codes(kernel, widget)[-1]
    assert kernel.of(widget)[-1].state == {}
    assert widget.count == 3


@pytest.mark.parametrize("way", ["rename", "delete and create"])
async def test_an_atomic_save_is_a_save_again_and_again(kernel: RecordingKernel, tmp_path: Path, way: str) -> None:
    """K9: anywidget's own watch ends when the file is deleted."""
    file = tmp_path / "widget.js"
    with kernel.cell():
        widget = widget_class(tmp_path)()
    async with watched(kernel) as until:
        for version in (2, 3, 4):
            if way == "rename":
                (tmp_path / "widget.js~").write_text(f"export default {{ v: {version} }}")
                (tmp_path / "widget.js~").replace(file)
            else:
                file.unlink()
                await asyncio.sleep(0.1)
                file.write_text(f"export default {{ v: {version} }}")
            await until(partial(is_at, kernel, widget, version))


async def test_a_folder_that_is_replaced_as_a_whole_is_watched_again(kernel: RecordingKernel, tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    with kernel.cell():
        widget = widget_class(folder)()
    async with watched(kernel) as until:
        for version in (2, 3):
            folder.rename(tmp_path / f"old-{version}")
            folder.mkdir()
            (folder / "widget.js").write_text(f"export default {{ v: {version} }}")
            await until(partial(is_at, kernel, widget, version))


async def test_style_rides_along_and_an_emptied_file_takes_it_away(kernel: RecordingKernel, tmp_path: Path) -> None:
    """J4, J6; while an empty module is one that is being written."""
    with kernel.cell():
        widget = widget_class(tmp_path)()
    async with watched(kernel) as until:
        (tmp_path / "widget.css").write_text("p { color: blue }")
        await until(lambda: len(kernel.of(widget)) == 2)
        (tmp_path / "widget.js").write_text("")
        (tmp_path / "widget.css").write_text("")
        await until(lambda: len(kernel.of(widget)) == 3)
    assert [message.style.text for message in kernel.of(widget)[1:]] == ["p { color: blue }", ""]
    assert len(codes(kernel, widget)) == 1


async def test_a_widget_made_later_begins_with_the_new_text(kernel: RecordingKernel, tmp_path: Path) -> None:
    kind = widget_class(tmp_path)
    with kernel.cell():
        first = kind()
    async with watched(kernel) as until:
        first.close()
        (tmp_path / "widget.js").write_text("export default { two: 2 }")
        await until(lambda: "two" in str(kind._esm))
    with kernel.cell():
        assert "two" in codes(kernel, kind())[0]


async def test_files_of_installed_packages_are_not_watched(kernel: RecordingKernel, tmp_path: Path) -> None:
    installed, own = tmp_path / "lib" / "site-packages" / "package", tmp_path / "own"
    for folder in (installed, own):
        folder.mkdir(parents=True)
    linked = tmp_path / "lib" / "site-packages" / "linked"
    linked.symlink_to(own)  # one way to have something installed and yet edited
    with kernel.cell():
        theirs, mine = widget_class(installed)(), widget_class(linked)()
    async with watched(kernel) as until:
        (installed / "widget.js").write_text("export default { two: 2 }")
        (own / "widget.js").write_text("export default { two: 2 }")
        await until(lambda: len(codes(kernel, mine)) == 2)
    (code,) = codes(kernel, theirs)
    assert "one" in code


async def test_descriptors_follow_their_files(kernel: RecordingKernel, tmp_path: Path) -> None:
    (tmp_path / "thing.js").write_text("export default { one: 1 }")

    @dataclass(esm=tmp_path / "thing.js")
    class Thing:
        count: int = 3

    assert psygnal  # its events make it one
    with kernel.cell():
        thing = Thing()
        model_id = thing._repr_mimebundle_.model_id  # type: ignore[attr-defined]
    async with watched(kernel) as until:
        (tmp_path / "thing.js").write_text("export default { two: 2 }")
        await until(lambda: "two" in codes(kernel, model_id)[-1])


async def test_what_an_observer_of_the_code_raises_is_shown_and_the_watching_goes_on(
    kernel: RecordingKernel, tmp_path: Path
) -> None:
    """Promise 9."""
    with kernel.cell():
        widget = widget_class(tmp_path)()
    widget.observe(lambda _change: 1 / 0, "_esm")
    async with watched(kernel) as until:
        (tmp_path / "widget.js").write_text("export default { two: 2 }")
        await until(lambda: kernel.errors)
        (tmp_path / "widget.js").write_text("export default { three: 3 }")
        await until(lambda: len(kernel.errors) == 2)
    assert {type(error) for error in kernel.errors} == {ZeroDivisionError}


async def test_nothing_is_left_of_a_closed_widget(kernel: RecordingKernel, tmp_path: Path) -> None:
    """P14."""
    kind = widget_class(tmp_path)
    with kernel.cell():
        widget = kind()
    async with watched(kernel):
        widget.close()
        gone = weakref.ref(widget)
        del widget
        gc.collect()
        assert gone() is None
        assert len(kind._esm.changed) == 0


def test_a_client_can_replace_code_nowhere(kernel: RecordingKernel, tmp_path: Path) -> None:
    """K11, P19."""
    with kernel.cell():
        widget = widget_class(tmp_path)()
    ack = kernel.write(widget.model_id, '{"_esm": "alert(1)", "_css": "p {}"}')
    assert ack.status == "corrected"
    assert "one" in widget._esm
    assert len(kernel.of(widget)) == 1


async def test_anywidget_watches_nothing_itself_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K8, K11: a developer's own `ANYWIDGET_HMR` must not have an app take up files."""
    monkeypatch.setenv("ANYWIDGET_HMR", "1")
    (tmp_path / "widget.js").write_text("export default {}")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "import anywidget, os, pathlib\n\n"
            "class W(anywidget.AnyWidget):\n    _esm = pathlib.Path('widget.js').resolve()\n\n"
            "print(W._esm._background_thread, 'ANYWIDGET_HMR' in os.environ)\n"
        )
        assert kernel.printed() == "None False\n"
    assert os.environ["ANYWIDGET_HMR"] == "1"
