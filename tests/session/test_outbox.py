"""What waits for one client (promises 3 and 8)."""

from __future__ import annotations

import tracemalloc
from typing import Any

import msgspec
import pytest

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, encode_frame
from anyhost.protocol.messages import (
    CellConsole,
    CellLifecycle,
    KernelMessage,
    ModelAck,
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelMessage,
    ModelOpenMessage,
    ModelUpdateMessage,
)
from anyhost.session.log import Entry, Log, size_of
from anyhost.session.outbox import Merge, Outbox
from anyhost.session.replay import Event
from anyhost.testing.kernel import raw_state


def entry(seq: int, message: ModelMessage, model_id: str = "m") -> Entry:
    return Entry.of(seq, ModelLifecycle(model_id=model_id, message=message))


def update(seq: int, model_id: str = "m", **state: Any) -> Entry:
    return entry(seq, ModelUpdateMessage(state=raw_state(**state), buffer_paths=[], buffers=Buffers()), model_id)


def custom(seq: int, model_id: str = "m") -> Entry:
    return entry(seq, ModelCustomMessage(content=msgspec.Raw(b"1"), buffers=Buffers()), model_id)


def answer(seq: int, writer: str, **state: Any) -> Entry:
    event = update(seq, **state).event
    assert isinstance(event, ModelLifecycle)
    return Entry.answering(seq, ModelAck(model_id="m", command_id=1), writer, event)


def outbox(*entries: Entry, limit: int = 10_000) -> Outbox:
    box = Outbox("A", limit)
    assert all(box.offer(one) for one in entries)
    return box


def contents(box: Outbox) -> list[tuple[int, Any]]:
    """Places, and what comes there: the state of an update, the name of anything else."""
    found: list[tuple[int, Any]] = []
    while (one := box.pop()) is not None:
        changed = one.update_for("A")
        sent = one.for_client("A")
        name = type(getattr(sent, "message", sent)).__name__
        found.append((one.seq, changed[1].into_state() if changed else name))
    return found


def test_an_update_is_merged_over_the_earlier_one_and_takes_the_later_place() -> None:
    box = outbox(update(1, a=1, b=1), update(2, "other", a=1), update(3, a=2))
    assert list(box.merges()) == [Merge("m", 1, 3)]
    assert contents(box) == [(2, {"a": 1}), (3, {"a": 2, "b": 1})]


def test_an_update_never_crosses_a_custom_message_of_its_own_model() -> None:
    assert contents(outbox(update(1, a=1), custom(2), update(3, a=2))) == [
        (1, {"a": 1}),
        (2, "ModelCustomMessage"),
        (3, {"a": 2}),
    ]


def test_an_update_may_cross_a_custom_message_of_another_model() -> None:
    assert contents(outbox(update(1, a=1), custom(2, "other"), update(3, a=2))) == [
        (2, "ModelCustomMessage"),
        (3, {"a": 2}),
    ]


def test_an_update_never_crosses_the_answer_to_the_clients_own_write() -> None:
    """It could put back a value that the write replaced."""
    assert contents(outbox(update(1, a=1), answer(2, "A", a=5), update(3, b=2))) == [
        (1, {"a": 1}),
        (2, "ModelAck"),
        (3, {"b": 2}),
    ]


def test_what_others_wrote_is_merged_like_any_change() -> None:
    assert contents(outbox(update(1, a=1), answer(2, "B", a=5), update(3, b=2))) == [(3, {"a": 5, "b": 2})]


def test_an_update_never_crosses_the_open_or_the_close_of_its_model() -> None:
    opened = ModelOpenMessage(state=raw_state(a=0), buffer_paths=[], buffers=Buffers())
    box = outbox(update(1, a=1), entry(2, opened), update(3, a=2), entry(4, ModelCloseMessage()))
    assert [place for place, _ in contents(box)] == [1, 2, 3, 4]


def test_an_update_that_is_being_written_is_not_merged_into() -> None:
    box = outbox(update(1, a=1))
    assert box.pop() is not None
    assert box.offer(update(2, b=1))
    assert contents(box) == [(2, {"b": 1})]


def test_what_others_alone_are_told_is_not_kept() -> None:
    box = outbox(Entry.answering(1, ModelAck(model_id="m", command_id=1), "B", None))
    assert len(box) == 0


def test_the_first_may_be_of_any_size_and_what_is_behind_it_may_not() -> None:
    large = {"a": "x" * 5000}
    box = outbox(update(1, **large), limit=2000)
    assert box.offer(update(2, "other", a=1))
    assert not box.offer(update(3, "third", **large))
    assert [place for place, _ in contents(box)] == [1, 2]
    assert box.offer(update(4, "third", **large))


def test_merging_makes_room() -> None:
    box = outbox(custom(1), *(update(2 + count, a="x" * 500) for count in range(100)), limit=2000)
    assert len(box) == 2


def test_a_merge_that_grows_beyond_the_limit_is_refused() -> None:
    box = outbox(custom(1), update(2, a="x" * 500), limit=2000)
    assert not box.offer(update(3, b="x" * 500))


SMALL = [
    ModelLifecycle(model_id="m" * 32, message=ModelCustomMessage(content=msgspec.Raw(b"{}"), buffers=Buffers([b"x"]))),
    update(0, "m" * 32, **{f"key_{number}": number for number in range(5)}).event,
    CellLifecycle(cell_id="c", message=CellConsole(stream="stdout", text="one line\n")),
]


@pytest.mark.parametrize("event", SMALL, ids=["custom", "update", "console"])
def test_small_messages_that_wait_take_no_more_memory_than_is_counted(event: Event) -> None:
    """A limit in bytes is worth nothing where what is counted is a part of what it costs."""
    decoder: Decoder[Event] = Decoder(KernelMessage)
    texts = [encode_frame(event).text.replace(b"m" * 32, b"%032d" % number) for number in range(2000)]
    box = Outbox("A", 1 << 40)
    tracemalloc.start(1)
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number, text in enumerate(texts, 1):
            box.offer(Entry.of(number, decoder.decode(text)))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(box) == len(texts)
    assert after - before < 1.2 * sum(size_of(event) for _ in texts)


def test_the_log_keeps_so_many_messages_and_bytes() -> None:
    log = Log(nbytes=8000, messages=5)
    for seq in range(1, 11):
        log.append(update(seq, a=seq))
    assert log.start == 5
    assert log.after(4) is None
    kept = log.after(5)
    assert kept is not None
    assert [one.seq for one in kept] == [6, 7, 8, 9, 10]
    log.append(update(11, a="x" * 6800))
    assert log.start == 10


def test_the_log_knows_who_sent_custom_messages_that_left_it() -> None:
    log = Log(nbytes=10_000, messages=2)
    for one in [custom(1, "early"), custom(2, "closed"), custom(3, "late"), entry(4, ModelCloseMessage(), "closed")]:
        log.append(one)
    log.append(update(5))
    assert log.customs_after(0) == ["early", "late"]
    assert log.customs_after(1) == ["late"]
    assert log.customs_after(3) == []


def test_an_update_that_empties_a_key_is_not_merged_over_the_one_that_fills_it() -> None:
    """plotly's FigureWidget sends signals so: a trait is set to a message, and back to None."""
    box = outbox(update(1, signal="redraw", a=1), update(2, signal=None), update(3, a=2))
    assert contents(box) == [(1, {"signal": "redraw", "a": 1}), (3, {"signal": None, "a": 2})]
