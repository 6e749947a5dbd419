# %% [markdown]
# # Any anywidget, live in any page, and still right after F5
#
# Everything below is a Python object, in a process started for this tab alone. Drag, click, type.
# Then press **F5**: it is all still there. By keyboard: **Tab**, then the arrow keys.

# %% [markdown]
# ## 1 · Drag, and Python follows
#
# Take the crest of the wave by its dot. What is printed below it comes from a cell that reads `wave.wavelength` and
# `wave.height`: it runs again each time they change. No callback is written for that.

# %%
from anyhost.demo.widgets import Ask, Compare, Pond, Wave

wave = Wave()
wave

# %%
print(f"wave.wavelength = {wave.wavelength:.1f}\nwave.height = {wave.height:.2f}")

# %% [markdown]
# ## 2 · Bytes, both ways
#
# Two stones make waves like yours. Move one: its place goes to Python as bytes, plain Python computes the
# whole pond, and bytes come back. Bend the wave above, and watch the pond.

# %%
from time import perf_counter

from traitlets import link

from anyhost.demo.ripples import ripples

places_at_first = [(0.28, 0.36), (0.68, 0.62)]
pond = Pond(places_at_first)
energy = Pond(look="energy")
link((pond, "stones"), (energy, "stones"))
pond

# %%
_started = perf_counter()
pond.field = energy.field = ripples(
    pond.positions, wavelength=wave.wavelength, height=wave.height, columns=pond.columns, rows=pond.rows
)
_took = 1000 * (perf_counter() - _started)
_places = ", ".join(f"({across:.2f}, {down:.2f})" for across, down in pond.positions)
print(f"{len(pond.stones)} bytes in: stones at {_places}\n{len(pond.field):,} bytes out, computed in {_took:.0f} ms")

# %% [markdown]
# ## 3 · Widgets inside widgets
#
# On the left is the same pond again: one widget, shown twice. On the right is another, with the energy of its
# waves. A third widget holds both. Drag the divider, then a stone: they are as live here as anywhere.

# %%
compare = Compare(left=pond, right=energy, left_label="water", right_label="energy")
compare

# %%
print(f"{compare.position:.0%} water, {1 - compare.position:.0%} energy")

# %% [markdown]
# ## 4 · Ask Python
#
# A page can call a method of its widget, and await the answer: here, the prime factors of a number.

# %%
Ask()

# %% [markdown]
# ## 5 · Published widgets, as they are
#
# From here on, other people's widgets, none of them changed. They come with `anyhost[demo]`.
#
# [wigglystuff](https://github.com/koaning/wigglystuff): a slider in two dimensions, a matrix to drag in, and a
# list to sort.

# %%
import math

from IPython.display import display

from anyhost.demo.extra import if_installed

with if_installed():
    from wigglystuff import Slider2D

    slider = Slider2D(x=0.6, y=0.3, width=300, height=300)
    display(slider)

# %%
with if_installed():
    _radius, _angle = math.hypot(slider.x, slider.y), math.degrees(math.atan2(slider.y, slider.x))
    print(f"({slider.x:.2f}, {slider.y:.2f}): {_radius:.2f} from the middle, at {_angle:.0f}°")

# %%
with if_installed():
    from wigglystuff import Matrix

    matrix = Matrix([[2, 1], [1, 3]], step=0.1)
    display(matrix)

# %%
with if_installed():
    (_a, _b), (_c, _d) = matrix.matrix
    print(f"determinant = {_a * _d - _b * _c:.2f}")

# %%
with if_installed():
    from wigglystuff import SortableList

    order = SortableList(["drag", "drop", "press F5"], addable=True, removable=True, editable=True)
    display(order)

# %%
with if_installed():
    print(" → ".join(order.value) or "an empty list")

# %% [markdown]
# [drawdata](https://github.com/koaning/drawdata): draw points with the mouse; they become a list in Python.

# %%
with if_installed():
    from drawdata import ScatterWidget

    scatter = ScatterWidget(width=640, height=320)
    display(scatter)

# %%
with if_installed():
    _xs, _ys = ([point[axis] for point in scatter.data] for axis in ("x", "y"))
    _middle = f", around ({sum(_xs) / len(_xs):.0f}, {sum(_ys) / len(_ys):.0f})" if _xs else ""
    print(f"{len(_xs)} points{_middle}")

# %% [markdown]
# [plotly](https://plotly.com/python/): the curve is the wave from the top of the page, and follows it. Drag a box
# around some of its dots.

# %%
with if_installed():
    import plotly.graph_objects as go

    # Clear, with grey lines: it fits a light page and a dark one.
    _clear, _lines = "rgba(0, 0, 0, 0)", {"gridcolor": "rgba(128, 140, 150, 0.3)"}
    figure = go.FigureWidget(
        data=[go.Scatter(x=[step / 2 for step in range(73)], mode="lines+markers")],
        layout={
            "dragmode": "select",
            "height": 300,
            "margin": {"l": 40, "r": 20, "t": 30, "b": 40},
            "paper_bgcolor": _clear,
            "plot_bgcolor": _clear,
            "modebar": {"bgcolor": _clear},
            "font": {"color": "#7f8c93"},
            "xaxis": {"zeroline": False, **_lines},
            "yaxis": {"zerolinecolor": "rgba(128, 140, 150, 0.6)", **_lines},
        },
    )
    display(figure)

# %%
with if_installed():
    # The figure stays where it is, with its zoom and its box; only the curve changes.
    figure.data[0].y = [wave.height * math.cos(2 * math.pi * x / wave.wavelength) for x in figure.data[0].x]

# %%
import anyhost

# What plotly tells by a callback, a state makes something that cells read.
heights, set_heights = anyhost.state(list[float]())

with if_installed():
    figure.data[0].on_selection(lambda _curve, points, _selector: set_heights(points.ys))
    figure.data[0].on_deselect(lambda _curve, _points: set_heights([]))

# %%
_range = f", between {min(heights()):.2f} and {max(heights()):.2f} high" if heights() else ""
print(f"{len(heights())} dots selected{_range}")

# %% [markdown]
# [quak](https://github.com/manzt/quak): the pond of section 2 as a table, as it was at first. Drag across a
# histogram to filter it.

# %%
with if_installed():
    import pandas
    import quak

    _cells = range(96 * 64)
    _levels = memoryview(ripples(places_at_first, wavelength=14, height=0.7, columns=96, rows=64)).cast("b")
    water = pandas.DataFrame(
        {
            "across": [cell % 96 for cell in _cells],
            "down": [cell // 96 for cell in _cells],
            "water": [_levels[cell] for cell in _cells],
            "energy": [math.hypot(_levels[cell], _levels[cell + len(_cells)]) for cell in _cells],
        }
    )
    table = quak.Widget(water)
    display(table)

# %%
with if_installed():
    if table.sql:  # empty while a page sets the table up
        print(f"{table.data().shape[0]:,} rows\n{table.sql}")

# %% [markdown]
# ## Your own
#
# This page is one Python file. Write yours with `anyhost edit notebook.py`, and show it with `anyhost run notebook.py`.
# Open this address in a second tab, and it gets a Python of its own.
