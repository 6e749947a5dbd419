# %% [markdown]
# # Any anywidget, live in any page, and still right after F5
#
# Everything below is a Python object, in a process started for this tab alone. Drag, click, type.
# Then press **F5**: it is all still there. By keyboard: **Tab**, then the arrow keys.

# %% [markdown]
# ## 1 · Drag, and Python follows
#
# Take the crest of the wave by its dot. Python writes the line below it, each time the wave changes.

# %%
from IPython.display import display

from anyhost.demo.widgets import Ask, Compare, Pond, Readout, Wave

wave = Wave()
wave_seen = Readout()


def see_wave(_change: object = None) -> None:
    wave_seen.text = f"wave.wavelength = {wave.wavelength:.1f}\nwave.height = {wave.height:.2f}"


wave.observe(see_wave, ["wavelength", "height"])
see_wave()
display(wave, wave_seen)

# %% [markdown]
# ## 2 · Bytes, both ways
#
# Two stones make waves like yours. Move one: its place goes to Python as bytes, plain Python computes the
# whole pond, and bytes come back. Bend the wave above, and watch the pond.

# %%
from time import perf_counter

from traitlets import link

from anyhost.demo.ripples import ripples

pond = Pond([(0.28, 0.36), (0.68, 0.62)])
energy = Pond(look="energy")
pond_seen = Readout()


def fill_pond(_change: object = None) -> None:
    started = perf_counter()
    pond.field = energy.field = ripples(
        pond.positions, wavelength=wave.wavelength, height=wave.height, columns=pond.columns, rows=pond.rows
    )
    took = 1000 * (perf_counter() - started)
    places = ", ".join(f"({across:.2f}, {down:.2f})" for across, down in pond.positions)
    pond_seen.text = (
        f"{len(pond.stones)} bytes in: stones at {places}\n{len(pond.field):,} bytes out, computed in {took:.0f} ms"
    )


link((pond, "stones"), (energy, "stones"))
pond.observe(fill_pond, "stones")
wave.observe(fill_pond, ["wavelength", "height"])
fill_pond()
display(pond, pond_seen)

# %% [markdown]
# ## 3 · Widgets inside widgets
#
# On the left is the same pond again: one widget, shown twice. On the right is another, with the energy of its
# waves. A third widget holds both. Drag the divider, then a stone: they are as live here as anywhere.

# %%
compare = Compare(left=pond, right=energy, left_label="water", right_label="energy")
compare_seen = Readout()


def see_compare(_change: object = None) -> None:
    compare_seen.text = f"{compare.position:.0%} water, {1 - compare.position:.0%} energy"


compare.observe(see_compare, "position")
see_compare()
display(compare, compare_seen)

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

from anyhost.demo.extra import if_installed

with if_installed():
    from wigglystuff import Slider2D

    slider = Slider2D(x=0.6, y=0.3, width=300, height=300)
    slider_seen = Readout()

    def see_slider(_change: object = None) -> None:
        radius, angle = math.hypot(slider.x, slider.y), math.degrees(math.atan2(slider.y, slider.x))
        slider_seen.text = f"({slider.x:.2f}, {slider.y:.2f}): {radius:.2f} from the middle, at {angle:.0f}°"

    slider.observe(see_slider, ["x", "y"])
    see_slider()
    display(slider, slider_seen)

# %%
with if_installed():
    from wigglystuff import Matrix

    matrix = Matrix([[2, 1], [1, 3]], step=0.1)
    matrix_seen = Readout()

    def see_matrix(_change: object = None) -> None:
        (a, b), (c, d) = matrix.matrix
        matrix_seen.text = f"determinant = {a * d - b * c:.2f}"

    matrix.observe(see_matrix, "matrix")
    see_matrix()
    display(matrix, matrix_seen)

# %%
with if_installed():
    from wigglystuff import SortableList

    order = SortableList(["drag", "drop", "press F5"], addable=True, removable=True, editable=True)
    order_seen = Readout()

    def see_order(_change: object = None) -> None:
        order_seen.text = " → ".join(order.value) or "an empty list"

    order.observe(see_order, "value")
    see_order()
    display(order, order_seen)

# %% [markdown]
# [drawdata](https://github.com/koaning/drawdata): draw points with the mouse; they become a list in Python.

# %%
with if_installed():
    from drawdata import ScatterWidget

    scatter = ScatterWidget(width=640, height=320)
    scatter_seen = Readout()

    def see_scatter(_change: object = None) -> None:
        scatter_seen.text = f"{len(scatter.data)} points"
        if scatter.data:
            x, y = (sum(point[axis] for point in scatter.data) / len(scatter.data) for axis in ("x", "y"))
            scatter_seen.text += f", around ({x:.0f}, {y:.0f})"

    scatter.observe(see_scatter, "data")
    see_scatter()
    display(scatter, scatter_seen)

# %% [markdown]
# [plotly](https://plotly.com/python/): the curve is the wave from the top of the page, and follows it. Drag a box
# around some of its dots.

# %%
with if_installed():
    import plotly.graph_objects as go

    xs = [step / 2 for step in range(73)]
    figure = go.FigureWidget(
        data=[go.Scatter(x=xs, mode="lines+markers")],
        # Transparent: it fits a light page and a dark one.
        layout={
            "dragmode": "select",
            "height": 300,
            "margin": {"l": 40, "r": 20, "t": 20, "b": 40},
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "font": {"color": "#7f8c93"},
            "xaxis": {"gridcolor": "rgba(128, 140, 150, 0.3)"},
            "yaxis": {"gridcolor": "rgba(128, 140, 150, 0.3)", "zerolinecolor": "rgba(128, 140, 150, 0.6)"},
        },
    )
    curve = figure.data[0]
    figure_seen = Readout()

    def draw_curve(_change: object = None) -> None:
        curve.y = [wave.height * math.cos(2 * math.pi * x / wave.wavelength) for x in xs]

    def see_selection(_trace: object, points: object, _selector: object = None) -> None:
        heights = getattr(points, "ys", [])
        figure_seen.text = f"{len(heights)} dots selected"
        if heights:
            figure_seen.text += f", between {min(heights):.2f} and {max(heights):.2f} high"

    wave.observe(draw_curve, ["wavelength", "height"])
    curve.on_selection(see_selection)
    curve.on_deselect(see_selection)
    draw_curve()
    see_selection(curve, None)
    display(figure, figure_seen)

# %% [markdown]
# [quak](https://github.com/manzt/quak): the pond of section 2 as a table, as it was when this cell ran. Drag
# across a histogram to filter it.

# %%
with if_installed():
    import pandas
    import quak

    cells = range(pond.columns * pond.rows)
    levels = memoryview(pond.field).cast("b")
    water = {
        "across": [cell % pond.columns for cell in cells],
        "down": [cell // pond.columns for cell in cells],
        "water": [levels[cell] for cell in cells],
        "energy": [math.hypot(levels[cell], levels[cell + len(cells)]) for cell in cells],
    }
    table = quak.Widget(pandas.DataFrame(water))
    table_seen = Readout()

    def see_table(_change: object = None) -> None:
        if table.sql:  # empty while a page sets the table up
            table_seen.text = f"{table.data().shape[0]:,} rows\n{table.sql}"

    table.observe(see_table, "sql")
    see_table()
    display(table, table_seen)

# %% [markdown]
# ## Your own
#
# This page is one Python file. Yours is shown with `anyhost run your_notebook.py`. Open this address in a second
# tab, and it gets a Python of its own.
