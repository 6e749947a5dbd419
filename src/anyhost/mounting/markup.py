"""What a template puts into its page, escaped as template engines expect it."""

from __future__ import annotations

import html
from typing import Final

try:
    from markupsafe import Markup
except ImportError:  # no Jinja2 here

    class Markup(str):  # type: ignore[no-redef]
        """Text that is HTML already."""

        __slots__ = ()

        def __html__(self) -> str:
            return self


from .widgets import NamedWidgets

SCRIPT: Final = "embed.js"


class PageMarkup:
    """`anyhost` in a template: `{{ anyhost.script }}` once, and `{{ anyhost.view("scatter") }}` wherever a view goes.

    `base` is the path of the mounted host, with a slash at its end; `version` is that of the script.
    """

    def __init__(self, named: NamedWidgets, *, base: str, version: str, claim: str | None) -> None:
        self._named = named
        self._base = base
        self._version = version
        self._claim = claim

    @property
    def script(self) -> Markup:
        """The script that brings the views of this page to life. It may come before or after them."""
        claim = {"data-anyhost-claim": self._claim} if self._claim else {}
        return _element("script", {"type": "module", "src": f"{self._base}{SCRIPT}?v={self._version}", **claim})

    def view(self, name: str, **attributes: str) -> Markup:
        """A view of the widget of this name; `attributes` are those of the element, `class_` the one named `class`.

        Raises `UnknownWidget`.
        """
        self._named.find(name)
        given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return _element("any-view", {**given, "name": name, "host": self._base})


def _element(tag: str, attributes: dict[str, str]) -> Markup:
    text = "".join(f' {key}="{html.escape(str(value))}"' for key, value in attributes.items())
    return Markup(f"<{tag}{text}></{tag}>")
