"""What may be named to `anyhost dev`: a class, a function, an object of a module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import kernel_in
from recording_kernel import RecordingKernel

from anyhost.kernel.onewidget import WidgetError, make
from anyhost.kernel.patches import patched
from anyhost.protocol.messages import RunWidget

pytestmark = pytest.mark.anyio


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched():
        yield recording
        recording.models.close_all()


TARGETS = """\
import anywidget

class Counter(anywidget.AnyWidget):
    _esm = "export default {}"

class Needy(Counter):
    def __init__(self, path, *rest, size=1):
        super().__init__()

def make(size=1):
    return Needy("a")

class Holder:
    made = Counter()

    @staticmethod
    def build():
        return Counter()

made = Counter()
number = 3
"""


@pytest.fixture
def targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "named_targets.py").write_text(TARGETS)
    monkeypatch.syspath_prepend(tmp_path)
    yield "named_targets"
    sys.modules.pop("named_targets", None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Counter", "Counter"),
        ("make", "Needy"),
        ("made", "Counter"),
        ("Holder.made", "Counter"),
        ("Holder.build", "Counter"),
    ],
)
def test_a_class_a_function_and_an_object_make_a_widget(
    kernel: RecordingKernel, targets: str, name: str, kind: str
) -> None:
    with kernel.cell():
        assert type(make(targets, name)).__name__ == kind


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Needy", r"Needy needs arguments \(path\).*anyhost dev named_targets:make"),
        ("Conter", "named_targets has no Conter; did you mean Counter?"),
        ("number", "expected named_targets:number to be a widget or to make one, got int"),
        ("Holder", "expected named_targets:Holder to be a widget or to make one, got Holder"),
    ],
)
def test_what_is_no_widget_says_what_to_do(kernel: RecordingKernel, targets: str, name: str, words: str) -> None:
    with kernel.cell(), pytest.raises(WidgetError, match=words.replace("?", r"\?")):
        make(targets, name)


@pytest.mark.usefixtures("targets")  # its folder is the first that Python looks in
def test_a_module_that_is_not_there_is_named_with_the_folder(kernel: RecordingKernel, tmp_path: Path) -> None:
    with kernel.cell(), pytest.raises(WidgetError, match=f"there is no module no_such in {tmp_path}, and none"):
        make("no_such.part", "Counter")


@pytest.mark.usefixtures("targets")
def test_what_the_author_s_module_lacks_is_the_author_s_error(kernel: RecordingKernel, tmp_path: Path) -> None:
    (tmp_path / "lacking.py").write_text("import no_such_library")
    with kernel.cell(), pytest.raises(ModuleNotFoundError, match="no_such_library"):
        make("lacking", "Counter")


async def test_what_is_no_widget_is_said_without_the_way_there(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("number = 3")
    async with kernel_in(tmp_path) as talk:
        talk.channel.send(RunWidget(folder=str(tmp_path), module="plain", name="number"))
        await talk.idle(0)
        (error,) = talk.errors()
        assert (error.name, "".join(error.traceback)) == ("WidgetError", "")
