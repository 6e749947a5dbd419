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

# Clear, with grey lines: it fits a light page and a dark one.
plt.rcParams.update(dict.fromkeys(["figure.facecolor", "axes.facecolor"], "none"))
plt.rcParams.update(dict.fromkeys(["axes.edgecolor", "xtick.color", "ytick.color", "legend.labelcolor"], "#7f8c93"))

if curve is None:
    print("Draw a few points above.")
else:
    fig, axes = plt.subplots(figsize=(6.4, 3.2))
    axes.scatter(xs, ys, s=12, color="#0d9488", alpha=0.7, label=f"{len(xs)} points")
    across = np.linspace(xs.min(), xs.max(), 300)
    axes.plot(across, curve(across), color="#ea580c", linewidth=2, label=f"degree {powers}")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()

# %%
import pandas as pd

fit = None
if curve is not None:
    misses = ys - curve(xs)
    spread = ((ys - ys.mean()) ** 2).sum()
    r_squared = 1 - (misses**2).sum() / spread if spread else 1.0
    fit = pd.DataFrame(
        {"points": [len(xs)], "degree": powers, "largest error": abs(misses).max(), "R²": r_squared}
    ).round(3)
fit
