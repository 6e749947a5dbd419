# %% [markdown]
# # One selection, two views
#
# A table and a figure look at the same rows. Drag across a histogram of the table, or type into its filters: the
# figure shows what is left. Drag a box in the figure: the numbers below are about the dots in it.

# %%
import numpy as np
import pandas as pd

random = np.random.default_rng(7)
kinds = {"Adelie": (38.8, 18.3, 3700), "Chinstrap": (48.8, 18.4, 3730), "Gentoo": (47.5, 15.0, 5080)}
penguins = pd.concat(
    pd.DataFrame(
        {
            "kind": kind,
            "bill_length": random.normal(length, 2.9, 110).round(1),
            "bill_depth": random.normal(depth, 1.1, 110).round(1),
            "mass": random.normal(mass, 430, 110).round(),
        }
    )
    for kind, (length, depth, mass) in kinds.items()
).reset_index(drop=True)

# %%
import quak

table = quak.Widget(penguins)
table

# %%
# Runs again whenever the table's filters change; and with it the cells below that read `chosen`.
chosen = table.data().df() if table.sql else penguins
print(f"{len(chosen)} of {len(penguins)} penguins")

# %%
import plotly.graph_objects as go

colours = {"Adelie": "#c2410c", "Chinstrap": "#7c3aed", "Gentoo": "#0f766e"}
figure = go.FigureWidget(
    layout={
        "dragmode": "select",
        "height": 380,
        "margin": {"l": 50, "r": 20, "t": 20, "b": 50},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"color": "#7f8c93"},
        "xaxis": {"title": "bill length, mm", "gridcolor": "rgba(128, 140, 150, 0.3)", "range": [28, 60]},
        "yaxis": {"title": "bill depth, mm", "gridcolor": "rgba(128, 140, 150, 0.3)", "range": [11, 23]},
    }
)
for _kind, _colour in colours.items():
    figure.add_scatter(name=_kind, mode="markers", marker={"color": _colour, "size": 7, "opacity": 0.75})
figure

# %%
# The figure stays the same object: only its data changes, so zoom and selection are kept.
with figure.batch_update():
    for _trace in figure.data:
        _rows = chosen[chosen["kind"] == _trace.name]
        _trace.update(x=_rows["bill_length"], y=_rows["bill_depth"], customdata=_rows.index)

# %%
import anyhost

in_box, set_in_box = anyhost.state({})


def note_selection(trace, points, _selector=None) -> None:
    """Plotly says for each kind which of its dots are in the box."""
    set_in_box(lambda before: {**before, trace.name: [trace.customdata[dot] for dot in points.point_inds]})


for _trace in figure.data:
    _trace.on_selection(note_selection)
    _trace.on_deselect(note_selection)

# %%
from itertools import chain

picked = chosen[chosen.index.isin(list(chain(*in_box().values())))]
print(f"{len(picked)} penguins in the box" if len(picked) else "No box is drawn: these are the means of all above.")
(picked if len(picked) else chosen).groupby("kind")[["bill_length", "bill_depth", "mass"]].mean().round(1)
