"""The models of a session, with real ipywidgets and anywidget at the Python end."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import gc
import math
import sys
import threading
from collections.abc import Iterator
from typing import Any, cast

import anywidget
import ipywidgets
import msgspec
import numpy as np
import psygnal
import pytest
import traitlets
from anywidget.experimental import MimeBundleDescriptor
from recording_kernel import RecordingKernel

from anyhost.kernel.current import running
from anyhost.kernel.patches import patched, reassert_comm
from anyhost.protocol.messages import (
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
)


class Counter(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = model.get('count'); } }"
    _css = ".counter { color: red }"
    count = traitlets.Int(0).tag(sync=True)
    other = traitlets.Any(None).tag(sync=True)
    blob = traitlets.Any(b"").tag(sync=True)
    unsynced = traitlets.Int(0)


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched(), recording.cell():
        yield recording
        recording.models.close_all()


def json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def decoded(message: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", message.into_state())


def test_a_model_opens_with_its_state_when_the_widget_is_made(kernel: RecordingKernel) -> None:
    """Promise 1, M1, P4, P7: no client is needed, nothing is displayed."""
    widget = Counter(count=3)
    (opened,) = kernel.of(widget)
    assert isinstance(opened, ModelOpenMessage)
    assert decoded(opened)["count"] == 3
    assert kernel.published.index(kernel.modules()[0]) < next(
        i for i, m in enumerate(kernel.published) if getattr(m, "model_id", None) == widget.model_id
    ), "the code must be known before the model that names it"


def test_code_and_style_are_named_by_hash_and_never_in_a_state(kernel: RecordingKernel) -> None:
    """Promise 6."""
    opened = kernel.of(Counter())[0]
    assert not {"_esm", "_css"} & opened.state.keys()
    assert opened.module.url == f"modules/{opened.module.hash}.js"
    assert opened.style.url == f"modules/{opened.style.hash}.css"
    assert opened.style.text is None
    sources = {(s.hash, s.kind): bytes(s.buffers[0]).decode() for s in kernel.modules()}
    assert sources == {
        (opened.module.hash, "js"): f"{Counter._esm}\n//# sourceURL=anyhost:///{__name__}.Counter.js\n",
        (opened.style.hash, "css"): Counter._css,
    }


def test_the_code_of_many_widgets_is_sent_once(kernel: RecordingKernel) -> None:
    widgets = [Counter() for _ in range(5)]
    assert len(kernel.modules()) == 2
    assert len({kernel.of(widget)[0].module.hash for widget in widgets}) == 1


def test_an_authors_own_address_is_passed_on_verbatim(kernel: RecordingKernel) -> None:
    """A2, J2: nothing is appended, nothing is stored."""

    class Remote(anywidget.AnyWidget):
        _esm = "https://example.com/widget.js?anywidget"
        _css = "http://example.com/style.css"

    opened = kernel.of(Remote())[0]
    assert (opened.module.url, opened.module.hash) == ("https://example.com/widget.js?anywidget", None)
    assert (opened.style.url, opened.style.hash) == ("http://example.com/style.css", None)
    assert kernel.modules() == []


def test_a_layout_opens_before_its_widget(kernel: RecordingKernel) -> None:
    """M4, M16."""
    widget = Counter()
    ids = [m.model_id for m in kernel.published if isinstance(m, ModelLifecycle)]
    assert ids.index(widget.layout.model_id) < ids.index(widget.model_id)
    assert decoded(kernel.of(widget)[0])["layout"] == f"IPY_MODEL_{widget.layout.model_id}"


def test_a_change_in_python_sends_that_trait_alone(kernel: RecordingKernel) -> None:
    widget = Counter()
    widget.count = 5
    update = kernel.of(widget)[-1]
    assert isinstance(update, ModelUpdateMessage)
    assert decoded(update) == {"count": 5}
    assert (update.module, update.style) == (None, None)


def test_hold_sync_makes_one_update(kernel: RecordingKernel) -> None:
    """P22."""
    widget = Counter()
    with widget.hold_sync():
        widget.count = 1
        widget.other = "x"
    (update,) = kernel.of(widget)[1:]
    assert decoded(update) == {"count": 1, "other": "x"}


def test_python_may_replace_code_and_style(kernel: RecordingKernel) -> None:
    """K1, J4: a short style rides along; empty means none (J6)."""
    widget = Counter()
    widget._esm = "export default {}"
    widget._css = ".counter { color: blue }"
    widget._css = ""
    module, style, none = kernel.of(widget)[1:]
    assert module.module.hash != kernel.of(widget)[0].module.hash
    assert module.state == {} and module.style is None
    assert style.style.text == ".counter { color: blue }"
    assert (none.style.url, none.style.text) == ("", "")


def test_binary_is_sent_as_bytes_that_nobody_can_change(kernel: RecordingKernel) -> None:
    """N1, N3, N10, N11, N12."""
    array: Any = np.arange(6, dtype=np.float32).reshape(2, 3)
    widget = Counter(blob={"a": [array.data, b""], "fortran": np.asfortranarray(array).data})
    opened = kernel.of(widget)[0]
    expected = array.tobytes()
    array[:] = 0
    state = decoded(opened)["blob"]
    assert bytes(state["a"][0]) == expected
    assert bytes(state["a"][1]) == b""
    assert bytes(state["fortran"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({1, 2}, [1, 2]),
        ((1, (2,)), [1, [2]]),
        (np.float32(0.5), 0.5),
        (np.arange(3), [0, 1, 2]),
        ({1: "a", None: "b", False: "c"}, {"1": "a", "null": "b", "false": "c"}),
        (range(3), [0, 1, 2]),
        ([{}, []], [{}, []]),
        ({}, {}),
        ([], []),
    ],
)
def test_python_values_become_json(kernel: RecordingKernel, value: Any, expected: Any) -> None:
    """O1, O3, O4."""
    assert decoded(kernel.of(Counter(other=value))[0])["other"] == expected


def test_nan_and_infinities_arrive_as_such(kernel: RecordingKernel) -> None:
    """O2."""
    got = decoded(kernel.of(Counter(other={"x": [1.5, math.nan, None, math.inf], "y": -math.inf}))[0])["other"]
    assert got["x"][0] == 1.5 and math.isnan(got["x"][1]) and got["x"][2] is None
    assert got["x"][3] == math.inf and got["y"] == -math.inf


def test_half_a_surrogate_pair_is_replaced_and_said(kernel: RecordingKernel) -> None:
    with pytest.warns(UserWarning, match=r"U\+FFFD"):
        widget = Counter(other="a\ud800")
    assert decoded(kernel.of(widget)[0])["other"] == "a\ufffd"


def test_a_value_that_cannot_be_sent_is_named_and_the_rest_goes(kernel: RecordingKernel) -> None:
    """O5, promise 9."""
    widget = Counter()
    with widget.hold_sync():
        widget.other = object()
        widget.count = 4
    assert decoded(kernel.of(widget)[-1]) == {"count": 4}
    (error,) = kernel.errors
    assert "Counter.other cannot be sent" in str(error) and "object" in str(error)


def test_a_widget_anywhere_in_a_value_becomes_its_reference(kernel: RecordingKernel) -> None:
    """D2, D26, E17: anywidgets by their own prefix, classic models by Jupyter's."""
    child, slider = Counter(), ipywidgets.IntSlider()
    parent = Counter(other={"children": [child, slider]})
    assert decoded(kernel.of(parent)[0])["other"] == {
        "children": [f"anywidget:{child.model_id}", f"IPY_MODEL_{slider.model_id}"]
    }


