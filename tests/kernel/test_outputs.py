"""What objects look like in a notebook: representations, displays that change, figures, tables, widgets."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from notebooks import decoded, kernel_in

from anyhost.kernel.outputs import encode_value
from anyhost.protocol.messages import (
    CellClear,
    CellOutput,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateRequest,
    ModuleSource,
)

pytestmark = pytest.mark.anyio

VIEW = "application/vnd.jupyter.widget-view+json"

RICH = """
from IPython.display import HTML, SVG, JSON, Image, Latex, Markdown
from base64 import b64decode
png = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
display(HTML("<b>x</b>"), Markdown("*x*"), Latex("$x$"), JSON({"a": [1, None]}), SVG("<svg></svg>"), Image(png))
"""


async def test_representations_are_those_of_jupyter(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(RICH)
        assert kernel.errors() == []
        html, markdown, latex, json_, svg, png = kernel.shown()
        assert html["text/html"] == "<b>x</b>"
        assert markdown["text/markdown"] == "*x*"
        assert latex["text/latex"] == "$x$"
        assert json_["application/json"] == {"a": [1, None]}
        assert svg["image/svg+xml"] == "<svg/>"
        assert base64.b64decode(png["image/png"]).startswith(b"\x89PNG")


async def test_the_last_expression_is_shown_unless_a_semicolon_follows(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\n1\n'two'\n# %%\n3;\n# %%\n4; # comment\n# %%\nNone\n# %%\nx = 5\n# %%\n'a;'\n")
        assert [shown["text/plain"] for shown in kernel.shown()] == ["'two'", '"a;"'.replace('"', "'")]


async def test_nothing_that_was_shown_is_kept_in_the_namespace(tmp_path: Path) -> None:
    """Promise 10."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import weakref\nclass A: ...\na = A()\nref = weakref.ref(a)\na\n\ndel a\nref() is None\n")
        assert kernel.shown()[-1] == {"text/plain": "True"}


async def test_displays_can_be_updated_and_cleared(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "from IPython.display import clear_output, update_display\nhandle = display(1, display_id='d')\n"
            "handle.update(2)\nprint('x')\nclear_output(wait=True)\nclear_output()\n\n"
            "update_display(3, display_id='d')\n"
        )
        outputs = kernel.of(CellOutput)
        assert [(o.display_id, o.update, decoded(o)["text/plain"]) for o in outputs] == [
            ("d", False, "1"), ("d", True, "2"), ("d", True, "3"),
        ]  # fmt: skip
        assert kernel.of(CellClear) == [CellClear(wait=True), CellClear(wait=False)]
        assert kernel.steps()[4:6] == ["stdout 'x\\n'", "clear"]


async def test_a_representation_that_raises_is_shown_and_the_others_remain(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "# %%\nclass A:\n    def _repr_html_(self):\n        return 1 / 0\n"
            "    def __repr__(self):\n        return 'plain'\nA()\n"
        )
        assert [error.name for error in kernel.errors()] == ["ZeroDivisionError"]
        assert kernel.shown() == [{"text/plain": "plain"}]
        assert kernel.endings() == ["ok"]


