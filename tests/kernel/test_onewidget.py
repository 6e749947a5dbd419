"""What may be named to `anyhost dev`: a class, a function, an object of a module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from recording_kernel import RecordingKernel

from anyhost.kernel.onewidget import WidgetError, make
from anyhost.kernel.patches import patched


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
    del sys.modules["named_targets"]


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