def test_custom_messages_keep_their_place_among_updates(kernel: RecordingKernel) -> None:
    """H6, H5, promise 3."""
    widget = Counter()
    widget.count = 1
    widget.send({"at": 1}, [b"x"])
    widget.count = 2
    first, custom, second = kernel.of(widget)[1:]
    assert decoded(first) == {"count": 1} and decoded(second) == {"count": 2}
    assert isinstance(custom, ModelCustomMessage)
    assert msgspec.json.decode(custom.content) == {"at": 1}
    assert [bytes(b) for b in custom.buffers] == [b"x"]


def test_a_refresh_says_what_was_changed_in_place(kernel: RecordingKernel) -> None:
    """M9, promise 2: plotly changes its figures' values without a word."""
    widget, thing = Counter(other={"points": []}), Evented()
    thing_id = thing._repr_mimebundle_.model_id
    widget.other["points"].append(1)
    kernel.models.refresh([widget.model_id, "closed", thing_id])
    update = decoded(kernel.of(widget)[-1])
    assert update["other"] == {"points": [1]} and update["count"] == 0
    assert decoded(kernel.of(thing_id)[-1])["value"] == 1


class ReadyWhenDisplayed(Counter):
    def _repr_mimebundle_(self, **options: Any) -> Any:
        self.count = len(self.other["points"])
        return super()._repr_mimebundle_(**options)


