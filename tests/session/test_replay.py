"""The fold and its laws (R1, R2, M11; promises 1, 2 and 8)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from session_values import cell_messages, events, opens, raw, updates

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    CellClear,
    CellConsole,
    CellEdited,
    CellError,
    CellFinished,
    CellInfo,
    CellLifecycle,
    CellMessage,
    CellNotes,
    CellOutput,
    CellQueued,
    CellRunning,
    CellStale,
    KernelStatus,
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelMessage,
    ModelOpenMessage,
    ModelUpdateMessage,
    NotebookInfo,
)
from anyhost.protocol.parts import merged
from anyhost.session.cells import CONSOLE_FULL, OUTPUT_FULL
from anyhost.session.replay import Event, Replay
from anyhost.session.settings import FoldLimits

SMALL = FoldLimits(console_characters=40, output_bytes=1200, callback_errors=2)


def fold(notifications: Iterable[Event], limits: FoldLimits = SMALL) -> Replay:
    replay = Replay(limits, clock=lambda: 0.0)
    for notification in notifications:
        replay.apply(notification)
    return replay


def model(message: ModelMessage, model_id: str = "m") -> ModelLifecycle:
    return ModelLifecycle(model_id=model_id, message=message)


def cell(message: CellMessage, cell_id: str = "c") -> CellLifecycle:
    return CellLifecycle(cell_id=cell_id, message=message)


def printed(text: str) -> CellLifecycle:
    return cell(CellConsole(stream="stdout", text=text))


def shown(text: str, display_id: str | None = None, *, update: bool = False, cell_id: str = "c") -> CellLifecycle:
    output = CellOutput(data={"text/plain": raw(text)}, display_id=display_id, update=update)
    return cell(output, cell_id)


def opened(state: dict[str, object], buffers: dict[str, bytes] | None = None) -> ModelOpenMessage:
    buffers = buffers or {}
    return ModelOpenMessage(
        state={key: raw(value) for key, value in state.items()},
        buffer_paths=[list(path.split(".")) for path in buffers],
        buffers=Buffers(buffers.values()),
    )


def updated(state: dict[str, object], buffers: dict[str, bytes] | None = None) -> ModelUpdateMessage:
    message = opened(state, buffers)
    return ModelUpdateMessage(state=message.state, buffer_paths=message.buffer_paths, buffers=message.buffers)


def texts(replay: Replay) -> list[str]:
    """What the cells show, in order."""
    found = []
    for event in replay.snapshot():
        match event:
            case CellLifecycle(message=CellConsole(text=text)):
                found.append(text)
            case CellLifecycle(message=CellOutput(data=data)):
                found.append(msgspec.json.decode(data["text/plain"]))
            case CellLifecycle(message=CellError(value=value)):
                found.append(value)
    return found


# ---- laws ----


@given(st.lists(events, max_size=40))
def test_a_snapshot_applied_to_an_empty_fold_gives_the_same_fold(said: list[Event]) -> None:
    replay = fold(said)
    assert fold(replay.snapshot()) == replay


@given(st.lists(events, max_size=30), st.lists(events, max_size=15))
def test_who_starts_from_a_snapshot_ends_like_who_was_there_all_along(before: list[Event], after: list[Event]) -> None:
    there = fold(before)
    joined = fold(there.snapshot())
    for event in after:
        passed_on = there.apply(event)
        if passed_on is not None:
            joined.apply(passed_on)
    assert joined == there


@given(opens, updates, updates)
def test_merged_updates_do_what_they_do_one_after_the_other(
    first: ModelOpenMessage, second: ModelUpdateMessage, third: ModelUpdateMessage
) -> None:
    one_by_one = fold([model(first), model(second), model(third)])
    together = fold([model(first), model(merged(second, third))])
    assert one_by_one == together


@given(st.lists(events, max_size=20), st.lists(events, max_size=20))
def test_a_snapshot_is_of_the_moment_when_it_was_asked_for(before: list[Event], after: list[Event]) -> None:
    replay = fold(before)
    then = fold(before)
    snapshot = replay.snapshot()
    for event in after:
        replay.apply(event)
    assert fold(snapshot) == then


@given(st.lists(cell_messages, max_size=60))
def test_a_cell_is_bounded(said: list[CellMessage]) -> None:
    """Promise 8."""
    replay = fold(map(cell, said))
    kept = [event.message for event in replay.snapshot() if isinstance(event, CellLifecycle)]
    characters = sum(len(m.text) for m in kept if isinstance(m, CellConsole) and m not in (CONSOLE_FULL, OUTPUT_FULL))
    outputs = [message for message in kept if isinstance(message, CellOutput)]
    assert characters <= SMALL.console_characters
    assert sum(256 + len(output.data["text/plain"]) for output in outputs) <= SMALL.output_bytes


# ---- models ----


def test_any_number_of_updates_are_one_open_with_the_last_values() -> None:
    """Replay grows with the state, not with its history (marimo #8163)."""
    replay = fold([model(opened({"a": 0, "b": "x"})), *(model(updated({"a": i})) for i in range(1000))])
    (event,) = replay.snapshot()
    assert isinstance(event, ModelLifecycle)
    assert isinstance(event.message, ModelOpenMessage)
    assert event.message.into_state() == {"a": 999, "b": "x"}


def test_an_update_of_a_key_replaces_all_buffers_below_it() -> None:
    """`protocol.md`, section 2."""
    start = opened({"a": {"x": None, "y": None}, "b": None}, {"a.x": b"1", "a.y": b"2", "b": b"3"})
    replay = fold([model(start), model(updated({"a": {"x": None}}, {"a.x": b"4"}))])
    (event,) = replay.snapshot()
    assert isinstance(event, ModelLifecycle)
    assert isinstance(event.message, ModelOpenMessage)
    assert event.message.into_state() == {"a": {"x": b"4"}, "b": b"3"}


def test_a_part_does_not_keep_the_message_alive_that_it_came_in() -> None:
    large = bytearray(1000)
    message = opened({"a": None})
    message = msgspec.structs.replace(message, buffer_paths=[["a"]], buffers=Buffers([memoryview(large)[:10]]))
    replay = fold([model(message)])
    del message
    large.clear()  # a view of it that is left would raise BufferError
    (event,) = replay.snapshot()
    assert isinstance(event, ModelLifecycle)
    assert isinstance(event.message, ModelOpenMessage)
    assert event.message.into_state() == {"a": bytes(10)}


def test_opens_come_in_order_of_creation_and_before_outputs() -> None:
    """Promise 1, M16: also when the first model was opened again since."""
    said: list[Event] = [
        model(opened({}), "child"),
        model(opened({}), "parent"),
        shown("view"),
        model(opened({}), "child"),
    ]
    order = [event.model_id if isinstance(event, ModelLifecycle) else "output" for event in fold(said).snapshot()]
    assert order == ["child", "parent", "output"]


def test_custom_messages_are_passed_on_and_never_replayed() -> None:
    replay = fold([model(opened({}))])
    custom = model(ModelCustomMessage(content=raw(1), buffers=Buffers()))
    before = list(replay.snapshot())
    assert replay.apply(custom) is custom
    assert list(replay.snapshot()) == before


def test_what_comes_for_a_closed_model_is_dropped() -> None:
    """M11, P18."""
    replay = fold([model(opened({"a": 1}))])
    assert replay.apply(model(ModelCloseMessage())) is not None
    late: list[ModelMessage] = [
        updated({"a": 2}),
        ModelCustomMessage(content=raw(1), buffers=Buffers()),
        ModelCloseMessage(),
    ]
    assert [replay.apply(model(message)) for message in late] == [None, None, None]
    assert list(replay.snapshot()) == []


# ---- cells ----


def test_old_outputs_stay_until_the_first_new_one() -> None:
    said = [shown("old"), cell(CellQueued()), cell(CellRunning())]
    assert texts(fold(said)) == ["old"]
    assert texts(fold([*said, printed("new")])) == ["new"]


def test_old_outputs_go_when_the_run_ends_without_any() -> None:
    ran = [shown("old"), cell(CellRunning()), cell(CellFinished(status="ok"))]
    assert texts(fold(ran)) == []


def test_a_cancelled_cell_keeps_what_it_shows() -> None:
    said = [shown("old"), cell(CellQueued()), cell(CellFinished(status="cancelled"))]
    assert texts(fold(said)) == ["old"]


def test_clear_with_wait_clears_when_the_next_output_comes() -> None:
    said = [cell(CellRunning()), shown("1"), cell(CellClear(wait=True))]
    assert texts(fold(said)) == ["1"]
    assert texts(fold([*said, cell(CellFinished(status="ok"))])) == ["1"]
    assert texts(fold([*said, shown("2")])) == ["2"]
    assert texts(fold([cell(CellRunning()), shown("1"), cell(CellClear())])) == []


def test_neighbouring_texts_of_one_stream_are_one() -> None:
    said = [printed("a\n"), printed("b"), cell(CellConsole(stream="stderr", text="c")), printed("d")]
    assert texts(fold(said)) == ["a\nb", "c", "d"]


def test_an_update_of_a_display_replaces_it_in_whichever_cell() -> None:
    said = [shown("1", "d"), shown("other"), shown("2", "d", cell_id="e"), shown("3", "d", update=True, cell_id="e")]
    assert texts(fold(said)) == ["3", "other", "3"]


def test_an_update_of_a_display_that_is_not_there_shows_nothing() -> None:
    replay = fold([shown("1", "d"), cell(CellClear())])
    assert replay.apply(shown("2", "d", update=True)) is None


def test_an_unlisted_cell_goes_with_its_outputs() -> None:
    said: list[Event] = [printed("a"), NotebookInfo(name="n", cells=[CellInfo(cell_id="other", kind="code")])]
    assert texts(fold(said)) == []


def test_an_edit_changes_what_the_notebook_says() -> None:
    info = NotebookInfo(name="n.py", cells=[CellInfo(cell_id="c", kind="code", source="x")])
    replay = fold([info, CellEdited(cell_id="c", source="y", revision=1)])
    assert list(replay.snapshot()) == [
        NotebookInfo(name="n.py", cells=[CellInfo(cell_id="c", kind="code", source="y", revision=1)])
    ]


def test_what_comes_for_a_cell_that_is_gone_is_dropped() -> None:
    """Promise 8."""
    replay = fold([NotebookInfo(name="n.py", cells=[])])
    assert replay.apply(printed("late")) is None
    assert replay.apply(CellEdited(cell_id="c", source="late", revision=1)) is None


def test_a_cell_is_stale_and_noted_until_that_is_taken_back() -> None:
    marks = [cell(CellStale(stale=True)), cell(CellNotes(notes=["a cycle"]))]
    assert list(fold(marks).snapshot()) == marks
    assert list(fold([*marks, cell(CellStale(stale=False)), cell(CellNotes(notes=[]))]).snapshot()) == []


def test_only_a_run_that_has_ended_says_what_a_cell_puts_out() -> None:
    replay = fold([cell(CellRunning()), printed("half")])
    assert replay.outputs_of("c") is None
    replay.apply(cell(CellFinished(status="ok")))
    replay.apply(cell(CellRunning()))
    outputs = replay.outputs_of("c")
    assert outputs is not None
    assert CellConsole(stream="stdout", text="half") in outputs


def test_who_joins_late_learns_how_long_a_cell_has_run() -> None:
    now = 100.0
    replay = Replay(clock=lambda: now)
    replay.apply(cell(CellRunning(elapsed=2.0)))
    now = 103.5
    assert list(replay.snapshot()) == [cell(CellRunning(elapsed=5.5))]


def test_text_beyond_the_limit_is_a_notice_and_then_nothing() -> None:
    """Promise 8; nothing is cut silently."""
    replay = fold([printed("x" * 30)])
    assert replay.apply(printed("y" * 30)) == cell(CONSOLE_FULL)
    assert replay.apply(printed("z")) is None
    assert texts(replay) == ["x" * 30, CONSOLE_FULL.text]
    replay.apply(cell(CellClear()))
    assert replay.apply(printed("again")) == printed("again")


def test_an_error_is_shown_when_the_outputs_are_full() -> None:
    """Promise 9."""
    replay = fold([shown("x" * 800), shown("y" * 800)])
    error = cell(CellError(name="E", value="seen"))
    assert replay.apply(error) == error
    assert texts(replay) == ["x" * 800, OUTPUT_FULL.text, "seen"]


def test_of_what_callbacks_raise_the_latest_is_kept_and_the_cell_does_not_fill_up() -> None:
    """Promises 8 and 9: a validator may refuse for as long as the session lives."""
    said = [printed("a"), cell(CellError(name="E", value="of the run"))]
    for number in range(1000):
        said.append(cell(CellError(name="E", value=f"refused {number}", callback=True)))
        said += [printed("b")] if number < 5 else []
    replay = fold([*said, shown("still shown")])
    assert texts(replay) == ["a", "of the run", "bbbbb", "refused 998", "refused 999", "still shown"]


def test_a_bar_between_what_callbacks_raise_does_not_fill_the_console() -> None:
    """Promise 8: texts whose error has gone are one again, and count as one."""
    said = []
    for number in range(100):
        said += [printed(f"\r{number:2} %"), cell(CellError(name="E", value=f"refused {number}", callback=True))]
    replay = fold(said)
    assert texts(replay)[-3:] == ["refused 98", "\r99 %", "refused 99"]
    assert CONSOLE_FULL.text not in texts(replay)


def test_a_display_that_grows_beyond_the_limit_is_a_notice() -> None:
    replay = fold([shown("1", "d")])
    assert replay.apply(shown("x" * 2000, "d", update=True)) == cell(OUTPUT_FULL)
    assert texts(replay) == ["1", OUTPUT_FULL.text]


def test_runs_end_when_the_kernel_is_gone() -> None:
    replay = fold([cell(CellRunning(elapsed=2.0), "one"), cell(CellQueued(), "two"), cell(CellQueued(), "three")])
    replay.apply(cell(CellFinished(status="ok"), "three"))
    assert replay.ends_of_runs() == [
        cell(CellFinished(status="interrupted", elapsed=2.0), "one"),
        cell(CellFinished(status="cancelled"), "two"),
    ]


def test_the_kernel_status_is_the_last_one() -> None:
    replay = fold([KernelStatus(status="idle"), KernelStatus(status="dead", detail="killed")])
    assert list(replay.snapshot()) == [KernelStatus(status="dead", detail="killed")]
