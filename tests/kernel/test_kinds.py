"""All the ways in which Python objects become widgets (section 2.2 of the AFM table), through a whole kernel.

Each kind is shown, changes in Python, and is written to by a client.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from notebooks import Conversation, kernel_in

from anyhost.kernel.references import VIEW_MIMETYPE
from anyhost.protocol.messages import (
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:.*Could not find a notifier:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*is not weakrefable:UserWarning"),
]

START = """
import dataclasses, gc, warnings
from typing import Any, ClassVar
import anywidget, ipywidgets, msgspec, psygnal, pydantic, traitlets
from anywidget.experimental import MimeBundleDescriptor, dataclass, widget
from IPython.display import display
ESM = "export default {}"
D = MimeBundleDescriptor
"""

KINDS = {
    "AnyWidget": """
class W(anywidget.AnyWidget):
    _esm = ESM
    value = traitlets.Int(1).tag(sync=True)
""",
    "descriptor and getter": """
class Events(psygnal.SignalGroup):
    value = psygnal.Signal(int)

class W:
    _repr_mimebundle_ = D(_esm=ESM)
    def __init__(self):
        self.inner, self.events = 1, Events()
    @property
    def value(self):
        return self.inner
    @value.setter
    def value(self, new):
        self.inner = new
        self.events.value.emit(new)
    def _get_anywidget_state(self, include):
        return {"value": self.inner}
""",
    "plain dataclass": """
@dataclasses.dataclass
class W:
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "evented dataclass": """
@psygnal.evented
@dataclasses.dataclass
class W:
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "experimental.widget": """
@widget(esm=ESM)
@psygnal.evented
@dataclasses.dataclass
class W:
    value: int = 1
""",
    "experimental.dataclass": """
@dataclass(esm=ESM)
class W:
    value: int = 1
""",
    "HasTraits": """
class W(traitlets.HasTraits):
    value = traitlets.Int(1).tag(sync=True)
    _repr_mimebundle_ = D(_esm=ESM)
""",
    "pydantic model": """
class W(pydantic.BaseModel):
    __slots__ = ("__weakref__",)
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "EventedModel": """
class W(psygnal.EventedModel):
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "Struct": """
class W(msgspec.Struct, weakref=True):
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "evented Struct": """
@psygnal.evented
class W(msgspec.Struct, weakref=True, dict=True):
    value: int = 1
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
}
PARENTS = {
    "AnyWidget": """
class P(anywidget.AnyWidget):
    _esm = ESM
    child = traitlets.Any().tag(sync=True)
""",
    "dataclass": """
@dataclass(esm=ESM)
class P:
    child: Any = None
""",
    "EventedModel": """
class P(psygnal.EventedModel):
    child: Any = None
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "Struct": """
class P(msgspec.Struct, weakref=True, dict=True):
    child: Any = None
    _repr_mimebundle_: ClassVar = D(_esm=ESM)
""",
    "HasTraits": """
class P(traitlets.HasTraits):
    child = traitlets.Any().tag(sync=True)
    _repr_mimebundle_ = D(_esm=ESM)
""",
}
SILENT = {"plain dataclass", "pydantic model", "Struct"}
"""Kinds that tell nobody when they change in Python."""


def shown_model(kernel: Conversation, cell: int | None = None) -> str:
    (shown,) = kernel.shown(cell)
    model_id: str = shown[VIEW_MIMETYPE]["model_id"]
    return model_id


def of(kernel: Conversation, model_id: str) -> list[Any]:
    return [m.message for m in kernel.messages if isinstance(m, ModelLifecycle) and m.model_id == model_id]


def said(kernel: Conversation, model_id: str, key: str = "value") -> list[Any]:
    """The values of a key that the kernel has named, in order; the same again is not counted."""
    values: list[Any] = []
    for message in of(kernel, model_id):
        state = message.into_state() if isinstance(message, ModelOpenMessage | ModelUpdateMessage) else {}
        if key in state and state[key] not in values[-1:]:
            values.append(state[key])
    return values


async def write(kernel: Conversation, model_id: str, state: dict[str, Any]) -> ModelAck:
    number = len(kernel.messages) + 1
    raw = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in state.items()}
    kernel.channel.send(ModelCommand(model_id=model_id, command_id=number, message=ModelUpdateRequest(state=raw)))
    ack: ModelAck = await kernel.until(lambda message: getattr(message, "command_id", None) == number)
    return ack


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_shown_follows_python_and_takes_writes(tmp_path: Path, kind: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"{START}{KINDS[kind]}w = W()\ndisplay(w)\nw.value = 2\n")
        model_id = shown_model(kernel)
        assert kernel.errors() == []
        assert said(kernel, model_id) == ([1] if kind in SILENT else [1, 2])
        before = len(of(kernel, model_id))
        ack = await write(kernel, model_id, {"value": 7, "unknown": 1, "_esm": "evil"})
        assert (ack.status, set(ack.state)) == ("corrected", set())  # what Python does not have (E13)
        assert said(kernel, model_id)[-1] != 7, "the writer's own value comes as an answer only"
        assert all("value" not in m.state for m in of(kernel, model_id)[before:])
        assert (await write(kernel, model_id, {"value": 8})).status == "accepted"


