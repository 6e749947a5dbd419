from __future__ import annotations

from typing import get_args

import pytest

from anyhost.protocol.messages import Command, NotebookCommand
from anyhost.protocol.policy import COMMANDS, NOTEBOOK_COMMANDS, Mode, may_write, references_in

KNOWN = {"value", "_esm", "_css", "_anywidget_id", "_model_name", "_view_name", "_view_count", "_private"}


@pytest.mark.parametrize("key", ["value", "_private", "_view_count"])
def test_p19_a_client_may_write_values(key: str) -> None:
    assert may_write(key, KNOWN)


@pytest.mark.parametrize("key", ["_esm", "_css", "_anywidget_id", "_model_name", "_view_name"])
def test_promise_6_code_comes_from_the_kernel_only(key: str) -> None:
    assert not may_write(key, KNOWN)


def test_p19_a_key_that_the_model_does_not_have_is_not_written() -> None:
    assert not may_write("other", KNOWN)


def test_references_are_found_at_any_depth() -> None:
    value = ["IPY_MODEL_a", {"x": [("anywidget:b",)]}, "no IPY_MODEL_c", 5, None]
    assert list(references_in(value)) == ["a", "b"]


def test_each_mode_allows_known_commands_only() -> None:
    tags = {struct.__struct_config__.tag for struct in get_args(Command)}
    assert set(COMMANDS) == set(get_args(Mode))
    assert all(allowed <= tags for allowed in COMMANDS.values())


def test_only_edit_allows_what_changes_or_runs_the_notebook() -> None:
    """Section 6 of design.md: a viewer can never run code."""
    commands = {struct.__struct_config__.tag for struct in get_args(NotebookCommand)}
    assert set(NOTEBOOK_COMMANDS) == commands
    assert [mode for mode, allowed in COMMANDS.items() if allowed & commands] == ["edit"]


def test_only_edit_may_interrupt_and_a_static_page_may_nothing() -> None:
    assert [mode for mode, allowed in COMMANDS.items() if "interrupt" in allowed] == ["edit"]
    assert COMMANDS["static"] == frozenset()
