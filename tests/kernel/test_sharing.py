"""Modules that models share, and may not have been meant to (A15)."""

from __future__ import annotations

from collections.abc import Iterator

import anywidget
import pytest
from recording_kernel import RecordingKernel

from anyhost.kernel.patches import patched
from anyhost.kernel.sharing import WRITTEN_BY_HAND, Sharing
from anyhost.protocol.messages import ModelLifecycle, ModelOpenMessage

COUNTING = "let count = 0;\nexport default { initialize() { count += 1; } };"


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    recording.models.sharing = Sharing()
    with patched(), recording.cell():
        yield recording
        recording.models.close_all()


def opened(kernel: RecordingKernel) -> list[dict[str, object]]:
    messages = [each.message for each in kernel.published if isinstance(each, ModelLifecycle)]
    opens = [message.into_state() for message in messages if isinstance(message, ModelOpenMessage)]
    return [state for state in opens if state["_model_module"] == "anywidget"]


def test_the_second_model_of_a_module_with_variables_of_its_own_is_warned_of_once(kernel: RecordingKernel) -> None:
    class Counter(anywidget.AnyWidget):
        _esm = COUNTING

    Counter()
    with pytest.warns(UserWarning, match=r"share the module's `count`.*factory.*_anyhost_isolate"):
        Counter()
    Counter()  # warnings are errors here


@pytest.mark.parametrize(
    "esm",
    [
        "export default () => {\n  let count = 0;\n  return {};\n};",
        "const names = {};\nexport default {};",
        "var e = 1;" + "x();" * WRITTEN_BY_HAND + "export default {};",
    ],
    ids=["of a factory", "constant", "bundled"],
)
def test_other_code_is_shared_without_a_word(kernel: RecordingKernel, esm: str) -> None:
    class Widget(anywidget.AnyWidget):
        _esm = esm

    Widget()
    Widget()


def test_a_class_that_asks_for_isolation_says_so_in_its_state_and_is_not_warned_of(kernel: RecordingKernel) -> None:
    class Counter(anywidget.AnyWidget):
        _anyhost_isolate = True
        _esm = COUNTING

    Counter()
    Counter()
    assert [state["_anyhost_isolate"] for state in opened(kernel)] == [True, True]


def test_outside_of_development_nothing_is_said(kernel: RecordingKernel) -> None:
    kernel.models.sharing = None

    class Counter(anywidget.AnyWidget):
        _esm = COUNTING

    Counter()
    Counter()
    assert all("_anyhost_isolate" not in state for state in opened(kernel))


def test_no_session_no_isolation_key() -> None:
    """Other hosts in this process know nothing of it; and what was patched is as it was."""

    class Widget(anywidget.AnyWidget):
        _anyhost_isolate = True

    with patched():
        assert "_anyhost_isolate" not in Widget().get_state()
    assert "get_state" not in vars(anywidget.AnyWidget)
