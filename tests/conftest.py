"""What every test may use."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """asyncio only: the kernel's loop is asyncio's, since widgets call `asyncio.create_task`."""
    return "asyncio"
