"""The buttons and axes of a game controller, which only the page knows to be there.

In Jupyter the page makes these widgets itself, by opening their comms. Here widgets come from Python alone (M12). So
the page says how many there are, by a message to the `Controller`, and its Python end gets them.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
from ipywidgets.widgets.widget_controller import Axis, Button

MOST = 64
"""How many of each a page may ask for; browsers name 17 buttons and 4 axes at most for the pads that they know."""


def equip(widget: Any, content: Any) -> bool:
    """Whether this message was a page's that found a gamepad: then the controller has its buttons and axes.

    Those that it has stay: a pad that is plugged in again, and a second page, find the same ones.
    """
    match content:
        case {"anyhost": "gamepad", "buttons": int(buttons), "axes": int(axes)} if isinstance(
            widget, ipywidgets.Controller
        ):
            for name, kind, count in (("buttons", Button, buttons), ("axes", Axis, axes)):
                held = getattr(widget, name)
                more = [kind() for _ in range(len(held), min(count, MOST))]
                widget.set_trait(name, (*held, *more))
                if not more:
                    widget.send_state(name)  # the page waits for it
            return True
        case _:
            return False
