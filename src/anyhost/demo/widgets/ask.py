"""A question to Python, and its answer."""

import time
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t
from anywidget.experimental import command

LARGEST = 10**12


class Ask(anywidget.AnyWidget):
    """Asks Python for the prime factors of a number, and says how long the answer took.

    The question is a command: the page calls `experimental.invoke("factorise", number)`, and what the method
    returns, or raises, is the outcome there.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    largest = t.Int(LARGEST, read_only=True).tag(sync=True)
    answer = t.Dict().tag(sync=True)

    @command
    def factorise(self, number: Any, _buffers: list[memoryview]) -> tuple[dict[str, Any], list[bytes]]:
        """The prime factors of `number`, and the milliseconds spent. Raises `ValueError` for any other question."""
        if not isinstance(number, int) or isinstance(number, bool) or not 2 <= number <= LARGEST:
            raise ValueError(f"expected a whole number from 2 to {LARGEST}, got {number!r}")
        started = time.perf_counter()
        factors = prime_factors(number)
        return {"factors": factors, "milliseconds": 1000 * (time.perf_counter() - started)}, []


def prime_factors(number: int) -> list[int]:
    """The primes whose product is `number`, smallest first. At 10**12 this takes some 50 ms."""
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor:
            divisor += 1 if divisor == 2 else 2
        else:
            factors.append(divisor)
            number //= divisor
    return [*factors, number]
