"""Promises 2, 3, 4, 5 and 7 under everything that networks do, at every message of a conversation.

`ANYHOST_FAULTS=all` has every fault strike at every message; otherwise a sample is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeAlias, get_args

import pytest
from meeting import Meeting
from playwright.sync_api import Browser, BrowserContext
from served import Served

from faults import KINDS, Direction, Fault, Message, faults_at, sample

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("faults")]

Tell: TypeAlias = Callable[[str, object], None]
ALL = os.environ.get("ANYHOST_FAULTS") == "all"
TALKING, JOINING, RESUMING = 30, 10, 10
"""Faults of a sample; while talking in each direction."""


def chosen(faults: list[Fault], count: int) -> list[Fault]:
    return faults if ALL else sample(faults, count)


def say(record_property: Tell, where: str, played: list[Fault], struck: list[Fault]) -> None:
    """Print what was done, and see that it was: a conversation is never quite as long as the one before it."""
    kinds = ", ".join(f"{sum(fault.kind == kind for fault in struck)} {kind}" for kind in KINDS)
    record_property("summary", f"faults while {where}: {len(struck)} of {len(played)} struck ({kinds})")
    assert len(struck) >= 0.9 * len(played)


def play(meeting: Meeting, *faults: Fault) -> None:
    """A conversation in which these happen, and what is true after it."""
    house = meeting.served
    house.arm(*faults)
    try:
        meeting.round()
        go_on(meeting, len(faults))
    except Exception as error:
        error.add_note(f"after {[str(fault) for fault in faults]}; since then {house.conversation}")
        raise


def go_on(meeting: Meeting, faults: int) -> None:
    """Until they have struck: a conversation is never quite as long as the one before it. Then all is true."""
    for _ in range(5):
        meeting.echo()
        if len(meeting.served.proxy.struck) == faults:
            break
    meeting.echo()
    meeting.check()


def recorded(meeting: Meeting, *faults: Fault) -> list[Message]:
    """What is said in a conversation, after these faults: the shortest of three."""
    found = []
    for _ in range(3):
        play(meeting, *faults)
        found.append(meeting.served.conversation)
    return min(found, key=len)


@pytest.mark.parametrize("direction", get_args(Direction))
def test_while_talking(context: BrowserContext, house: Served, record_property: Tell, direction: Direction) -> None:
    """One page goes through all of them."""
    meeting = Meeting(context, house)
    messages = [message for message in recorded(meeting) if message.direction == direction]
    played = chosen(faults_at(messages), TALKING)
    struck: list[Fault] = []
    for fault in played:
        play(meeting, fault)
        struck += house.proxy.struck
    assert meeting.errors == []
    say(record_property, f"talking, {direction}", played, struck)


def test_while_resuming(context: BrowserContext, house: Served, record_property: Tell) -> None:
    """The connection that takes the place of a broken one breaks, too."""
    meeting = Meeting(context, house)
    first = Fault("reset", "down", 6, "before")
    played = chosen(faults_at(recorded(meeting, first)[:16]), RESUMING)
    struck: list[Fault] = []
    for fault in played:
        play(meeting, first, fault)
        struck += house.proxy.struck[1:]
    assert meeting.errors == []
    say(record_property, "resuming", played, struck)


def test_while_joining(browser: Browser, house: Served, record_property: Tell) -> None:
    """A fresh page, and its first connection."""

    struck: list[Fault] = []

    def join(*faults: Fault) -> list[Message]:
        house.arm(*faults)
        with browser.new_context() as context:
            meeting = Meeting(context, house)
            said = house.conversation.copy()
            go_on(meeting, len(faults))
            assert meeting.errors == []
            struck.extend(house.proxy.struck)
            house.arm()  # what is said while it goes is not meant
        return said

    played = chosen(faults_at(join()), JOINING)
    for fault in played:
        try:
            join(fault)
        except Exception as error:
            error.add_note(f"after {fault}")
            raise
    say(record_property, "joining", played, struck)
