"""What is kept alive while it is shown (P15), and let go when it is not."""

from __future__ import annotations

import weakref

from anyhost.kernel.displayed import Displayed, Held, release


class Widget: ...


def show(
    displayed: Displayed, cell: str, display_id: str | None = None, *, update: bool = False
) -> weakref.ref[Widget]:
    widget = Widget()
    displayed.formatted(Held(f"m{id(widget)}", widget))
    displayed.published(cell, f"m{id(widget)}", display_id, update=update)
    return weakref.ref(widget)


def test_a_widget_is_held_until_its_cell_has_run_again() -> None:
    displayed = Displayed()
    first = show(displayed, "a")
    earlier = displayed.take("a")
    second = show(displayed, "a")
    assert first() is not None
    release(earlier)
    del earlier
    assert first() is None and second() is not None


def test_an_update_lets_go_of_what_it_replaces_in_whichever_cell() -> None:
    displayed = Displayed()
    first, other = show(displayed, "a", "d"), show(displayed, "a")
    second = show(displayed, "b", "d", update=True)
    assert (first() is None, other() is None, second() is None) == (True, False, False)
    release(displayed.take("b"))
    assert second() is not None  # it is shown in the other cell
    release(displayed.take("a"))
    assert second() is None


def test_an_update_may_show_a_widget_where_there_was_none() -> None:
    displayed = Displayed()
    displayed.published("a", None, "d")
    shown, nowhere = show(displayed, "b", "d", update=True), show(displayed, "b", "e", update=True)
    assert shown() is not None and nowhere() is None
    displayed.published("b", None, "d", update=True)
    assert shown() is None


def test_two_outputs_may_have_one_display_id() -> None:
    displayed = Displayed()
    first, second = show(displayed, "a", "d"), show(displayed, "b", "d")
    assert first() is not None and second() is not None


def test_clearing_lets_go_at_once_or_with_the_next_output() -> None:
    displayed = Displayed()
    first = show(displayed, "a")
    displayed.cleared("a", wait=True)
    assert first() is not None
    second = show(displayed, "a")
    assert first() is None
    displayed.cleared("a", wait=False)
    assert second() is None


def test_what_was_formatted_but_shown_by_nobody_is_not_kept() -> None:
    displayed = Displayed()
    widget = Widget()
    ref = weakref.ref(widget)
    displayed.formatted(Held("m", widget))
    del widget
    displayed.published("a", None, None)
    assert ref() is None


def test_what_was_made_to_be_shown_is_closed() -> None:
    closed: list[str] = []
    displayed = Displayed()
    for name in "ab":
        displayed.formatted(Held(name, Widget(), lambda name=name: closed.append(name)))  # type: ignore[misc]
        displayed.published("cell", name, "d", update=name == "b")
    assert closed == ["a"]
    release(displayed.take("cell"))
    assert closed == ["a", "b"]
