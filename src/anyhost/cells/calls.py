"""What calls do with what they are given, as far as their names tell: read it, show it, or call it later.

These lists are rules of `names.py`.
"""

from __future__ import annotations

import ast

SHOWING = frozenset(
    ("display", "Box", "HBox", "VBox", "GridBox", "Tab", "Accordion", "Stack", "AppLayout", "GridspecLayout",
     "TwoByTwoLayout", "link", "dlink", "jslink", "jsdlink", "directional_link")
)  # fmt: skip
"""Calls that show or join what they are given, whatever it is reached by (`HBox`, `widgets.HBox`)."""

ASKING = frozenset(("isinstance", "type", "id", "callable"))
"""Builtin functions that look at the object, and at nothing that it holds."""

CALLING_LATER = frozenset(
    ("interact", "interactive", "interact_manual", "interactive_output", "Thread", "Timer", "partial")
)
"""Calls that show what they are given, or call it at another time."""

INTERACTING = frozenset(("interact", "interact_manual"))
"""Of these, those that may be given their options, or their controls, in a call before."""

NOT_READING = frozenset(
    ("observe", "unobserve", "unobserve_all", "send", "send_state", "set_trait", "hold_sync",
     "hold_trait_notifications", "close", "open", "click", "set_title", "add_class", "remove_class", "append_stdout",
     "append_stderr", "append_display_data", "clear_output", "capture", "notify_change", "focus", "blur")
)  # fmt: skip
"""Methods of a widget that write, send or register. So does what is called `on_...`."""

COLLECTING = frozenset(("list", "tuple", "reversed", "sorted", "iter", "enumerate", "zip"))
"""Builtin functions that hold the very things that they are given."""


def does_not_read(method: str) -> bool:
    """Whether a method of a widget only writes, sends or registers."""
    return method in NOT_READING or method.startswith("on_")


def class_name(function: ast.expr) -> str:
    """The name of what looks like a class: `Frame`, `widgets.Frame`. Nothing of anything else."""
    match function:
        case ast.Name(id=name) if name[:1].isupper():
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name[:1].isupper():
            return f"{module}.{name}"
        case _:
            return ""


def only_shows(function: ast.expr) -> bool:
    """Whether a call of this shows, joins or keeps for later what it is given, or looks at nothing that it holds."""
    match function:
        case ast.Name(id=name):
            return name in SHOWING or name in CALLING_LATER or name in ASKING
        case ast.Attribute(attr=name):
            return name in SHOWING or name in CALLING_LATER
        case ast.Call(func=ast.Attribute(value=maker, attr="options")) | ast.Call(func=maker):
            return _interacts(maker)  # `interact.options(manual=True)(f)`, `interact(x=3)(f)`
        case _:
            return False


def _interacts(function: ast.expr) -> bool:
    """Whether what this returns is called with the function that it is to call later."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in INTERACTING
        case _:
            return only_shows(function)
