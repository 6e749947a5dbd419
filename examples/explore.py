# %% [markdown]
# # One selection, two views
#
# A table and a figure show the same penguins. Drag across a histogram of the table, or click a kind: the figure shows
# what is left. Drag a box in the figure: the means below are of the dots in it.

# %%
import numpy as np
import pandas as pd

# Made up, but about as large as those that were measured: bill length and depth in mm, mass in g.
random = np.random.default_rng(7)
kinds = {"Adelie": (38.8, 18.3, 3700), "Chinstrap": (48.8, 18.4, 3730), "Gentoo": (47.5, 15.0, 5080)}
spread = (2.9, 1.1, 430)
penguins = pd.concat(
    (
        pd.DataFrame(random.normal(size, spread, (110, 3)), columns=["length", "depth", "mass"]).assign(kind=kind)
        for kind, size in kinds.items()
    ),
    ignore_index=True,
).round({"length": 1, "depth": 1, "mass": 0})[["kind", "length", "depth", "mass"]]

# %%
import quak

table = quak.Widget(penguins)
table

# %%
# This cell reads the table's data, so it follows its filters, and the cells that read `chosen` follow this one.
# (The table itself counts by the pixels of its histograms: its own number may be off by some rows.)
chosen = table.data().df() if table.sql else penguins
print(f"{len(chosen)} of {len(penguins)} penguins")

# %%
import plotly.graph_objects as go

colours = {"Adelie": "#ea580c", "Chinstrap": "#8b5cf6", "Gentoo": "#0d9488"}
# Clear, with grey lines: it fits a light page and a dark one.
clear, lines = "rgba(0, 0, 0, 0)", {"gridcolor": "rgba(128, 140, 150, 0.3)", "zeroline": False}
figure = go.FigureWidget(
    layout={
        "dragmode": "select",
        "height": 380,
        "margin": {"l": 50, "r": 10, "t": 30, "b": 50},
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "font": {"color": "#7f8c93"},
        "modebar": {"bgcolor": clear, "remove": ["lasso2d"]},
        "legend": {"orientation": "h", "y": 1.1},
        "xaxis": {"title": "bill length, mm", "range": [28, 60], **lines},
        "yaxis": {"title": "bill depth, mm", "range": [11, 23], **lines},
    }
)
for _kind, _colour in colours.items():
    figure.add_scatter(name=_kind, mode="markers", marker={"color": _colour, "size": 7, "opacity": 0.8})
figure

# %%
# The figure stays the same widget and gets other data, so its zoom and its box are kept.
with figure.batch_update():
    for _trace in figure.data:
        _rows = chosen[chosen["kind"] == _trace.name]
        _trace.update(x=_rows["length"], y=_rows["depth"])

# %%
import anyhost

# The box is no trait of the figure: plotly tells of it by a callback. A state makes it something that cells can read.
box, set_box = anyhost.state(None)


def note_box(_trace, _points, drawn=None):
    """Plotly calls this for each of the three kinds; and without `drawn` where the dots have changed, not the box."""
    if drawn:
        set_box((tuple(sorted(drawn.xrange)), tuple(sorted(drawn.yrange))))


for _trace in figure.data:
    _trace.on_selection(note_box)
    _trace.on_deselect(lambda _trace, _points: set_box(None))

# %%
if box():
    _across, _up = box()
    picked = chosen[chosen["length"].between(*_across) & chosen["depth"].between(*_up)]
    print(f"{len(picked)} penguins in the box")
else:
    picked = chosen
    print("No box is drawn: all that the figure shows")
picked.groupby("kind")[["length", "depth", "mass"]].mean().round(1)
