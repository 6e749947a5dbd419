# %% [markdown]
# # Any anywidget, live in any page, and still right after F5
#
# Everything below is a Python object, in a process started for this tab alone. Drag, click, type.
# Then press **F5**: it is all still there. By keyboard: **Tab**, then the arrow keys.

# %% [markdown]
# ## 1 · Drag, and Python follows
#
# Take the crest of the wave by its dot. The line below it is written by Python, each time the wave changes.

# %%
import math
import time
from array import array

import traitlets
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
# Two stones make waves like yours. Move one: its place goes to Python as bytes, Python computes the whole pond
# in plain Python, and bytes come back. Bend the wave above, and watch the pond.

# %%
pond = Pond([(0.28, 0.36), (0.68, 0.62)])
energy = Pond(look="energy")
pond_seen = Readout()
traitlets.link((pond, "stones"), (energy, "stones"))


def ripples(stones: list[tuple[float, float]], columns: int, rows: int) -> bytes:
    """The waves of all stones added up, cell by cell: now, and a quarter of a period later."""
    fine = 16  # steps to a cell
    distances = [
        [int(fine * math.hypot(x - across * columns, y - down * rows)) for y in range(rows) for x in range(columns)]
        for across, down in stones
    ]
    strength = wave.height * 127 / max(len(stones), 1)
    turn = 2 * math.pi / wave.wavelength

    def moment(phase: float) -> bytes:
        radii = (step / fine for step in range(fine * (columns + rows)))
        swell = [int(strength * math.cos(turn * r - phase) / math.sqrt(1 + r / 6)) for r in radii]
        each = [map(swell.__getitem__, distance) for distance in distances]
        return array("b", map(sum, zip(*each, strict=True))).tobytes()

    return moment(0) + moment(math.pi / 2)


def see_pond(_change: object = None) -> None:
    started = time.perf_counter()
    energy.field = pond.field = ripples(pond.positions, pond.columns, pond.rows)
    took = 1000 * (time.perf_counter() - started)
    places = ", ".join(f"({across:.2f}, {down:.2f})" for across, down in pond.positions)
    pond_seen.text = (
        f"{len(pond.stones)} bytes in: stones at {places}\n"
        f"{len(pond.field):,} bytes out, computed in {took:.0f} ms"
    )


pond.observe(see_pond, "stones")
wave.observe(see_pond, ["wavelength", "height"])
see_pond()
display(pond, pond_seen)

# %% [markdown]
# ## 3 · Widgets inside widgets
#
# On the left is the same pond again: one widget, shown twice. On the right is another, with the energy of its waves.
# A third widget holds both. Drag the divider, then a stone: they are as live here as anywhere.

# %%
compare = Compare(left=pond, right=energy, left_label="water", right_label="energy")
compare_seen = Readout()


def see_compare(_change: object = None) -> None:
    water = round(100 * compare.position)
    compare_seen.text = f"{water} % water, {100 - water} % energy"


compare.observe(see_compare, "position")
see_compare()
display(compare, compare_seen)

# %% [markdown]
# ## 4 · Ask Python
#
# A page can call a method of its widget and await the answer.

# %%
Ask()

# %% [markdown]
# ## 5 · Published widgets, as they are
#
# From here on, other people's widgets: [wigglystuff](https://github.com/koaning/wigglystuff),
# [drawdata](https://github.com/koaning/drawdata), [plotly](https://plotly.com/python/) and
# [quak](https://github.com/manzt/quak), none of them changed. They come with `anyhost[demo]`.


# %%
def say_missing(error: ModuleNotFoundError) -> None:
    print(f"{error.name} is not installed here. To see this part: pip install 'anyhost[demo]'")


try:
    from wigglystuff import Matrix, Slider2D, SortableList
except ModuleNotFoundError as error:
    say_missing(error)
