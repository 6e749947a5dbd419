# %% [markdown]
# # Draw points, fit a curve
#
# Draw with the mouse. Each stroke arrives in Python as a list of points, and the cells that read it run again:
# the fit, the figure, the table. No callback is written anywhere.

# %%
from drawdata import ScatterWidget

points = ScatterWidget(width=640, height=320)
points

# %% [markdown]
# How bendy may the curve be?

# %%
from wigglystuff import TangleSlider

degree = TangleSlider(amount=3, min_value=1, max_value=9, step=1, suffix=" powers of x", digits=0)
degree

# %%
import numpy as np

xs = np.array([point["x"] for point in points.data], dtype=float)
ys = np.array([point["y"] for point in points.data], dtype=float)
# A polynomial of degree n goes through n + 1 points; with fewer there is nothing to fit.
powers = min(int(degree.amount), len(set(xs)) - 1)
curve = np.polynomial.Polynomial.fit(xs, ys, powers) if powers >= 1 else None

# %%
import matplotlib.pyplot as plt

if curve is None:
    print("Draw a few points above.")
else:
    fig, axes = plt.subplots(figsize=(6.4, 3.2))
    axes.scatter(xs, ys, s=12, color="#0f766e", alpha=0.6, label=f"{len(xs)} points")
    across = np.linspace(xs.min(), xs.max(), 300)
    axes.plot(across, curve(across), color="#c2410c", linewidth=2, label=f"degree {powers}")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()

# %%
import pandas as pd

if curve is not None:
    left = ys - curve(xs)
    spread = ((ys - ys.mean()) ** 2).sum()
    quality = 1 - (left**2).sum() / spread if spread else 1.0
    fit = pd.DataFrame(
        [{"points": len(xs), "degree": powers, "largest error": abs(left).max().round(1), "R²": round(quality, 3)}]
    )
else:
    fit = None
fit