def test_a_refresh_prepares_what_is_prepared_by_displaying(kernel: RecordingKernel) -> None:
    """#8430, promise 7: else F5 shows a plotly figure as it was when its cell ran."""
    widget = ReadyWhenDisplayed(other={"points": []})
    widget.other["points"].append(1)
    kernel.models.refresh([widget.model_id])
    assert decoded(kernel.of(widget)[-1])["count"] == 1


def test_a_mark_is_the_same_when_it_was_copied(kernel: RecordingKernel) -> None:
    """Else no plotly figure in which a box was drawn can say its state anew."""
    mark = object()
    assert copy.deepcopy([mark, {"at": mark}]) == [mark, {"at": mark}]


# ---- writes


def test_an_accepted_write_is_answered_and_does_not_come_back(kernel: RecordingKernel) -> None:
    """Promise 4, G10."""
    widget = Counter()
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "count")
    before = len(kernel.published)
    ack = kernel.write(widget.model_id, '{"count": 9}')
    assert (ack.status, ack.command_id, ack.error, dict(ack.state)) == ("accepted", 7, None, {})
    assert widget.count == 9 and seen == [9]
    assert len(kernel.published) == before


class Clamped(anywidget.AnyWidget):
    value = traitlets.Int(10).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    @traitlets.validate("value")
    def _clamp(self, proposal: Any) -> int:
        if proposal["value"] < 0:
            raise traitlets.TraitError("value must not be negative")
        return min(int(proposal["value"]), 10)


def test_a_clamped_write_is_corrected_even_when_the_trait_did_not_change(kernel: RecordingKernel) -> None:
    """G14: ipywidgets says nothing at all here."""
    widget = Clamped()
    ack = kernel.write(widget.model_id, '{"value": 99}')
    assert (ack.status, dict(ack.state), ack.error) == ("corrected", {"value": msgspec.Raw(b"10")}, None)
    assert kernel.of(widget)[1:] == []


def test_a_refused_write_is_corrected_with_the_reason(kernel: RecordingKernel) -> None:
    widget = Clamped()
    ack = kernel.write(widget.model_id, '{"value": -1}')
    assert (ack.status, dict(ack.state)) == ("corrected", {"value": msgspec.Raw(b"10")})
    assert ack.error == "TraitError: value must not be negative"
    assert [str(e) for e in kernel.errors] == ["value must not be negative"]
    assert kernel.of(widget)[1:] == []


def test_one_bad_key_does_not_lose_the_good_ones(kernel: RecordingKernel) -> None:
    """`protocol.md` section 4: ipywidgets rolls all of them back."""
    widget = Clamped()
    ack = kernel.write(widget.model_id, '{"label": "kept", "value": -1}')
    assert (ack.status, dict(ack.state)) == ("corrected", {"value": msgspec.Raw(b"10")})
    assert widget.label == "kept"
    assert len(kernel.errors) == 1, "the error is shown once, though the key was tried twice"


def test_writes_that_waited_together_are_applied_as_one_and_each_is_answered(kernel: RecordingKernel) -> None:
    """Promise 4; the page was told that the first value was not kept, and what is held instead."""
    widget = Counter()
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "count")
    acks = kernel.write_together(widget.model_id, '{"count": 1, "other": "a"}', '{"count": 2}', '{"count": 3}')
    assert seen == [3]
    assert [ack.command_id for ack in acks] == [1, 2, 3]
    assert [(ack.status, dict(ack.state)) for ack in acks] == [
        ("corrected", {"count": msgspec.Raw(b"3")}),
        ("corrected", {"count": msgspec.Raw(b"3")}),
        ("accepted", {}),
    ]
    assert widget.other == "a"
    assert kernel.of(widget)[1:] == []


def test_of_writes_that_waited_together_the_refused_one_has_the_reason(kernel: RecordingKernel) -> None:
    widget = Clamped()
    acks = kernel.write_together(widget.model_id, '{"value": -1}', '{"label": "kept"}')
    assert [(ack.status, ack.error) for ack in acks] == [
        ("corrected", "TraitError: value must not be negative"),
        ("accepted", None),
    ]
    assert (widget.value, widget.label) == (10, "kept")


