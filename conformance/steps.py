"""The vocabulary of cases: everything that a case may ask of a host, and nothing about any host.

A step is a value. The runner carries it out and then waits until the host is quiet (`Wait` and `Within` say
otherwise), so that the lines that a step causes stand below it in the log.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Python:
    """Run code in the Python process, as a notebook's cell would, with the case's module as its globals."""

    code: str


@dataclass(frozen=True, slots=True)
class Browser:
    """Run code in the page, as the body of an async function.

    It may use `log(...)`, `slot("a")` (the element in which a view is shown) and `id("w")` (a model id).
    """

    code: str


@dataclass(frozen=True, slots=True)
class Show:
    """Show the widget that Python knows by this name, in a new slot of the page."""

    widget: str
    slot: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the view that a slot shows. The slot stays, empty."""

    slot: str


@dataclass(frozen=True, slots=True)
class Click:
    """A real click on the first element in a slot that a selector finds."""

    slot: str
    selector: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until the log has a line that begins so; what comes meanwhile stands below the step before."""

    line: str
    seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Reload:
    """Load the page again (F5): it comes back to the same Python process, with no slots.

    `away`: for how many seconds there is no page meanwhile, where Python is to do something in them.
    """

    away: float = 0.0


@dataclass(frozen=True, slots=True)
class Join:
    """A second page on the same Python process. The steps that follow are for that page; see `Turn`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The steps that follow are for the first page (0) or for one that joined (1, 2, ...)."""

    page: int


@dataclass(frozen=True, slots=True)
class Offline:
    """The connection between page and Python is cut, and stays so until `Online`."""


@dataclass(frozen=True, slots=True)
class Online:
    """The connection may come back; the step is over when it has."""


@dataclass(frozen=True, slots=True)
class End:
    """The Python process dies. From then on there is only the page."""


Step = Python | Browser | Show | Remove | Click | Wait | Reload | Join | Turn | Offline | Online | End


def python(code: str) -> Python:
    return Python(code)


def browser(code: str) -> Browser:
    return Browser(code)


def show(widget: str, slot: str) -> Show:
    return Show(widget, slot)


def remove(slot: str) -> Remove:
    return Remove(slot)


def click(slot: str, selector: str) -> Click:
    return Click(slot, selector)


def wait(line: str, seconds: float = 15.0) -> Wait:
    return Wait(line, seconds)


def reload(away: float = 0.0) -> Reload:
    return Reload(away)


def join() -> Join:
    return Join()


def turn(page: int) -> Turn:
    return Turn(page)


def offline() -> Offline:
    return Offline()


def online() -> Online:
    return Online()


def end() -> End:
    return End()


def heading(step: Step) -> list[str]:
    """How a step stands in the log."""
    match step:
        case Python(code):
            return [f">>> {_shortened(code)}"]
        case Browser(code):
            return [f"js> {_shortened(code)}"]
        case Show(widget, slot):
            return [f"--- show {widget} in {slot}"]
        case Remove(slot):
            return [f"--- remove {slot}"]
        case Click(slot, selector):
            return [f"--- click {selector} in {slot}"]
        case Turn(page):
            return [f"--- page {page}"]
        case Wait():
            return []
        case _:
            return [f"--- {type(step).__name__.lower()}"]


def _shortened(code: str) -> str:
    first, *more = code.strip().splitlines()
    return f"{first} ..." if more else first
