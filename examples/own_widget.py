# %% [markdown]
# # A widget of your own
#
# Its Python is the cell below, its front end the files `dial.js` and `dial.css` beside this notebook. Change a colour
# in `dial.css`, or `SWEEP` in `dial.js`, and save: the dials change in place, and keep their values. Make a mistake in
# `dial.js`: the old dials go on, with the error over them. (`anyhost run` watches files, too, with `--reload`.)

# %%
from pathlib import Path

import anywidget
import traitlets


class Dial(anywidget.AnyWidget):
    """A knob that is turned with the mouse, or by the arrow keys."""

    _esm = Path(__file__).parent / "dial.js"
    _css = Path(__file__).parent / "dial.css"
    value = traitlets.Float(0.3).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    @traitlets.validate("value")
    def _within(self, proposal):
        return min(1.0, max(0.0, proposal["value"]))


# %%
hue = Dial(value=0.5, label="hue")
light = Dial(value=0.45, label="light")

# %%
from ipywidgets import HBox

HBox([hue, light])

# %%
from IPython.display import HTML

HTML(
    f'<div style="height: 5rem; border-radius: 8px; background: hsl({hue.value * 360:.0f} 60% {light.value:.0%})"'
    f' role="img" aria-label="the colour of the two dials"></div>'
)

# %%
print(f"hsl({hue.value * 360:.0f} 60% {light.value:.0%})")
