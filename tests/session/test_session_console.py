"""Printed text: it shows what a terminal would, and a progress bar does not grow (promise 8)."""

from __future__ import annotations

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st
from session_values import console_text

from anyhost.session.console import ConsoleText

PLAIN = st.lists(st.sampled_from(["a", "bb", "ccc", "\r", "\n"]), max_size=20).map("".join)


def kept(*texts: str) -> str:
    console = ConsoleText()
    for text in texts:
        console.write(text)
    assert console.size == len("".join(console.pieces()))
    return "".join(console.pieces())


def on_a_terminal(text: str) -> list[str]:
    """What text without colours shows: a carriage return goes back, and what follows covers what was there."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for stretch in line.split("\r"):
            shown = stretch + shown[len(stretch) :]
        lines.append(shown)
    return lines


@given(PLAIN)
def test_what_is_kept_shows_the_same(text: str) -> None:
    assert on_a_terminal(kept(text)) == on_a_terminal(text)


@given(console_text, console_text)
def test_pieces_do_not_matter(first: str, second: str) -> None:
    assert kept(first, second) == kept(first + second) == kept(kept(first), second)


def test_a_progress_bar_does_not_grow() -> None:
    assert len(kept(*(f"\r\x1b[32m{percent:3}%\x1b[0m |####|" for percent in range(100)))) < 60


def test_what_a_shorter_text_leaves_uncovered_stays() -> None:
    assert kept("12345\r", "ab\r", "c") == "12345\rab\rc"


def test_a_colour_that_stays_on_is_kept() -> None:
    assert kept("\x1b[31m12\r", "34\r", "5") == "\x1b[31m12\r34\r5"


def test_many_small_texts_take_linear_time() -> None:
    """A million dots in one line must not hold up a server."""
    console = ConsoleText()
    began = time.perf_counter()
    for _ in itertools.repeat(None, 200_000):
        console.write(".")
    assert time.perf_counter() - began < 5
    assert console.size == 200_000
