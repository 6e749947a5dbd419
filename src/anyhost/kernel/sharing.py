"""Says where models share what their author may have meant for each of them: variables of the module itself.

A module is evaluated once, however many models have it, and so its top-level `let` and `var` are one for all
(A15); in Jupyter each model has its own. Only who writes the code can do something about it: it is said where
widgets are developed.
"""

from __future__ import annotations

import re
import warnings

_VARIABLE = re.compile(r"^(?:export[ \t]+)?(?:let|var)[ \t]+([\w$]+)", re.MULTILINE)

WRITTEN_BY_HAND = 500
"""No line of such code is longer, in characters: what a bundler made has variables everywhere, and means them."""


class Sharing:
    """The modules of one session's models, while someone develops them."""

    def __init__(self) -> None:
        self._models: dict[str, str] = {}
        self._said: set[str] = set()

    def note(self, esm: object, model_id: str, widget: str) -> None:
        """A model has this code, which is not its own alone. Warns, once for each text, at the second model."""
        if not isinstance(esm, str) or esm in self._said or self._models.setdefault(esm, model_id) == model_id:
            return
        self._said.add(esm)
        found = _VARIABLE.search(esm)
        if found is None or max(map(len, esm.splitlines())) > WRITTEN_BY_HAND:
            return
        warnings.warn(
            f"{widget}: all of its models share the module's `{found[1]}`. For one of each model's own, declare it "
            "in a factory (`export default () => { ... }`), or set `_anyhost_isolate = True` on the class.",
            stacklevel=2,
        )