def test_a_malformed_write_does_not_take_those_with_it_that_waited_beside_it(kernel: RecordingKernel) -> None:
    widget = Counter()
    good = ModelUpdateRequest(state={"count": msgspec.Raw(b"5")})
    bad = ModelUpdateRequest(state={}, buffer_paths=[["blob", "no", "place"]])
    acks = kernel.handle_together(widget.model_id, [(good, ()), (bad, (b"x",))])
    assert [ack.status for ack in acks] == ["accepted", "rejected"]
    assert widget.count == 5


def test_an_observer_that_raises_keeps_the_value(kernel: RecordingKernel) -> None:
    """H11, L4: the error is in the answer and shown; the value stays, as ipywidgets keeps it."""
    widget = Counter()

    def observer(change: object) -> None:
        raise RuntimeError("from the observer")

    widget.observe(observer, "count")
    ack = kernel.write(widget.model_id, '{"count": 2}')
    assert (ack.status, ack.error) == ("accepted", "RuntimeError: from the observer")
    assert widget.count == 2
    assert [str(e) for e in kernel.errors] == ["from the observer"]


def test_an_observer_that_writes_back_corrects_its_key_and_updates_others(kernel: RecordingKernel) -> None:
    """G15."""
    widget = Counter()

    def observer(change: Any) -> None:
        widget.count = change["new"] // 10 * 10
        widget.other = "rounded"

    widget.observe(observer, "count")
    ack = kernel.write(widget.model_id, '{"count": 37}')
    assert (ack.status, dict(ack.state)) == ("corrected", {"count": msgspec.Raw(b"30")})
    assert [decoded(m) for m in kernel.of(widget)[1:]] == [{"other": "rounded"}]


@pytest.mark.parametrize(
    "key", ["_esm", "_css", "_anywidget_id", "_model_name", "_view_module", "nonsense", "unsynced"]
)
def test_a_client_cannot_write_code_or_unknown_keys(kernel: RecordingKernel, key: str) -> None:
    """P19, K11, promise 6."""
    widget = Counter()
    before = getattr(widget, key, None)
    ack = kernel.write(widget.model_id, json({key: "evil", "count": 1}))
    held = {key} if key in kernel.of(widget)[0].state else set()  # E13: what Python does not have it cannot correct
    assert (ack.status, set(ack.state)) == ("corrected", held)
    assert getattr(widget, key, None) == before and widget.count == 1


def test_a_client_cannot_write_what_an_output_shows(kernel: RecordingKernel) -> None:
    """P20: it may hold scripts, for every page of the session."""
    out = ipywidgets.Output()
    out.append_stdout("a")
    evil = '[{"output_type": "display_data", "data": {"text/html": "<script>"}}]'
    ack = kernel.write(out.model_id, f'{{"outputs": {evil}, "msg_id": "m", "tooltip": "t"}}')
    held = [{"output_type": "stream", "name": "stdout", "text": "a"}]
    assert ack.status == "corrected"
    assert {key: msgspec.json.decode(value) for key, value in ack.state.items()} == {"outputs": held, "msg_id": ""}
    assert out.outputs == tuple(held) and out.tooltip == "t"


def test_a_client_may_write_the_view_count(kernel: RecordingKernel) -> None:
    """P19, Q4."""
    widget = Counter()
    assert kernel.write(widget.model_id, '{"_view_count": 1}').status == "accepted"


@pytest.mark.parametrize("text", ["anywidget:nobody", "IPY_MODEL_nobody", "\\u0061nywidget:nobody"])
def test_a_reference_to_a_model_of_no_session_is_refused(kernel: RecordingKernel, text: str) -> None:
    """P21: a client may name only models of its own session, however it spells them."""
    widget = Counter()
    ack = kernel.write(widget.model_id, f'{{"other": ["{text}"]}}')
    assert ack.status == "corrected" and widget.other is None


def test_a_reference_to_a_model_of_this_session_is_accepted(kernel: RecordingKernel) -> None:
    widget, child = Counter(), Counter()
    ack = kernel.write(widget.model_id, json({"other": f"anywidget:{child.model_id}"}))
    assert ack.status == "accepted"


