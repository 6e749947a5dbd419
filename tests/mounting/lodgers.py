"""The widgets of an app, and functions on them, as a module that a visitor's process imports."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import ipywidgets

from anyhost.mounting.session import Session


class Refused(Exception):
    """An exception whose class does not take its arguments back."""

    def __init__(self, code: int, word: str) -> None:
        super().__init__(f"{code}: {word}")


def slider(session: Session) -> ipywidgets.IntSlider:
    """At its end it knows whose it is."""
    return ipywidgets.IntSlider(max=100, description=str(session.user))


def board() -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(max=6)


def broken() -> ipywidgets.IntSlider:
    raise ValueError("no data")


def fatal() -> ipywidgets.IntSlider:
    os._exit(4)


def pid(_session: Session) -> int:
    return os.getpid()


def add(session: Session, amount: int = 1) -> int:
    session["slider"].value += amount
    value: int = session["slider"].value
    return value


async def add_later(session: Session, *, amount: int) -> int:
    await asyncio.sleep(0.01)
    return add(session, amount)


def board_value(session: Session) -> int:
    value: int = session["board"].value
    return value


def set_board(session: Session, value: int) -> None:
    session["board"].value = value


def user(session: Session) -> Any:
    return session.user


def lend(session: Session) -> Any:
    return [session["slider"]]


def fail(_session: Session, how: str) -> None:
    if how == "odd":
        raise Refused(7, "odd")
    if how == "exit":
        raise SystemExit(how)
    raise LookupError(how)


def end(_session: Session) -> None:
    os._exit(3)


def sleep_for_ever(session: Session) -> None:
    """Work that would outlive its session."""

    async def work() -> None:
        await asyncio.Event().wait()

    session.start_soon(work())