@pytest.mark.parametrize("parent", PARENTS)
async def test_each_kind_within_another_becomes_a_reference(tmp_path: Path, parent: str) -> None:
    """D2, D25, D26: the children open first, without being displayed. Upstream fails for most of these."""
    children = "".join(f"{code}\nchildren.append(W())\n" for code in KINDS.values())
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            f"{START}\nchildren = []\n{children}\n{PARENTS[parent]}\np = P(child={{'a': children, 'b': children[0]}})\n"
            "display(p)\n"
        )
        assert kernel.errors() == []
        model_id = shown_model(kernel)
        *opened, last = kernel.model_ids()
        assert last == model_id and len(opened) == len(KINDS)
        (value,) = said(kernel, model_id, "child")
        assert sorted(value["a"]) == sorted(f"anywidget:{child}" for child in opened) and value["b"] == value["a"][0]


async def test_naming_an_object_again_and_again_connects_it_once(tmp_path: Path) -> None:
    """P16: pydantic's models cannot keep their bundle, and get another each time that they are asked for it."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            f"{START}{KINDS['EventedModel']}{PARENTS['AnyWidget']}c = W()\np = P(child=[c])\n"
            "for _ in range(5):\n    p.send_state('child')\nc.value = 2\n"
        )
        child = next(each for each in kernel.model_ids() if said(kernel, each))
        updates = [message for message in of(kernel, child) if isinstance(message, ModelUpdateMessage)]
        assert [message.into_state()["value"] for message in updates] == [1, 2]


async def test_a_wrapper_is_shown_as_what_it_forwards_to(tmp_path: Path) -> None:
    """P16: with and without the metadata that anywidget returns."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "class Wrapper:\n    def __init__(self, inner):\n        self.inner = inner\n"
            "    def _repr_mimebundle_(self, **options):\n        return self.inner._repr_mimebundle_(**options)\n"
            "class Plain(Wrapper):\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
            "        return self.inner._repr_mimebundle_()[0]\nw = W()\ndisplay(Wrapper(w), Plain(w))\n"
        )
        (model_id,) = kernel.model_ids()
        assert [each[VIEW_MIMETYPE]["model_id"] for each in kernel.shown()] == [model_id] * 2


async def test_an_object_that_only_has_a_model_id_is_shown(tmp_path: Path) -> None:
    """P16, P23: nothing asks for a class of ipywidgets."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "w = W()\nclass Duck:\n    model_id = w.model_id\ndisplay(Duck())\n"
        )
        assert shown_model(kernel) == kernel.model_ids()[0]


async def test_what_has_no_view_is_not_shown_as_one(tmp_path: Path) -> None:
    """B11: its model is open all the same."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "@dataclass(esm=ESM)\nclass W:\n    value: int = 1\n"
            "@psygnal.evented\n@dataclasses.dataclass\nclass N:\n    value: int = 1\n"
            "    _repr_mimebundle_: ClassVar = D(_esm=ESM, no_view=True)\n"
            "class A(anywidget.AnyWidget):\n    _esm = ESM\n    _view_name = traitlets.Any(None).tag(sync=True)\n"
            "n, a = N(), A()\ndisplay(n, a)\n"
        )
        assert len(kernel.model_ids()) == 2
        assert all(VIEW_MIMETYPE not in each and "text/plain" in each for each in kernel.shown())


async def test_an_object_without_an_observer_is_sent_when_it_says_so(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "class W:\n    value = 1\n    _repr_mimebundle_ = D(_esm=ESM, autodetect_observer=False)\n"
            "    def _get_anywidget_state(self, include=None):\n        return {'value': self.value}\n"
            "w = W()\ndisplay(w)\nw.value = 2\nw.value = 3\nw._repr_mimebundle_.send_state('value')\n"
        )
        model_id = shown_model(kernel)
        assert said(kernel, model_id) == [1, 3]


