"""What a template puts into its page, escaped as template engines expect it."""

from __future__ import annotations

import html
from collections.abc import Callable
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
    Where templates call nothing, as Django's do, it is `{{ anyhost.view.scatter }}`.

    `base` says the path of the mounted host, with a slash at its end, and `claim` what the page is to trade for its
    cookie; they are asked when something is shown, since a context processor runs for pages without widgets, too.
    `version` is that of the script.
    """

    def __init__(
        self, named: NamedWidgets, *, base: Callable[[], str], version: str, claim: Callable[[], str | None]
    ) -> None:
        self.view = Views(named, base)
        self._base = base
        self._version = version
        self._claim = claim

    @property
    def script(self) -> Markup:
        """The script that brings the views of this page to life. It may come before or after them."""
        claim = self._claim()
        more = {"data-anyhost-claim": claim} if claim else {}
        return _element("script", {"type": "module", "src": f"{self._base()}{SCRIPT}?v={self._version}", **more})


class Views:
    """The views that a template may put into its page."""

    do_not_call_in_templates = True
    """Django would call it on the way to the name, without an argument."""

    def __init__(self, named: NamedWidgets, base: Callable[[], str]) -> None:
        self._named = named
        self._base = base

    def __call__(self, name: str, **attributes: str) -> Markup:
        """A view of the widget of this name; `attributes` are those of the element, `class_` the one named `class`.

        Raises `UnknownWidget`.
        """
        self._named.find(name)
        given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return self._element(name, given)

    def __getitem__(self, name: str) -> Markup:
        """The same, of an unknown name, too: Django swallows errors here, and the page says it in the view's place."""
        return self._element(name, {})

    def _element(self, name: str, attributes: dict[str, str]) -> Markup:
        return _element("any-view", {**attributes, "name": name, "host": self._base()})


def _element(tag: str, attributes: dict[str, str]) -> Markup:
    text = "".join(f' {key}="{html.escape(str(value))}"' for key, value in attributes.items())
    return Markup(f"<{tag}{text}></{tag}>")
