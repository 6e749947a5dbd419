"""How Python values stand in a log: as `page.js` writes those of JavaScript."""

from __future__ import annotations

import math


def formatted(value: object) -> str:
    """A value in one line: JSON's notation, and a notation for bytes and numbers that JSON lacks."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case float() if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        case bytes() | bytearray() | memoryview():
            return f"{type(value).__name__}({' '.join(f'{byte:02x}' for byte in bytes(value))})"
        case list() | tuple():
            return f"[{', '.join(formatted(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{key}: {formatted(item)}" for key, item in value.items()) + "}"
        case BaseException():
            return f"{type(value).__name__}: {value}"
        case _:
            return str(value)