async def test_an_object_that_does_not_follow_changes_is_shown_once(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "@psygnal.evented\n@dataclasses.dataclass\nclass W:\n    value: int = 1\n"
            "    _repr_mimebundle_: ClassVar = D(_esm=ESM, follow_changes=False)\nw = W()\ndisplay(w)\nw.value = 2\n"
        )
        assert said(kernel, shown_model(kernel)) == [1]


async def test_a_class_that_nobody_can_read_says_so(tmp_path: Path) -> None:
    """Section 2.2, attrs."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + "class W:\n    _repr_mimebundle_ = D(_esm=ESM)\nW()._repr_mimebundle_\n")
        assert "Cannot determine a state-getting method" in str(kernel.errors()) + kernel.printed("stderr")


async def test_boxes_name_their_children(tmp_path: Path) -> None:
    """Section 2.2: ipywidgets' containers around anywidgets."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "w = W()\nbox = ipywidgets.HBox([w, ipywidgets.IntSlider()])\ndisplay(box)\n"
        )
        children = said(kernel, shown_model(kernel), "children")[0]
        assert children[0] == f"IPY_MODEL_{kernel.model_ids()[0]}" and len(children) == 2


async def test_links_between_widgets_work(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "a, b = W(), W()\nipywidgets.link((a, 'value'), (b, 'value'))\ndisplay(a)\n"
        )
        a, b = kernel.model_ids()
        await write(kernel, a, {"value": 5})
        assert said(kernel, b) == [1, 5]


async def test_ids_are_opaque(tmp_path: Path) -> None:
    """M15."""
    name = "a/b \"c\" 'd' <e>&?#%\\u{1F600}".replace("\\u{1F600}", "\U0001f600")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START
            + KINDS["AnyWidget"]
            + f"w = W(model_id={name!r})\ndisplay(w)\n"
            + PARENTS["AnyWidget"]
            + "p = P(child=[w])\n"
        )
        assert kernel.errors() == [] and shown_model(kernel) == name
        assert (await write(kernel, name, {"value": 3})).status == "accepted"
        parent = kernel.model_ids()[1]
        assert said(kernel, parent, "child") == [[f"anywidget:{name}"]]
        assert (await write(kernel, parent, {"child": [f"anywidget:{name}"]})).status == "accepted"


async def test_a_trait_that_is_added_later_is_sent_and_may_be_written(tmp_path: Path) -> None:
    """P22."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "w = W()\ndisplay(w)\nw.add_traits(late=traitlets.Int(4).tag(sync=True))\n"
            "w.late = 5\n"
        )
        model_id = shown_model(kernel)
        assert said(kernel, model_id, "late")[-1] == 5
        assert (await write(kernel, model_id, {"late": 6})).status == "accepted"


async def test_a_client_can_neither_open_nor_close_models(tmp_path: Path) -> None:
    """M12, M13: there is no such command, and a write to a model that is not open is refused."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + KINDS["AnyWidget"] + "w = W()\ndisplay(w)\n")
        ack = await write(kernel, "made-up", {"_model_name": "IntSliderModel", "value": 1})
        assert ack.status == "rejected"
        assert not any(isinstance(message, ModelCloseMessage) for message in of(kernel, shown_model(kernel)))


async def test_plotly_s_figure_widget_is_shown_with_its_values(tmp_path: Path) -> None:
    """P17: it syncs some of its traits only when it is shown."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import plotly.graph_objects as go\nf = go.FigureWidget(data=[go.Scatter(y=[1, 2, 3])])\nf\n")
        assert kernel.errors() == []
        model_id = shown_model(kernel)
        assert said(kernel, model_id, "_widget_data")[-1][0]["y"] == [1, 2, 3]


async def test_an_import_of_ipykernel_is_said_once_and_changes_nothing(tmp_path: Path) -> None:
    """P5: a widget made before the next display opens when it is shown."""
    with pytest.warns(UserWarning, match="taken them back") as caught:
        async with kernel_in(tmp_path) as kernel:
            await kernel.run(
                f"{START}{KINDS['AnyWidget']}import comm, importlib, ipykernel.ipkernel\nours = comm.create_comm\n"
                "importlib.reload(ipykernel.ipkernel)\nprint(comm.create_comm is ours)\nw = W()\n\n"
                "display(w)\nw.value = 2\n\nimportlib.reload(ipykernel.ipkernel)\ndisplay(W())\n"
            )
    assert kernel.errors() == [] and kernel.printed() == "False\n"
    assert len([warning for warning in caught if "taken them back" in str(warning.message)]) == 1
    first, second = (each[VIEW_MIMETYPE]["model_id"] for each in kernel.shown())
    assert said(kernel, first) == [1, 2] and said(kernel, second) == [1]


# ---- opening again


@pytest.mark.parametrize("close", ["w.close()", "w.comm.close()"])
async def test_a_closed_widget_that_is_displayed_opens_under_a_new_id(tmp_path: Path, close: str) -> None:
    """`design.md`, section 8."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + KINDS["AnyWidget"] + f"w = W()\n{close}\nw.value = 5\ndisplay(w)\nw.value = 6\n")
        assert kernel.errors() == []
        first, second = kernel.model_ids()
        assert shown_model(kernel) == second
        assert isinstance(of(kernel, first)[-1], ModelCloseMessage)
        assert said(kernel, second) == [5, 6]
        assert (await write(kernel, second, {"value": 7})).status == "accepted"
        assert (await write(kernel, first, {"value": 7})).status == "rejected"


