"""What a notebook imports."""

from __future__ import annotations

from anyhost.cells.imports import imported_modules
from anyhost.cells.reading import parse_notebook


def test_the_imports_of_all_cells_are_found_once_and_in_order() -> None:
    source = b"""
# %%
import numpy as np, pandas
from matplotlib import pyplot
# %%
def later():
    import plotly.graph_objects as go
from . import sibling
import numpy
# %% [markdown]
# import not_code
"""
    found = imported_modules(parse_notebook(source, "n.py"))
    assert found == ["numpy", "pandas", "matplotlib", "plotly.graph_objects"]


def test_a_cell_that_does_not_parse_takes_none_of_the_others_along() -> None:
    source = b"# %%\nimport a\n# %%\n!pip install b\nimport c\n# %%\nimport d\n"
    assert imported_modules(parse_notebook(source, "n.py")) == ["a", "d"]
