"""The named widgets of a `WidgetHost`: what makes each, and for whom."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from anyhost.kernel.current import USER_ERRORS
from anyhost.kernel.local import LocalKernel
from anyhost.kernel.references import model_id_of
from anyhost.kernel.reopening import reopen

Factory: TypeAlias = Callable[..., Any]

_NAME: Final = re.compile(r"[^\W\d][\w.-]*")


class UnknownWidget(KeyError):
    """No widget has this name. The text says which names there are."""

    def __str__(self) -> str:
        return str(self.args[0])


class FactoryError(Exception):
    """A factory raised (its `__cause__`), or returned something that cannot be shown. The text says which."""


class WidgetElsewhere(RuntimeError):
    """The widget is in another process than the one that asks for it. The text says how it is reached."""


@dataclass(frozen=True, slots=True)
class Named:
    """A widget's name, and the function that makes it."""

    name: str
    factory: Factory
    shared: bool
    takes_session: bool

    def make(self, kernel: LocalKernel, session: object) -> Any:
        """Make the widget, as one of this kernel's. Raises `FactoryError`."""
        with kernel.active():
            try:
                widget = self.factory(session) if self.takes_session else self.factory()
                # A shared one may have been made when the module was imported.
                model_id = open_model(widget, kernel) if self.shared else model_id_of(widget)
            except USER_ERRORS as error:
                raise FactoryError(f"the factory of {self.name!r} raised {type(error).__name__}: {error}") from error
        if model_id is None:
            raise FactoryError(f"expected a widget of the factory of {self.name!r}, got {type(widget).__name__}")
        if model_id not in kernel.models:
            raise FactoryError(
                f"the factory of {self.name!r} returned a widget that was made outside of it: make it in the function, "
                "so that each visitor has their own, or write @host.widget(shared=True) for one that all see"
            )
        return widget


def open_model(widget: Any, kernel: LocalKernel) -> str | None:
    """The id of a widget's model in this kernel, which opens again if somebody has closed it; None: it is no widget."""
    with kernel.active():
        model_id = model_id_of(widget)
        if model_id not in kernel.models:
            reopen(widget)
            model_id = model_id_of(widget)
    return model_id


class NamedWidgets:
    """All of one host, by name."""

    def __init__(self) -> None:
        self._named: dict[str, Named] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def add(self, factory: Factory, *, name: str | None, shared: bool) -> None:
        """Raises `TypeError` for what is no factory, and `ValueError` for a name that is taken or none."""
        name = name or str(getattr(factory, "__name__", ""))
        if not callable(factory) or inspect.iscoroutinefunction(factory):
            raise TypeError(f"expected a plain function that makes the widget {name!r}, got {factory!r}")
        if not _NAME.fullmatch(name):
            raise ValueError(f"expected a name such as 'scatter', got {name!r}: write @host.widget(name=...)")
        if name in self._named:
            raise ValueError(f"there is a widget {name!r} already: write @host.widget(name=...)")
        required = _required(factory)
        if len(required) > (0 if shared else 1):
            what = "no argument, since it is shared" if shared else "one argument, the session, or none"
            raise TypeError(f"expected the factory of {name!r} to take {what}; it takes {', '.join(required)}")
        self._named[name] = Named(name, factory, shared, bool(required))

    def find(self, name: str) -> Named:
        """Raises `UnknownWidget`."""
        try:
            return self._named[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._named, n=1)
            known = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(self._named) or 'none'}"
            raise UnknownWidget(f"no widget is named {name!r}; {known}") from None


def _required(factory: Factory) -> list[str]:
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):  # made in C: it says itself what it needs
        return []
    return [each.name for each in parameters if each.default is each.empty and each.kind in kinds]
