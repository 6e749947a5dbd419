"""The file: what is in it, how often, and that nothing in it can become more than data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from exports import Elements

from anyhost.export import page as page_module
from anyhost.export.page import NotBuilt, page_of
from anyhost.export.running import Ran
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder
from anyhost.protocol.messages import (
    CellConsole,
    CellInfo,
    CellLifecycle,
    CellMessage,
    CellOutput,
    Limits,
    ModelLifecycle,
    ModelOpenMessage,
    ModuleSpec,
    NotebookInfo,
    Notification,
    SessionStart,
    SnapshotEnd,
)

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<!-- <script>",
    "--> ]]> \u2028 \u2029 \x00 \r\n \x1b",
    "</title></style><svg onload=alert(1)>",
    "\ufeff\U0001f600 \\u003c/script>",
]


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def opened(model_id: str, module: ModuleSpec | None = None, data: bytes = b"", **state: Any) -> ModelLifecycle:
    message = ModelOpenMessage(
        state={key: raw(value) for key, value in state.items()},
        buffer_paths=[["data"]] if data else [],
        buffers=Buffers([data] if data else []),
        module=module,
        style=None,
    )
    return ModelLifecycle(model_id=model_id, message=message)


def ran(*events: Notification, modules: dict[str, str] | None = None) -> Ran:
    start = SessionStart(session_id="export", mode="static", limits=Limits(message=0))
    return Ran("n.py", [start, *events, SnapshotEnd()], modules or {}, [], settled=True)


def output(message: CellMessage) -> CellLifecycle:
    return CellLifecycle(cell_id="c", message=message)


def elements(ran: Ran, title: str = "n.py") -> Elements:
    return Elements(page_of(ran, title=title).decode())


def test_what_is_hostile_stays_data(tmp_path: Path) -> None:
    """Titles, text, states, code: what comes out of the page is what went in, and no element more."""
    text = "".join(HOSTILE)
    hostile = ran(
        opened("m", ModuleSpec(url="modules/a.js", hash="a"), value={text: text}),
        NotebookInfo(name=text, cells=[CellInfo(cell_id="c", kind="code", source=text)]),
        output(CellConsole(stream="stdout", text=text)),
        output(CellOutput(data={"text/html": raw(text), "text/plain": raw(text)})),
        modules={"modules/a.js": text},
    )
    harmless = ran(
        opened("m", ModuleSpec(url="modules/a.js", hash="a"), value={"": ""}),
        NotebookInfo(name="", cells=[CellInfo(cell_id="c", kind="code", source="")]),
        output(CellConsole(stream="stdout", text="")),
        output(CellOutput(data={"text/html": raw(""), "text/plain": raw("")})),
        modules={"modules/a.js": ""},
    )
    page, calm = elements(hostile, text), elements(harmless)
    assert [tag for tag, *_ in page.found] == [tag for tag, *_ in calm.found]
    assert [sorted(attributes) for _, attributes, _ in page.found] == [sorted(each) for _, each, _ in calm.found]
    assert page.comments == []
    assert json.loads(page.texts(data_anyhost="module")[0]) == text
    assert json.loads(page.texts(id="anyhost-config")[0]) == {"mode": "static", "title": text}
    decoder: Decoder[Notification] = Decoder(Notification)
    notifications = [decoder.decode_json(each) for each in page.texts(data_anyhost="notification")]
    assert notifications[2:4] == hostile.snapshot[2:4]
    assert b"\r" not in page_of(hostile, title="n").split(b'<script type="module">')[0]


def test_the_data_of_a_page_has_no_less_than_sign() -> None:
    text = "<".join(["a", *HOSTILE])
    page = page_of(ran(output(CellConsole(stream="stdout", text=text))), title=text).decode()
    for each in Elements(page).texts(type="application/json"):
        assert "<" not in each


def test_our_own_script_has_nothing_that_html_reads_otherwise() -> None:
    for name in ("prose.js", "mathematics.js"):
        script = (page_module.BUILT / name).read_text("utf-8").lower()
        for unsafe in ("</script", "<script", "<!--", "\x00", "\r"):
            assert unsafe not in script, (name, unsafe)


def test_a_module_is_there_once_however_many_models_use_it() -> None:
    spec = ModuleSpec(url="modules/a.js", hash="a")
    page = page_of(
        ran(*(opened(f"m{n}", spec) for n in range(50)), modules={"modules/a.js": "export default {}"}), title="n"
    )
    assert page.count(b"export default {}") == 1 + (page_module.BUILT / "prose.js").read_bytes().count(
        b"export default {}"
    )


def test_binary_is_there_once_as_base64() -> None:
    page = elements(ran(opened("m", data=b"\x01\x02\x03")))
    (opening,) = [each for each in page.texts(data_anyhost="notification") if '"open"' in each]
    message = json.loads(opening)["message"]
    assert (message["buffers"], message["buffer_paths"]) == (["AQID"], [["data"]])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (NotebookInfo(name="n", cells=[CellInfo(cell_id="c", kind="markdown", source="costs 5")]), False),
        (NotebookInfo(name="n", cells=[CellInfo(cell_id="c", kind="code", source="'$x$'")]), False),
        (NotebookInfo(name="n", cells=[CellInfo(cell_id="c", kind="markdown", source="$x$")]), True),
        (NotebookInfo(name="n", cells=[CellInfo(cell_id="c", kind="markdown", source=r"\(x\)")]), True),
        (output(CellOutput(data={"text/plain": raw("$x$")})), False),
        (output(CellOutput(data={"text/latex": raw("x")})), True),
        (output(CellOutput(data={"text/markdown": raw(["a ", "$x$"])})), True),
        (output(CellOutput(data={"text/markdown": raw("a")})), False),
        (opened("m", outputs=[{"output_type": "display_data", "data": {"text/latex": "x"}}]), True),
        (opened("m", outputs=[], value="text/latex"), False),
    ],
)
def test_only_a_page_that_may_have_formulas_carries_katex(event: Notification, expected: bool) -> None:
    page = page_of(ran(event), title="n")
    assert (b"KaTeX_Main" in page) is expected
    if not expected:
        assert len(page) < 350_000


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("anywidget", "AnyModel", False),
        ("@jupyter-widgets/base", "LayoutModel", False),
        ("@jupyter-widgets/controls", "SliderStyleModel", False),
        ("@jupyter-widgets/controls", "HBoxModel", False),
        ("@jupyter-widgets/output", "OutputModel", False),
        ("@jupyter-widgets/controls", "IntSliderModel", True),
        ("@jupyter-widgets/controls", "LinkModel", True),
        ("no-such-package", "FigureModel", True),
    ],
)
def test_only_a_page_with_classic_widgets_carries_their_code(module: str, name: str, expected: bool) -> None:
    """As in `packages/runtime/src/view/classic.ts`, and with the boxes and `Output`, which the runtime draws."""
    page = page_of(ran(opened("m", _model_module=module, _model_name=name)), title="n")
    assert (b'data-name="classic.js"' in page) is expected


@pytest.mark.parametrize(("text", "expected"), [("x costs 5", False), ("$x$", True)])
def test_a_control_with_a_formula_brings_katex(text: str, expected: bool) -> None:
    control = opened("m", _model_module="@jupyter-widgets/controls", _model_name="LabelModel", value=text)
    assert (b"KaTeX_Main" in page_of(ran(control), title="n")) is expected


def test_it_asks_for_nothing_from_outside() -> None:
    page = elements(ran())
    assert [attributes for _, attributes, _ in page.found if attributes.keys() & {"src", "href"}] == []


def test_a_front_end_that_is_not_built_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "BUILT", tmp_path)
    with pytest.raises(NotBuilt, match="npm run build"):
        page_of(ran(), title="n")
