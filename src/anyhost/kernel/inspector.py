"""What `anyhost dev` tells a widget's author about its traits: their types in Python, and which cannot be written.

The page asks, through a model of its own that has no view; so nothing is added to any widget's state, and no
other mode of anyhost has any of it.
"""

from __future__ import annotations

import contextlib
import inspect
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypedDict

import traitlets
from anywidget.experimental import command
from ipywidgets import Widget

from anyhost.protocol.policy import may_write

from .current import USER_ERRORS, running
from .models import Model


class Described(TypedDict):
    """One synchronised key of a widget."""

    type: str
    """As its author would write it: `Int`, `List(Unicode)`, `list[str]`. Empty where nothing says it."""
    help: str
    read_only: bool
    """No page may write it, or Python declares it so."""


class Registry(Protocol):
    """Where models are found: `Models`."""

    def get(self, model_id: str) -> Model | None: ...


class Inspector(Widget):  # type: ignore[misc]
    """Answers what the page asks about the models of its session."""

    _model_module = traitlets.Unicode("anyhost").tag(sync=True)
    _model_name = traitlets.Unicode("InspectorModel").tag(sync=True)

    def __init__(self, models: Registry) -> None:
        self._models = models
        super().__init__()

    @command  # type: ignore[untyped-decorator]
    def describe(self, model_id: Any, _buffers: object) -> tuple[Mapping[str, Described], list[bytes]]:
        """The keys of one model. Raises `LookupError` where there is none of this id."""
        model = self._models.get(model_id)
        if model is None:
            raise LookupError(f"there is no model {model_id!r} in this session")
        return described(model), []


def open_inspector() -> Inspector:
    """One for the session that runs this. Called by the notebook that `anyhost dev` makes (`onewidget.py`)."""
    context = running.get()
    if context is None:
        raise RuntimeError("expected to be called in a cell of a session, got none")
    models: Any = context.kernel.models
    return Inspector(models)


def described(model: Model) -> dict[str, Described]:
    """Every key of a model, by name."""
    widget = model.comm.widget
    describe = _describer(widget)
    found = {}
    for key in sorted(model.keys):
        type_name, help_text, declared = describe(key)
        locked = key in model.locked or not may_write(key, model.keys)
        found[key] = Described(type=type_name, help=help_text, read_only=declared or locked)
    return found


Describer = Callable[[str], tuple[str, str, bool]]


def _describer(widget: Any) -> Describer:
    if isinstance(widget, traitlets.HasTraits):
        return lambda key: _of_trait(widget.traits().get(key))
    hints, frozen = _hints_of(type(widget)), _is_frozen(type(widget))
    return lambda key: (_annotated(hints.get(key, "")), "", frozen or _is_fixed(widget, key))


def _of_trait(trait: traitlets.TraitType[Any, Any] | None) -> tuple[str, str, bool]:
    if trait is None:
        return "", "", False
    return _named(trait), str(trait.help or ""), bool(trait.read_only)


def _named(trait: Any) -> str:
    """A trait as its author declared it, shortly."""
    name = type(trait).__name__
    inner = ", ".join(_arguments(trait))
    bounds = [f"{word}={bound}" for word in ("min", "max") if (bound := _bound(trait, word)) is not None]
    arguments = ", ".join(filter(None, [inner, *bounds]))
    text = f"{name}({arguments})" if arguments else name
    return f"{text} | None" if trait.allow_none and not isinstance(trait, traitlets.Any) else text


def _arguments(trait: Any) -> Iterable[str]:
    if isinstance(trait, traitlets.Enum):
        return map(repr, trait.values or ())
    if isinstance(trait, traitlets.Instance | traitlets.Type) and not isinstance(
        trait, traitlets.Container | traitlets.Dict
    ):
        return [trait.klass if isinstance(trait.klass, str) else trait.klass.__name__]
    parts = _parts(trait)
    return ["Any" if part is None else _named(part) for part in parts] if any(map(_says_something, parts)) else []


def _parts(trait: Any) -> Sequence[Any]:
    """The traits of which another one is made. In traitlets a tuple and a dict are instances, too."""
    match trait:
        case traitlets.Union():
            return tuple(trait.trait_types)
        case traitlets.Tuple():
            return tuple(trait._traits)
        case traitlets.Dict():
            return trait._key_trait, trait._value_trait
        case traitlets.Container():
            return (trait._trait,)
    return ()


def _says_something(trait: Any) -> bool:
    return trait is not None and type(trait) is not traitlets.Any


def _bound(trait: Any, word: str) -> Any:
    """Of a number only: other traits have a `min` that means something else, or one that is infinite."""
    bound = getattr(trait, word, None) if isinstance(trait, traitlets.Int | traitlets.Float) else None
    return None if bound in (float("inf"), float("-inf")) else bound


def _hints_of(kind: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except USER_ERRORS:  # a name that is only there for a type checker
        return {
            key: hint for base in reversed(kind.__mro__) for key, hint in vars(base).get("__annotations__", {}).items()
        }


def _annotated(hint: Any) -> str:
    return hint if isinstance(hint, str) else inspect.formatannotation(hint)


def _is_frozen(kind: Any) -> bool:
    """A dataclass, a msgspec Struct or a pydantic model whose instances cannot be changed."""
    parameters = getattr(kind, "__dataclass_params__", None) or getattr(kind, "__struct_config__", None)
    config = getattr(kind, "model_config", None)
    return bool(getattr(parameters, "frozen", False)) or (isinstance(config, dict) and bool(config.get("frozen")))


def _is_fixed(widget: Any, key: str) -> bool:
    """A property that only reads, or a field that pydantic keeps as it is."""
    found = inspect.getattr_static(type(widget), key, None)
    if isinstance(found, property):
        return found.fset is None
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        return bool(type(widget).model_fields[key].frozen)
    return False
