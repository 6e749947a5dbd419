# %% [markdown]
# # Two kinds of widgets, one page
#
# Sliders, a dropdown, a play button and tabs of [ipywidgets](https://ipywidgets.readthedocs.io), a two-dimensional
# slider that is an [anywidget](https://anywidget.dev), and a [bqplot](https://bqplot.github.io) figure: they stand in
# one box, are linked to each other, and re-run the cells that read them.

# %%
import ipywidgets as widgets
from wigglystuff import Slider2D

across = widgets.IntSlider(3, 1, 9, description="across")
up = widgets.IntSlider(2, 1, 9, description="up")
phase = widgets.IntSlider(90, 0, 360, description="phase, °")
colour = widgets.Dropdown(options={"teal": "#0d9488", "orange": "#ea580c", "violet": "#7c3aed"}, description="colour")
size = Slider2D(x=0.9, y=0.9, x_bounds=(0.1, 1.0), y_bounds=(0.1, 1.0), width=200, height=200)

# %% [markdown]
# `jslink` joins the play button to the phase, and the slider that is an anywidget to a progress bar that is not:
# both in the page, without Python.

# %%
play = widgets.Play(value=90, max=360, step=3, interval=80, repeat=True)
width = widgets.FloatProgress(value=0.9, max=1.0, description="width")
widgets.jslink((play, "value"), (phase, "value"))
widgets.jsdlink((size, "x"), (width, "value"))
widgets.HBox([widgets.VBox([across, up, phase, play, colour, width]), size], layout={"grid_gap": "2em"})

# %% [markdown]
# These cells run again for each change of what they read. None has a callback.

# %%
import numpy as np

t = np.linspace(0, 2 * np.pi, 400)
x = size.x * np.sin(across.value * t + np.radians(phase.value))
y = size.y * np.sin(up.value * t)

# %%
try:
    import bqplot
except ModuleNotFoundError:
    line = None
    figure = widgets.HTML("This figure needs <b>bqplot</b>: <code>pip install bqplot</code>, and restart.")
else:
    scales = {"x": bqplot.LinearScale(min=-1, max=1), "y": bqplot.LinearScale(min=-1, max=1)}
    line = bqplot.Lines(scales=scales, stroke_width=2)
    figure = bqplot.Figure(marks=[line], layout={"width": "420px", "height": "360px"})
    figure.fig_margin = dict.fromkeys(["top", "bottom", "left", "right"], 20)
    figure.background_style = {"fill": "none"}

# %%
if line is not None:
    with line.hold_sync():
        line.x, line.y, line.colors = x, y, [colour.value]

# %% [markdown]
# The last tab is an `Output`, into which a callback prints. The second one is `interact`: its function runs for its own
# controls, and the cell that made it does not.

# %%
import matplotlib.pyplot as plt

# Clear, with grey lines: it fits a light page and a dark one.
plt.rcParams.update(dict.fromkeys(["figure.facecolor", "axes.facecolor"], "none"))
plt.rcParams.update(dict.fromkeys(["axes.edgecolor", "xtick.color", "ytick.color"], "#7f8c93"))


def wave(harmonics=3, shape="square"):
    orders = np.arange(1, 2 * harmonics, 2) if shape == "square" else np.arange(1, harmonics + 1)
    _, axes = plt.subplots(figsize=(5, 2.4))
    axes.plot(t, sum(np.sin(n * t) / n for n in orders), color="#0d9488")
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()


waves = widgets.interactive(wave, harmonics=(1, 12), shape=["square", "saw"])

# %%
log = widgets.Output()


@log.capture()
def tell(change):
    print(f"{change['owner'].description}: {change['old']} → {change['new']}")


for control in (across, up):
    control.observe(tell, "value")

# %%
widgets.Tab([figure, waves, log], titles=["bqplot", "interact", "log"])

# %%
points = len(set(zip(x.round(9), y.round(9), strict=True)))
print(f"{across.value} : {up.value}, {phase.value}°, {size.x:.2f} wide; {points} points")