def test_binary_comes_in_byte_for_byte(kernel: RecordingKernel) -> None:
    """N9, N13."""
    widget = Counter()
    ack = kernel.write(widget.model_id, '{"blob": {"x": [null]}}', paths=[["blob", "x", 0]], buffers=[b"\0\1\xff"])
    assert ack.status == "accepted"
    assert widget.blob["x"][0].tobytes() == b"\0\1\xff"


def test_a_trait_that_converts_what_it_is_given_is_not_corrected(kernel: RecordingKernel) -> None:
    """The value held is compared in its wire form (`protocol.md` section 4)."""

    class Blob(anywidget.AnyWidget):
        data = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
        day = traitlets.Any().tag(
            sync=True, from_json=lambda value, _: ("day", value), to_json=lambda value, _: value and value[1]
        )

    widget = Blob()
    assert kernel.write(widget.model_id, '{"data": null}', paths=[["data"]], buffers=[b"abc"]).status == "accepted"
    assert kernel.write(widget.model_id, '{"day": "monday"}').status == "accepted"
    assert (widget.data, widget.day) == (b"abc", ("day", "monday"))


def test_a_write_to_a_closed_or_unknown_model_is_rejected(kernel: RecordingKernel) -> None:
    """P18, M11."""
    widget = Counter()
    model_id = widget.model_id
    widget.close()
    assert isinstance(kernel.of(model_id)[-1], ModelCloseMessage)
    ack = kernel.write(model_id, '{"count": 1}')
    assert ack.status == "rejected" and model_id in (ack.error or "")
    assert widget.count == 0


def test_malformed_buffer_paths_are_rejected(kernel: RecordingKernel) -> None:
    ack = kernel.write(Counter().model_id, '{"blob": {}}', paths=[["blob", "x", 0]], buffers=[b"1"])
    assert ack.status == "rejected" and "blob" in (ack.error or "")


def test_a_custom_message_reaches_its_handlers_with_its_buffers(kernel: RecordingKernel) -> None:
    """H4: buffers are memoryviews, and never None."""
    widget = Counter()
    got: list[Any] = []
    widget.on_msg(lambda _, content, buffers: got.append((content, [b.tobytes() for b in buffers])))
    assert kernel.send(widget.model_id, '{"a": [1]}', [b"xy"]).error is None
    assert kernel.send(widget.model_id, "null").error is None
    assert got == [({"a": [1]}, [b"xy"]), (None, [])]


def test_a_handler_that_raises_is_shown_and_the_others_run(kernel: RecordingKernel) -> None:
    """H11."""
    widget = Counter()
    got = []

    def bad(*_: object) -> None:
        raise ValueError("bad handler")

    widget.on_msg(bad)
    widget.on_msg(lambda *_: got.append(1))
    ack = kernel.send(widget.model_id, "1")
    assert got == [1] and ack.error == "ValueError: bad handler"
    assert [str(e) for e in kernel.errors] == ["bad handler"]


# ---- who a model belongs to


def test_a_widget_made_in_a_callback_belongs_to_the_owner_cell(kernel: RecordingKernel) -> None:
    widget = Counter()
    made: list[Counter] = []
    widget.observe(lambda _: made.append(Counter()), "count")
    with kernel.cell("b"):
        kernel.write(widget.model_id, '{"count": 1}')
    owners = {model.model_id: model.owner_cell for model in kernel.models}
    assert owners[made[0].model_id] == "a"


def test_a_widget_made_in_a_thread_belongs_to_the_cell_that_started_it(kernel: RecordingKernel) -> None:
    made: list[Counter] = []
    thread = threading.Thread(target=lambda: made.append(Counter()))
    thread.start()
    thread.join()
    assert made[0].model_id in kernel.models


async def _in_executor() -> Counter:
    return await asyncio.get_running_loop().run_in_executor(None, Counter)


@pytest.mark.anyio
async def test_a_widget_made_in_an_executor_belongs_to_its_session(kernel: RecordingKernel) -> None:
    assert (await _in_executor()).model_id in kernel.models


def test_sessions_in_one_process_never_see_each_others_models() -> None:
    """P12, P21, lesson 31."""
    first, second = RecordingKernel(), RecordingKernel()
    with patched():
        with first.cell():
            one = Counter()
        with second.cell():
            two = Counter()
        one.count = 1  # from nowhere: a comm stays bound to the session that it was made in
        assert [decoded(m) for m in first.of(one)[1:]] == [{"count": 1}]
        assert second.write(one.model_id, '{"count": 5}').status == "rejected"
        assert one.model_id not in second.models and two.model_id not in first.models
        first.models.close_all()
        second.models.close_all()