async def test_pandas_tables_are_html(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import pandas\npandas.DataFrame({'a': [1, 2]})\n")
        (shown,) = kernel.shown()
        assert "<table" in shown["text/html"]


FIGURE = "import matplotlib.pyplot as plt\nfig = plt.figure(figsize=(1, 1))\nplt.plot([1, 2]);\n"


async def test_matplotlib_figures_are_shown_at_the_end_of_their_cell_without_a_magic(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n{FIGURE}print('drawn')\n# %%\n{FIGURE}raise ValueError\n# %%\n{FIGURE}plt.show()\n1\n")
        pngs = [shown["image/png"] for shown in kernel.shown() if "image/png" in shown]
        assert len(pngs) == 3
        assert base64.b64decode(pngs[0]).startswith(b"\x89PNG")
        figure = "output <Figure size 100x100 with 1 Axes>"
        assert kernel.steps(0)[2:] == ["stdout 'drawn\\n'", figure, "finished ok"]
        assert kernel.steps(1)[2:] == ["error ValueError", figure, "finished error"]
        assert kernel.steps(2)[2:] == [figure, "output 1", "finished ok"]


async def test_a_second_kernel_in_the_process_shows_figures_too(tmp_path: Path) -> None:
    for _ in range(2):
        async with kernel_in(tmp_path) as kernel:
            await kernel.run(FIGURE)
            assert "image/png" in kernel.shown()[0]


async def test_plotly_figures_are_widgets_whose_code_is_sent_once(tmp_path: Path) -> None:
    """Promise 6, and no CDN."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "import plotly.graph_objects as go\n"
            "fig = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]), layout_title_text='T')\n"
            "fig\n\nfig.show(config={'displayModeBar': False})\n"
        )
        assert kernel.errors() == []
        views = [shown[VIEW]["model_id"] for shown in kernel.shown()]
        assert views == kernel.model_ids()
        assert len([m for m in kernel.messages if isinstance(m, ModuleSource)]) == 1
        first, second = (
            message.message.into_state()["figure"]
            for message in kernel.messages
            if isinstance(message, ModelLifecycle)
            and isinstance(message.message, ModelOpenMessage)
            and message.model_id in views
        )
        assert first["layout"]["title"]["text"] == "T"
        assert second["config"]["displayModeBar"] is False
        assert all(len(json.dumps(shown)) < 500 for shown in kernel.shown())


async def test_a_plotly_figure_that_is_replaced_is_closed(tmp_path: Path) -> None:
    """Promise 10: a loop that redraws does not pile up models."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "# %%\nimport plotly.graph_objects as go\nfrom IPython.display import clear_output\n"
            "handle = display(go.Figure(), display_id=True)\n"
            "for _ in range(3):\n    clear_output(wait=True)\n    display(go.Figure())\n"
        )
        closed = [
            m.model_id
            for m in kernel.messages
            if isinstance(m, ModelLifecycle) and isinstance(m.message, ModelCloseMessage)
        ]
        assert set(kernel.model_ids()) - set(closed) == {kernel.model_ids()[-1]}


DESCRIPTOR = """
import dataclasses, gc, psygnal
from anywidget.experimental import MimeBundleDescriptor
@psygnal.evented
@dataclasses.dataclass
class Counter:
    value: int = 0
    _repr_mimebundle_ = MimeBundleDescriptor(_esm="export default {}")
"""


async def test_a_widget_lives_while_it_is_shown(tmp_path: Path) -> None:
    """P15: descriptor widgets are held weakly by their own library."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"{DESCRIPTOR}display(Counter())\ngc.collect();\n")
        (model_id,) = kernel.model_ids()
        assert kernel.shown()[0][VIEW]["model_id"] == model_id
        state = ModelUpdateRequest(state={"value": encode_value(3)})
        kernel.channel.send(ModelCommand(model_id=model_id, message=state, command_id=1))
        ack = await kernel.until(lambda message: isinstance(message, ModelAck))
        assert ack.status == "accepted"


async def test_an_object_that_only_has_a_model_id_is_shown_as_its_model(tmp_path: Path) -> None:
    """P16."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %%\nclass Wrapper:\n    model_id = 'abc'\nWrapper()\n")
        assert kernel.shown()[0][VIEW]["model_id"] == "abc"


async def test_anyhost_display_is_display(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import anyhost\nanyhost.display(1, 2)\n")
        assert kernel.steps()[2:4] == ["output 1", "output 2"]


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (b"\x00\xff", '"AP8="'),
        ({"a": float("nan")}, '{"a":null}'),
        ({"a": {1, 2} - {2}}, '{"a":[1]}'),
        ("\ud800", '"?"'),
        ({"a": object}, '{"a":"<class \'object\'>"}'),
        ({(1, 2): 3}, '{"(1, 2)":3}'),
    ],
)
async def test_whatever_a_representation_holds_becomes_json(value: object, encoded: str) -> None:
    assert bytes(encode_value(value)).decode() == encoded
