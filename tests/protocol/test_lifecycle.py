from __future__ import annotations

from typing import get_args

import pytest

from anyhost.protocol.lifecycle import TRANSITIONS, Method, ModelState, follow


@pytest.mark.parametrize("method", get_args(Method))
def test_m11_nothing_follows_a_close(method: Method) -> None:
    assert follow("closed", method) is None


@pytest.mark.parametrize("method", ["update", "custom", "close"])
def test_p18_a_message_for_a_model_that_is_not_known_is_dropped(method: Method) -> None:
    assert follow("unknown", method) is None


def test_r2_a_model_that_is_open_may_be_opened_again() -> None:
    assert follow("unknown", "open") == follow("open", "open") == "open"


def test_every_state_of_the_table_can_be_reached() -> None:
    reached: set[ModelState] = {"unknown"}
    for _ in get_args(ModelState):
        reached |= {after for (state, _), after in TRANSITIONS.items() if state in reached}
    assert reached == set(get_args(ModelState))