else:
    slider = Slider2D(x=0.6, y=0.3, width=300, height=300)
    slider_seen = Readout()

    def see_slider(_change: object = None) -> None:
        radius, angle = math.hypot(slider.x, slider.y), math.degrees(math.atan2(slider.y, slider.x))
        slider_seen.text = f"x = {slider.x:.2f}, y = {slider.y:.2f}: {radius:.2f} from the middle, at {angle:.0f}°"

    slider.observe(see_slider, ["x", "y"])
    see_slider()

    matrix = Matrix([[2, 1], [1, 3]], step=0.1)
    matrix_seen = Readout()

    def see_matrix(_change: object = None) -> None:
        (a, b), (c, d) = matrix.matrix
        matrix_seen.text = f"determinant = {a * d - b * c:.2f}"

    matrix.observe(see_matrix, "matrix")
    see_matrix()

    order = SortableList(["drag", "drop", "press F5"], addable=True, removable=True, editable=True)
    order_seen = Readout()

    def see_order(_change: object = None) -> None:
        order_seen.text = " → ".join(order.value) or "an empty list"

    order.observe(see_order, "value")
    see_order()

    display(slider, slider_seen, matrix, matrix_seen, order, order_seen)

# %% [markdown]
# **drawdata**: draw points with the mouse; they become a list in Python.

# %%
try:
    from drawdata import ScatterWidget
except ModuleNotFoundError as error:
    say_missing(error)
else:
    scatter = ScatterWidget(width=640, height=320)
    scatter_seen = Readout()

    def see_scatter(_change: object = None) -> None:
        points = scatter.data
        scatter_seen.text = f"{len(points)} points"
        if points:
            x, y = (sum(point[axis] for point in points) / len(points) for axis in ("x", "y"))
            scatter_seen.text += f", around ({x:.0f}, {y:.0f})"

    scatter.observe(see_scatter, "data")
    see_scatter()
    display(scatter, scatter_seen)

# %% [markdown]
# **plotly**: drag a box around some dots. The curve is the wave from the top of the page, still following it.

# %%
try:
    import plotly.graph_objects as go
except ModuleNotFoundError as error:
    say_missing(error)
else:
    xs = [step / 2 for step in range(73)]
    figure = go.FigureWidget(
        data=[go.Scatter(x=xs, y=xs, mode="lines+markers")],
        layout={
            "dragmode": "select",
            "height": 300,
            "margin": {"l": 40, "r": 20, "t": 20, "b": 40},
            # Fits a light page and a dark one: which it is, Python does not know.
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "font": {"color": "#7f8c93"},
            "xaxis": {"gridcolor": "rgba(128, 140, 150, 0.3)"},
            "yaxis": {"gridcolor": "rgba(128, 140, 150, 0.3)", "zerolinecolor": "rgba(128, 140, 150, 0.6)"},
        },
    )
    curve = figure.data[0]
    figure_seen = Readout()

    def see_wave_in_figure(_change: object = None) -> None:
        curve.y = [wave.height * math.cos(2 * math.pi * x / wave.wavelength) for x in xs]

    def see_selection(_trace: object, points: object, _selector: object) -> None:
        heights = getattr(points, "ys", [])
        figure_seen.text = f"{len(heights)} dots selected"
        if heights:
            figure_seen.text += f", between {min(heights):.2f} and {max(heights):.2f} high"

    wave.observe(see_wave_in_figure, ["wavelength", "height"])
    curve.on_selection(see_selection)
    see_wave_in_figure()
    see_selection(curve, None, None)
    display(figure, figure_seen)

# %% [markdown]
# **quak**: the pond of section 2 as a table, as it was when the page opened. Drag across a histogram to filter it.

# %%
try:
    import pandas
    import quak
except ModuleNotFoundError as error:
    say_missing(error)
else:
    water = array("b", pond.field)
    cells = range(pond.columns * pond.rows)
    table = quak.Widget(
        pandas.DataFrame(
            {
                "across": [cell % pond.columns for cell in cells],
                "down": [cell // pond.columns for cell in cells],
                "water": water[: len(cells)],
                "energy": [math.hypot(water[cell], water[cell + len(cells)]) for cell in cells],
            }
        )
    )
    table_seen = Readout()

    def see_table(_change: object = None) -> None:
        table_seen.text = f"{table.data().shape[0]:,} rows\n{table.sql}"

    table.observe(see_table, "sql")
    see_table()
    display(table, table_seen)

# %% [markdown]
# ## Your own
#
# This page is one Python file. Yours is shown with `anyhost run your_notebook.py`. Open this address in a second
# tab, and it gets a Python of its own.
