"""Python values on their way to a page (sections D, N and O of the AFM table)."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import gc
import math
import random
import time
import types
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import msgspec
import numpy as np
import pandas
import pydantic
import pytest

from anyhost.kernel.encoding import Encoded, Encoder, EncodingError
from anyhost.protocol.floats import put_floats


class Widget:
    model_id = "w1"


@dataclasses.dataclass
class WidgetRecord:
    value: int = 1
    model_id: str = "w2"


class WidgetStruct(msgspec.Struct):
    model_id: str = "w3"


class WidgetModel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(protected_namespaces=())
    model_id: str = "w4"


def reference_of(value: Any) -> str | None:
    return f"anywidget:{value.model_id}" if hasattr(value, "model_id") else None


def encode(value: Any, encoder: Encoder | None = None) -> Encoded:
    return (encoder or Encoder(reference_of)).encode(value, ["key"], "pkg.Class")


def sent(value: Any) -> Any:
    """What the page gets."""
    encoded = encode(value)
    state = {"key": msgspec.json.decode(encoded.text)}
    put_floats(state, encoded.floats)
    return state["key"]


class Colour(enum.Enum):
    RED = "red"
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 1


class Kind(enum.StrEnum):
    SMALL = "small"


@dataclasses.dataclass
class Point:
    x: Any
    _private: int = 3


@attrs.define
class AttrsPoint:
    x: float
    _private: int = 3


class StructPoint(msgspec.Struct, rename="camel", tag="point", omit_defaults=True):
    left_side: float
    inner: Any = None
    numbers: list[int] = []


class RowPoint(msgspec.Struct, array_like=True):
    x: float
    inner: Any = None


class ModelPoint(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    x: float
    inner: Any = None
    secret: str = pydantic.Field(default="hidden", exclude=True)
    kept: Any = pydantic.Field(default=None, exclude=True)

    @pydantic.field_serializer("x")
    def _double(self, x: float) -> float:
        return x * 2


Pair = collections.namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2,)), [1, [2]]),
        ({1}, [1]),
        (frozenset({"a"}), ["a"]),
        (range(3), [0, 1, 2]),
        ((item * 2 for item in (1, 2)), [2, 4]),
        (map(str, [1]), ["1"]),
        (collections.deque([1]), [1]),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.ChainMap({"a": 1}), {"a": 1}),
        ({"a": 1}.keys(), ["a"]),
        (types.MappingProxyType({"a": {1}}), {"a": [1]}),
        (Pair(1, 2), [1, 2]),
        (np.float32(0.5), 0.5),
        (np.int64(5), 5),
        (np.array([1]).any(), True),
        (np.str_("a"), "a"),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (np.array(["a", None], dtype=object), ["a", None]),
        (array.array("d", [1.5]), [1.5]),
        (pandas.Series([1, 2]), [1, 2]),
        (pandas.NA, None),
        (pandas.NaT, None),
        (decimal.Decimal("1.50"), "1.50"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Path("/a/b"), "/a/b"),
        ([Colour.RED, Colour.GREEN, Level.LOW, Kind.SMALL], ["red", 2, 1, "small"]),
        (b"\0\1", "AAE="),
        ({b"\0"}, ["AA=="]),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.time(12, 30), "12:30:00"),
        (datetime.timedelta(hours=1), "PT3600S"),
        (datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), "2024-01-01T00:00:00Z"),
        (Point(1.5), {"x": 1.5}),
        ([Point(1.5)], [{"x": 1.5}]),
        (AttrsPoint(1.5), {"x": 1.5}),
        (StructPoint(1.5), {"type": "point", "leftSide": 1.5}),
        (StructPoint(1.5, numbers=[1]), {"type": "point", "leftSide": 1.5, "numbers": [1]}),
        (RowPoint(1.5), [1.5, None]),
        (ModelPoint(x=1.5), {"x": 3.0, "inner": None}),
        ({1: "a", None: "b", False: "c", 1.5: "d", Colour.RED: "e", (1, 2): "f"},
         {"1": "a", "null": "b", "false": "c", "1.5": "d", "red": "e", "(1, 2)": "f"}),
        ({datetime.date(2024, 1, 2): 1}, {"2024-01-02": 1}),
        ({np.int64(3): 1}, {"3": 1}),
    ],
)  # fmt: skip
def test_values_become_json(value: Any, expected: Any) -> None:
    """O1, O3, E5, N4."""
    assert sent(value) == expected


def local(moment: datetime.datetime) -> str:
    return moment.astimezone().isoformat().replace("+00:00", "Z")


NAIVE = datetime.datetime(2024, 7, 1, 12, 30, 0, 250)


@pytest.fixture(params=["UTC", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "value",
    [NAIVE, [NAIVE], {"a": [1, NAIVE]}, {NAIVE}, Point(NAIVE), pandas.Timestamp(NAIVE), [np.datetime64(NAIVE)]],
    ids=lambda value: type(value).__name__,
)
def test_a_datetime_without_a_zone_is_in_the_local_one(value: Any, zone: str) -> None:
    """O1."""
    expected = "2024-07-01T12:30:00.000250" + {"UTC": "Z", "Asia/Kolkata": "+05:30"}[zone]
    assert expected in str(sent(value))


def test_a_datetime_at_the_end_of_time_has_no_zone() -> None:
    assert sent(datetime.datetime.max) in {"9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999999Z"}


def test_numbers_that_json_lacks_arrive_from_everywhere() -> None:
    """O2."""
    nan, inf = math.nan, math.inf
    for value in (
        [1.0, nan, None, inf],
        (item for item in [1.0, nan, None, inf]),
        np.array([1.0, nan, None, inf], dtype=object),
        {"a": [1.0, nan, None, inf]}.values().__iter__().__next__(),
        Point([1.0, nan, None, inf]).x,
        [np.float64(1.0), np.float32("nan"), None, np.float64("inf")],
    ):
        one, not_a_number, none, infinity = sent(value)
        assert (one, none, infinity) == (1.0, None, inf) and math.isnan(not_a_number)
    assert math.isnan(sent(Point(nan))["x"]) and sent(np.array([[-inf]])) == [[-inf]]


def test_a_generator_is_consumed_once() -> None:
    """O1: although the value is looked at more than once."""
    drawn: list[int] = []

    def draw() -> Iterator[Any]:
        for item in (1, math.nan):
            drawn.append(1)
            yield item

    got = sent({"numbers": draw(), "odd": {None: 1}, "when": NAIVE})
    assert got["numbers"][0] == 1 and math.isnan(got["numbers"][1]) and got["odd"] == {"null": 1}
    assert len(drawn) == 2


@pytest.mark.parametrize(
    "wrap",
    [
        lambda widget: [widget], lambda widget: {"a": (widget,)}, lambda widget: {"a": {None: widget}},
        lambda widget: iter([widget]), Point, lambda widget: [Point([widget])],
        AttrsPoint, lambda widget: StructPoint(1.0, widget), lambda widget: RowPoint(1.0, [widget]),
        lambda widget: ModelPoint(x=1, inner=widget), lambda widget: ModelPoint(x=1, inner={"a": [widget]}),
        lambda widget: np.array([widget, None], dtype=object), lambda widget: collections.ChainMap({"a": widget}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [Widget, WidgetRecord, WidgetStruct, WidgetModel])
def test_a_widget_becomes_a_reference_wherever_it_is(wrap: Callable[[Any], Any], kind: type) -> None:
    """D26: of whatever kind; msgspec and pydantic would spell out its fields."""
    widget = kind()
    text = encode(wrap(widget)).text
    assert f'"anywidget:{widget.model_id}"'.encode() in bytes(text)
    assert b"model_id" not in bytes(text)


def test_what_a_model_keeps_to_itself_is_not_sent_with_its_widgets() -> None:
    got = sent(ModelPoint(x=1, inner=Widget(), kept=Widget()))
    assert got == {"x": 2.0, "inner": "anywidget:w1"}


def test_a_value_that_contains_itself_is_said() -> None:
    """O5."""
    ring: list[Any] = [1]
    ring.append({"again": ring})
    with pytest.raises(EncodingError, match=r"pkg.Class.key cannot be sent to the page: it contains itself \(list\)"):
        encode(ring)
    shared: list[Any] = []
    assert sent({"a": shared, "b": [shared, {None: shared}]}) == {"a": [], "b": [[], {"null": []}]}


def test_a_value_that_is_too_deep_is_said() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(EncodingError, match="nested too deeply"):
        encode(deep)
    while deep:  # its destructor would recurse, too
        deep = deep[0]


class Broken:
    def __iter__(self) -> Iterator[int]:
        raise OSError("no disk")


@pytest.mark.parametrize(
    ("value", "words"),
    [(object(), "got object"), ([lambda: 1], "got function"), ({"a": Broken()}, "OSError: no disk"), (1j, "complex")],
)
def test_what_cannot_be_sent_is_named(value: Any, words: str) -> None:
    """O5."""
    with pytest.raises(EncodingError, match=r"^pkg\.Class\.key cannot be sent") as caught:
        encode(value)
    assert words in str(caught.value)


@pytest.mark.parametrize("value", [2**53, [1, -(2**60)], {"a": {"b": 2**63}}, 2**70, [2**70], np.array([2**62])])
def test_large_integers_are_sent_and_warned_of_once(value: Any) -> None:
    """O4."""
    encoder = Encoder(reference_of)
    with pytest.warns(UserWarning, match=r"^pkg\.Class\.key: integers beyond 2\*\*53"):
        assert msgspec.json.decode(encode(value, encoder).text) == sent_exactly(value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encode(value, encoder)
    with pytest.warns(UserWarning, match=r"^pkg\.Class\.other"):
        encoder.encode(value, ["other"], "pkg.Class")


def sent_exactly(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_a_large_integer_among_many_small_ones_is_found() -> None:
    with pytest.warns(UserWarning, match=r"2\*\*53"):
        encode([{"id": 2**60 + n, "name": "x" * 50} for n in range(10_000)])


@pytest.mark.parametrize(
    "value", [2**53 - 1, -(2**53 - 1), 0.1234567890123456789, 1e300, "12345678901234567890", {"1" * 20: 1.5}, 1e22]
)
def test_other_digits_are_not_warned_of(value: Any) -> None:
    encode(value)


def test_a_fraction_at_the_edge_of_where_we_look_is_not_an_integer() -> None:
    for length in range(25):
        encode(["x" * length, *[0.12345678901234567] * 20_000])
        encode([*[0.12345678901234567] * 20_000, "x" * length])


def test_half_a_surrogate_pair_is_replaced_and_warned_of_once() -> None:
    encoder = Encoder(reference_of)
    with pytest.warns(UserWarning, match=r"U\+FFFD"):
        assert msgspec.json.decode(encode({"a\udc00": ["\ud800b", "\ud83d\ude00"]}, encoder).text) == {
            "a\ufffd": ["\ufffdb", "\U0001f600"]
        }
    encode("\ud800", encoder)


def fastest(*work: Callable[[], object]) -> list[float]:
    """The best time of each, in seconds of this thread's own; in turns, since the machine may be busy."""
    times = [math.inf] * len(work)
    for _ in range(15):
        for index, each in enumerate(work):
            began = time.thread_time()
            each()
            times[index] = min(times[index], time.thread_time() - began)
    return times


NUMBERS = [random.random() for _ in range(1_000_000)]
RECORDS = [{"id": n, "name": f"name{n}", "x": random.random(), "ok": True} for n in range(100_000)]


@pytest.mark.parametrize("value", [NUMBERS, list(range(1_000_000)), RECORDS], ids=["floats", "integers", "records"])
def test_looking_into_a_large_plain_value_costs_little(value: Any) -> None:
    """What is not encoding stays within 1.3 times of it."""
    gc.disable()
    try:
        encoding, whole = fastest(lambda: msgspec.json.encode(value), lambda: encode(value))
    finally:
        gc.enable()
    print(f"encoding {encoding * 1e3:.1f} ms, with the looking {whole * 1e3:.1f} ms")
    assert (whole - encoding) / encoding < 1.3