def test_outside_a_session_widgets_get_what_was_there_before(kernel: RecordingKernel) -> None:
    """P5: the package also works inside another host."""
    token = running.set(None)
    try:
        widget = Counter()
        assert widget.model_id not in kernel.models
        widget.close()
    finally:
        running.reset(token)


def test_an_import_that_takes_the_comm_away_is_undone(kernel: RecordingKernel) -> None:
    """P5: `import ipykernel` overwrites both hooks."""
    import comm

    ours = comm.create_comm
    comm.create_comm = lambda *_, **__: None
    assert reassert_comm() is True
    assert comm.create_comm is ours and reassert_comm() is False


def test_a_kernel_that_begins_after_such_an_import_has_its_comm_all_the_same(kernel: RecordingKernel) -> None:
    """P5, in a warm parent: it knows of kernels before it imports what a notebook does."""
    import comm

    ours, comm.create_comm = comm.create_comm, lambda *_, **__: None
    with patched():
        assert comm.create_comm is ours


def test_closing_all_models_leaves_none(kernel: RecordingKernel) -> None:
    """P13, promise 10."""
    widgets = [Counter(), ipywidgets.HBox([Counter()])]
    opened = {m.model_id for m in kernel.models}
    kernel.models.close_all()
    assert len(kernel.models) == 0 and kernel.manager_size() == 0
    closed = {
        m.model_id
        for m in kernel.published
        if isinstance(m, ModelLifecycle) and isinstance(m.message, ModelCloseMessage)
    }
    assert closed == opened and len(widgets) == 2


# ---- other kinds of Python objects (section 2.2 of the table)


@psygnal.evented
@dataclasses.dataclass
class Evented:
    value: int = 1
    _repr_mimebundle_ = MimeBundleDescriptor(_esm="export default {}", autodetect_observer=True)


def test_a_descriptor_object_opens_on_first_access_and_follows_changes(kernel: RecordingKernel) -> None:
    """P2, M5: without a truthy `kernel` its updates would be lost."""
    thing = Evented()
    model_id = thing._repr_mimebundle_.model_id
    thing.value = 2
    assert decoded(kernel.of(model_id)[-1]) == {"value": 2}


def test_a_write_to_a_descriptor_object_is_answered_and_does_not_come_back(kernel: RecordingKernel) -> None:
    """G17."""
    thing = Evented()
    model_id = thing._repr_mimebundle_.model_id
    before = len(kernel.of(model_id))
    ack = kernel.write(model_id, '{"value": 5}')
    assert (ack.status, thing.value) == ("accepted", 5)
    assert kernel.of(model_id)[before:] == []
    ack = kernel.write(model_id, '{"new_attribute": 5}')
    assert ack.status == "corrected" and not hasattr(thing, "new_attribute")


def test_a_descriptor_that_refuses_custom_messages_is_answered(kernel: RecordingKernel) -> None:
    """H12, P24."""
    thing = Evented()
    ack = kernel.send(thing._repr_mimebundle_.model_id, '{"x": 1}')
    assert "Unrecognized method" in (ack.error or "")


def test_a_descriptor_object_that_is_dropped_closes_its_model(kernel: RecordingKernel) -> None:
    """P15, P10: from a finaliser."""
    thing = Evented()
    model_id = thing._repr_mimebundle_.model_id
    del thing
    gc.collect()
    assert isinstance(kernel.of(model_id)[-1], ModelCloseMessage)


def test_a_handler_that_exits_is_answered(kernel: RecordingKernel) -> None:
    """Promise 4: `sys.exit` in a callback ends nothing, and the page is told."""
    widget = Counter()
    widget.observe(lambda _: sys.exit("no"), "count")
    ack = kernel.write(widget.model_id, '{"count": 3}')
    assert (ack.status, ack.error) == ("accepted", "SystemExit: no")


def test_what_a_callback_left_behind_raises_is_not_kept(kernel: RecordingKernel) -> None:
    """A task or thread of a callback outlives it: nobody would read what it raised."""
    widget = Counter()
    contexts: list[Any] = []
    widget.observe(lambda _: contexts.append(running.get()), "count")
    kernel.write(widget.model_id, '{"count": 3}')
    assert contexts[0].callback and not contexts[0].catch(ValueError("late"))
