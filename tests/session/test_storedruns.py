"""What the last run of a cell has left, as Jupyter's format stores it."""

from __future__ import annotations

from typing import Any

import msgspec
import nbformat

from anyhost.protocol.messages import (
    CellClear,
    CellConsole,
    CellError,
    CellFinished,
    CellMessage,
    CellNotes,
    CellOutput,
    CellQueued,
    CellRunning,
    CellStale,
)
from anyhost.session.storedruns import stored_run

VIEW = "application/vnd.jupyter.widget-view+json"


def shown(**data: Any) -> CellOutput:
    return CellOutput(
        data={kind.replace("_", "/"): msgspec.Raw(msgspec.json.encode(value)) for kind, value in data.items()}
    )


def stored(*messages: CellMessage) -> list[Any]:
    """As nbformat takes it."""
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(each) for each in stored_run(messages).outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    return list(cell.outputs)


def test_neighbouring_texts_of_one_stream_are_one() -> None:
    out, err = CellConsole(stream="stdout", text="a"), CellConsole(stream="stderr", text="b")
    called = CellConsole(stream="stdout", text="c", callback=True)
    assert [(each.name, each.text) for each in stored(out, called, err, out)] == [
        ("stdout", "ac"),
        ("stderr", "b"),
        ("stdout", "a"),
    ]


def test_an_output_keeps_all_its_representations() -> None:
    (output,) = stored(shown(text_plain="a figure", image_png="aGk=", application_json={"a": [1]}))
    assert output.output_type == "display_data"
    assert output.data == {"text/plain": "a figure", "image/png": "aGk=", "application/json": {"a": [1]}}


def test_a_widget_is_stored_as_jupyter_does_with_the_text_that_stands_for_it() -> None:
    view = {"model_id": "m", "version_major": 2, "version_minor": 0}
    data = {"text/plain": msgspec.Raw(b'"Counter()"'), VIEW: msgspec.Raw(msgspec.json.encode(view))}
    (output,) = stored(CellOutput(data=data))
    assert output.data == {"text/plain": "Counter()", VIEW: view}


def test_the_last_expression_is_a_result_and_all_else_is_displayed() -> None:
    run = stored_run([CellOutput(data={}), CellOutput(data={}, result=True), CellFinished(status="ok", count=3)])
    assert [each["output_type"] for each in run.outputs] == ["display_data", "execute_result"]
    assert run.count == 3


def test_a_run_that_goes_on_has_no_number_yet() -> None:
    assert stored_run([CellRunning(), CellOutput(data={})]).count is None


def test_an_error_without_a_way_to_it_still_says_in_jupyter_what_it_is() -> None:
    (output,) = stored(CellError(name="CycleError", value="no"))
    assert output.traceback == ["CycleError: no"]


def test_an_error_is_stored_with_its_traceback() -> None:
    (output,) = stored(CellError(name="ValueError", value="no", traceback=["Traceback", "ValueError: no"]))
    assert (output.ename, output.evalue, output.traceback) == ("ValueError", "no", ["Traceback", "ValueError: no"])


def test_what_shows_nothing_is_not_stored() -> None:
    assert not stored(
        CellQueued(),
        CellRunning(),
        CellFinished(status="ok"),
        CellClear(wait=True),
        CellStale(stale=True),
        CellNotes(notes=["x"]),
    )
