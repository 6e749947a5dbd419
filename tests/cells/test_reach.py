"""Which traits of which widgets a use reads, by the objects as they are (design.md, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from anyhost.cells.names import names_of
from anyhost.cells.reach import reads as reads_of


class Widget:
    """Something with traits; `total` is a property of it."""

    def __init__(self, **traits: Any) -> None:
        self.own = traits

    @property
    def total(self) -> Any:
        raise AssertionError("no property is ever asked")


class Holder:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    @property
    def first(self) -> Any:
        raise AssertionError("no property is ever asked")


class Look:
    def traits(self, value: Any) -> Mapping[str, Any] | None:
        return value.own if isinstance(value, Widget) else None


SLIDER = Widget(value=1, min=0, _view=1, layout=(LAYOUT := Widget(width="1px")))
OTHER = Widget(value=2)
BOX = Widget(children=(SLIDER, OTHER), layout=Widget(width="2px"))
HELD: dict[str, Any] = {
    "w": SLIDER,
    "items": [OTHER, SLIDER],
    "d": {"a": OTHER, "b": SLIDER, 3: [SLIDER]},
    "box": BOX,
    "o": Holder(w=SLIDER, n=1, items=[OTHER]),
    "n": 5,
}


def reads(source: str, widget: Widget, trait: str) -> bool:
    return any(
        found is widget and (name == trait or (name is None and not trait.startswith("_")))
        for held, uses in names_of(source).reads.items()
        if held in HELD
        for found, name in reads_of(uses, HELD[held], Look())
    )


def reads_whole(value: Any) -> list[Any]:
    """The widgets that are read by who reads the whole of a value."""
    return [widget for widget, _ in reads_of(names_of("f(x)").reads["x"], value, Look())]


@pytest.mark.parametrize(
    ("source", "traits"),
    [
        ("w.value", {"value"}),
        ("w", set()),
        ("w.total", {"value", "min", "layout"}),  # a property may read any; not those that start with _
        ("w._view", {"_view"}),
        ("f(w)", {"value", "min", "layout"}),
        ("w[0]", {"value", "min", "layout"}),
        ("w.layout.width", {"layout"}),
        ("w.layout = 1", set()),
        ("items[1].value", {"value"}),
        ("items[0].value", set()),
        ("items[-1].value", {"value"}),
        ("[x.value for x in items]", {"value"}),
        ("items", set()),
        ("len(items)", {"value", "min", "layout"}),
        ("items.copy()", {"value", "min", "layout"}),
        ("items[7].value", set()),
        ("d['b'].value", {"value"}),
        ("d['a'].value", set()),
        ("d[3][0].value", {"value"}),
        ("d[k].value", {"value", "min", "layout"}),  # one of its items is a list, and no widget
        ("d['later'].value", set()),
        ("box.children[0].value", {"value"}),
        ("box.children[1].value", set()),
        ("box.layout.width", set()),
        ("f(box.children)", {"value", "min", "layout"}),
        ("box.total", set()),
        ("o.w.value", {"value"}),
        ("o.n", set()),
        ("o.first.value", {"value", "min", "layout"}),
        ("f(o)", {"value", "min", "layout"}),
        ("f(n)", set()),
        ("HBox([w, box])", set()),
    ],
)
def test_a_cell_reads_these_traits_of_the_slider(source: str, traits: set[str]) -> None:
    assert {trait for trait in SLIDER.own if reads(source, SLIDER, trait)} == traits


def test_a_whole_box_reads_what_it_holds_and_one_of_its_properties_reads_the_box() -> None:
    assert reads("f(box)", SLIDER, "value")
    assert reads("f(box)", BOX, "children")
    assert reads("box.total", BOX, "children")
    assert not reads("box.total", OTHER, "value")


def test_the_traits_of_a_layout_are_reached_through_its_widget() -> None:
    assert reads("w.layout.width", LAYOUT, "width")
    assert reads("f(w.layout)", LAYOUT, "width")
    assert not reads("w.layout", LAYOUT, "width")
    assert not reads("w.value", LAYOUT, "width")


def test_widgets_are_found_wherever_a_name_holds_them() -> None:
    for name in ("w", "items", "d", "box", "o"):
        assert SLIDER in reads_whole(HELD[name])
    assert reads_whole(5) == []


def test_what_holds_itself_is_looked_at_once() -> None:
    loop: list[Any] = [SLIDER]
    loop.append(loop)
    assert reads_whole(loop).count(SLIDER) == 1


def test_a_long_list_is_not_looked_at_to_the_end() -> None:
    assert SLIDER not in reads_whole([SLIDER, *([number] for number in range(20_000))])
