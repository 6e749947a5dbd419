from __future__ import annotations

from collections.abc import Iterator

import pytest
from recording_kernel import RecordingKernel

from anyhost.kernel.patches import patched


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched(), recording.cell():
        yield recording
        recording.models.close_all()