async def test_what_is_within_a_closed_widget_opens_before_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["AnyWidget"] + "w = W()\nbox = ipywidgets.HBox([ipywidgets.VBox([w])])\n"
            "w.layout.close()\nw.close()\ndisplay(box)\n"
        )
        assert kernel.errors() == []
        new = kernel.model_ids()[-1]
        layout = said(kernel, new, "layout")[0].removeprefix("IPY_MODEL_")
        assert not isinstance(of(kernel, layout)[-1], ModelCloseMessage)
        (inner,) = said(kernel, shown_model(kernel), "children")[0]
        assert said(kernel, inner.removeprefix("IPY_MODEL_"), "children")[-1] == [f"IPY_MODEL_{new}"]


@pytest.mark.parametrize("kind", ["evented dataclass", "HasTraits", "evented Struct"])
async def test_a_closed_object_with_a_descriptor_opens_again(tmp_path: Path, kind: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS[kind] + "w = W()\nw._repr_mimebundle_._comm.close()\nw.value = 5\ndisplay(w)\nw.value = 6\n"
        )
        first, second = kernel.model_ids()
        assert shown_model(kernel) == second != first
        assert said(kernel, second) == [5, 6]
        assert (await write(kernel, second, {"value": 7})).status == "accepted"


# ---- what is let go of


async def test_a_widget_with_code_in_a_file_can_be_forgotten(tmp_path: Path) -> None:
    """P14: upstream holds it for as long as its class lives."""
    (tmp_path / "w.js").write_text("export default {}")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "import pathlib, weakref\nclass W(anywidget.AnyWidget):\n    _esm = pathlib.Path('w.js')\n"
            "w, other = W(), W()\nref = weakref.ref(w)\nw.close()\ndel w\ngc.collect()\nprint(ref())\n"
            "next(vars(b)['_esm'] for b in W.__mro__ if '_esm' in vars(b)).changed.emit('export default {a: 1}')\n"
            "print(other._esm)\n"
        )
        assert kernel.printed() == "None\nexport default {a: 1}\n" and kernel.errors() == []


async def test_a_widget_that_opens_again_follows_its_files_again(tmp_path: Path) -> None:
    (tmp_path / "w.js").write_text("one")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "import pathlib\nclass W(anywidget.AnyWidget):\n    _esm = pathlib.Path('w.js')\n"
            "w = W()\nfile = [vars(b).get('_esm') for b in type(w).__mro__][1]\n"
            "w.close()\nfile.changed.emit('lost')\ndisplay(w)\nprint(w._esm)\nfile.changed.emit('two')\nprint(w._esm)\n"
        )
        assert kernel.printed() == "one\ntwo\n" and kernel.errors() == []


async def test_what_is_displayed_is_kept_alive(tmp_path: Path) -> None:
    """P15: objects with a descriptor are held weakly by their library."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + KINDS["evented dataclass"] + "display(W())\ngc.collect()\nW()._repr_mimebundle_\ngc.collect();\n"
        )
        kept, dropped = kernel.model_ids()
        assert kept == shown_model(kernel)
        assert not isinstance(of(kernel, kept)[-1], ModelCloseMessage)
        assert isinstance(of(kernel, dropped)[-1], ModelCloseMessage)


async def test_a_value_that_cannot_be_sent_is_said_once_until_one_can(tmp_path: Path) -> None:
    """O5: a slider that is dragged must not fill the page with the same error."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "class W(anywidget.AnyWidget):\n    _esm = ESM\n    value = traitlets.Any(1).tag(sync=True)\n"
            "w = W()\nfor value in (2, None):\n    for _ in range(5):\n        w.value = object()\n"
            "    w.value = value\nw.value = object()\n"
        )
        (model_id,) = kernel.model_ids()
        assert said(kernel, model_id) == [1, 2, None]
        assert len(kernel.errors()) == 3 and "W.value cannot be sent" in kernel.errors()[0].value
