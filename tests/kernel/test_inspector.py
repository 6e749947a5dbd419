"""What the page of `anyhost dev` is told about a widget's traits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import anywidget
import msgspec
import psygnal
import pydantic
import pytest
import traitlets
from anywidget._descriptor import MimeBundleDescriptor
from recording_kernel import RecordingKernel

from anyhost.kernel.inspector import Described, open_inspector
from anyhost.kernel.patches import patched

ESM = "export default {}"


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched():
        yield recording
        recording.models.close_all()


def described(kernel: RecordingKernel, make_widget: Any) -> dict[str, Described]:
    """What the inspector answers a page, for one widget."""
    with kernel.cell():
        inspector = open_inspector()
        widget = make_widget()
        model_id = getattr(widget, "model_id", None) or widget._repr_mimebundle_.model_id
    kernel.send(
        inspector.model_id, f'{{"id": "1", "kind": "anywidget-command", "name": "describe", "msg": "{model_id}"}}'
    )
    (reply,) = [message for message in kernel.of(inspector) if hasattr(message, "content")]
    answer: dict[str, Described] = msgspec.json.decode(reply.content)["response"]
    assert widget is not None
    return answer


def types(answers: dict[str, Described]) -> dict[str, str]:
    return {key: answer["type"] for key, answer in answers.items() if not key.startswith("_")}


def read_only(answers: dict[str, Described]) -> set[str]:
    return {key for key, answer in answers.items() if answer["read_only"]}


class Many(anywidget.AnyWidget):  # type: ignore[misc]
    _esm = ESM
    count = traitlets.Int(3, help="How often").tag(sync=True)
    bounded = traitlets.Int(3, min=0, max=10).tag(sync=True)
    ratio = traitlets.CFloat(0.5).tag(sync=True)
    mode = traitlets.Enum(["slow", 2], "slow").tag(sync=True)
    maybe = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    points = traitlets.List(traitlets.Tuple(traitlets.Float(), traitlets.Float())).tag(sync=True)
    whatever = traitlets.List().tag(sync=True)
    options = traitlets.Dict(value_trait=traitlets.Int()).tag(sync=True)
    either = traitlets.Union([traitlets.Int(), traitlets.Unicode()]).tag(sync=True)
    fixed = traitlets.Unicode("1.2", read_only=True).tag(sync=True)
    anything = traitlets.Any().tag(sync=True)
    private = traitlets.Int()


def test_traits_are_named_as_their_author_declared_them(kernel: RecordingKernel) -> None:
    answers = described(kernel, Many)
    assert types(answers) == {
        "count": "Int",
        "bounded": "Int(min=0, max=10)",
        "ratio": "CFloat",
        "mode": "Enum('slow', 2)",
        "maybe": "Unicode | None",
        "points": "List(Tuple(Float, Float))",
        "whatever": "List",
        "options": "Dict(Any, Int)",
        "either": "Union(Int, Unicode)",
        "fixed": "Unicode",
        "anything": "Any",
        "layout": "InstanceDict(Layout)",
        "tabbable": "Bool | None",
        "tooltip": "Unicode | None",
    }
    assert answers["count"]["help"] == "How often"


def test_read_only_is_what_python_declares_so_and_what_no_client_may_write(kernel: RecordingKernel) -> None:
    """P19: the panel offers no field for them."""
    names = {"_anywidget_id", "_model_module", "_model_module_version", "_model_name"}
    names |= {"_view_module", "_view_module_version", "_view_name"}
    assert read_only(described(kernel, Many)) == names | {"fixed"}


@psygnal.evented
@dataclasses.dataclass
class Thing:
    count: int = 1
    names: list[str] = dataclasses.field(default_factory=list)
    _repr_mimebundle_ = MimeBundleDescriptor(_esm=ESM)


@dataclasses.dataclass(frozen=True)
class Frozen:
    count: int = 1
    _repr_mimebundle_ = MimeBundleDescriptor(_esm=ESM, autodetect_observer=False)


class Model(pydantic.BaseModel):
    __slots__ = ("__weakref__",)
    count: int = 1
    fixed: int = pydantic.Field(2, frozen=True)


Model._repr_mimebundle_ = MimeBundleDescriptor(_esm=ESM, autodetect_observer=False)  # type: ignore[attr-defined]


class Struct(msgspec.Struct, weakref=True):
    count: int = 1
    maybe: float | None = None


Struct._repr_mimebundle_ = MimeBundleDescriptor(_esm=ESM, autodetect_observer=False)  # type: ignore[attr-defined]


class Own:
    """Says its state itself, and has a property that can only be read."""

    _repr_mimebundle_ = MimeBundleDescriptor(_esm=ESM, autodetect_observer=False)
    later: NotDefined  # type: ignore[name-defined]  # noqa: F821 - a name for a type checker

    @property
    def total(self) -> int:
        return 3

    def _get_anywidget_state(self, include: object) -> dict[str, Any]:
        return {"total": self.total, "later": 1}


def test_fields_of_other_objects_by_their_annotations(kernel: RecordingKernel) -> None:
    answers = described(kernel, Thing)
    assert types(answers) == {"count": "int", "names": "list[str]"}
    assert {"count", "names"}.isdisjoint(read_only(answers))
    assert types(described(kernel_again(kernel), Struct)) == {"count": "int", "maybe": "float | None"}


def kernel_again(kernel: RecordingKernel) -> RecordingKernel:
    kernel.published.clear()
    return kernel


def test_a_frozen_field_and_a_property_are_read_only(kernel: RecordingKernel) -> None:
    assert "fixed" in (found := read_only(described(kernel, Model)))
    assert "count" not in found
    assert "count" in read_only(described(kernel_again(kernel), Frozen))
    own = described(kernel_again(kernel), Own)
    assert own["total"]["read_only"]
    assert own["later"]["type"] == "NotDefined"


def test_a_model_that_is_not_there_is_an_error_in_the_answer(kernel: RecordingKernel) -> None:
    with kernel.cell():
        inspector = open_inspector()
    kernel.send(inspector.model_id, '{"id": "1", "kind": "anywidget-command", "name": "describe", "msg": "nobody"}')
    reply = msgspec.json.decode(kernel.of(inspector)[-1].content)
    assert reply["error"] == {"name": "LookupError", "message": "there is no model 'nobody' in this session"}


def test_outside_a_cell_there_is_nothing_to_inspect() -> None:
    with pytest.raises(RuntimeError, match="in a cell of a session"):
        open_inspector()
