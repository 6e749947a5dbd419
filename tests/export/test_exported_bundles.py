"""Front ends of classic widgets' packages in an exported page: those that its models name, and what they need."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_exported_page import opened, raw

from anyhost.bundles.finding import Bundles
from anyhost.export.bundles import bundles_in
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import ModelLifecycle, ModelUpdateMessage


@pytest.fixture
def installed(tmp_path: Path) -> Bundles:
    for name, text in {
        "maps": 'define(["@jupyter-widgets/base", "tiles"], () => ({}))',
        "tiles": "define([], () => ({}))",
        "grid": "define([], () => ({}))",
        "unused": "define([], () => ({}))",
    }.items():
        entry = tmp_path / "nbextensions" / name / "index.js"
        entry.parent.mkdir(parents=True)
        entry.write_text(text)
    return Bundles([tmp_path])


def test_those_that_models_name_once_with_what_they_require(installed: Bundles) -> None:
    snapshot = [
        opened("1", _model_module="maps", _view_module="maps"),
        opened("2", _model_module="maps", _view_module="grid"),
        opened("3", _model_module="@jupyter-widgets/controls", _view_module="@jupyter-widgets/base"),
        opened("4", _model_module="anywidget", _view_module="anywidget"),
        opened("5", _model_module="jupyter-nowhere", _view_module=None),
        opened("6", _model_module=["not", "a", "name"], count=1),
    ]
    found = {bundle["module"]: bundle["kind"] for bundle in bundles_in(snapshot, installed)}
    assert found == {"maps": "amd", "tiles": "amd", "grid": "amd", "jupyter-nowhere": "missing"}


def test_a_page_without_such_models_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anyhost.export.bundles.jupyter_folders", lambda: pytest.fail("asked for folders"))
    update = ModelUpdateMessage(state={"_model_module": raw("maps")}, buffer_paths=[], buffers=Buffers())
    snapshot = [opened("1", _model_module="anywidget"), ModelLifecycle(model_id="1", message=update)]
    assert bundles_in(snapshot) == []
