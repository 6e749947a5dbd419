# %% [markdown]
# What the pages of ipywidgets' documentation on `interact`, on `Output` and on events show, with functions of our own.

# %%
import ipywidgets as widgets
from ipywidgets import fixed, interact, interact_manual, interactive, interactive_output


def double(x):
    return x + x


# %%
interact(double, x=10)

# %%
interact(double, x=True)

# %%
interact(double, x="ho")


# %%
@interact(x=True, y=1.5)
def pair(x, y):
    return (x, y)


# %%
interact(lambda p, q: f"p={p} q={q}", p=5, q=fixed(20))

# %%
interact(lambda n: f"n is {n}", n=widgets.IntSlider(min=-10, max=30, step=5, value=10))


# %%
@interact(h=(0.0, 20.0, 0.5))
def half(h=5.5):
    return f"half of {h} is {h / 2}"


# %%
interact(lambda fruit: f"one {fruit}", fruit=["apple", "orange"])

# %%
interact(lambda size: f"size {size}", size=[("small", 1), ("large", 9)])


# %%
@interact
def annotated(word: str = "word", often: int = 2):
    return word * often


# %%
def add(a, b):
    print(f"{a} + {b} = {a + b}")
    return a + b


sums = interactive(add, a=10, b=20)
sums

# %%
print("the sum is", sums.result, "of", sums.kwargs)


# %%
@interact_manual(i=(0, 9))
def slow(i=3):
    print(f"slowly: {i}")


# %%
interact(lambda z: f"z is {z}", z=widgets.IntSlider(value=4, max=10, continuous_update=False))

# %%
a, b = widgets.IntSlider(value=6, max=10), widgets.IntSlider(value=7, max=10)
controls = widgets.HBox([a, b])
product = interactive_output(lambda a, b: print(f"{a} * {b} = {a * b}"), {"a": a, "b": b})
widgets.VBox([controls, product])

# %%
whole = widgets.FloatSlider(min=1.0, max=10.0, value=4.0, description="whole")
part = widgets.FloatSlider(min=0.0, max=4.0, value=2.0, description="part")


def limit(change):
    part.max = change["new"]


whole.observe(limit, "value")
interact(lambda whole, part: f"{part} of {whole}", whole=whole, part=part)

# %%
import matplotlib.pyplot as plt


def line(m):
    plt.figure(figsize=(3, 1.5))
    plt.plot([0, 1], [0, m])
    plt.title(f"m = {m}")
    plt.show()


lines = interactive(line, m=(-2, 2))
lines.children[-1].layout.height = "180px"
lines

# %%
from IPython.display import HTML

log = widgets.Output(layout={"border": "1px solid"})
with log:
    for number in range(3):
        print(number, "in the output")
log.append_stdout("appended\n")
log.append_display_data(HTML("<em>shown</em>"))
log

# %%
button, errors = widgets.Button(description="Divide"), widgets.Output()


@errors.capture(clear_output=True)
def divide(_button):
    print("dividing")
    1 / 0


button.on_click(divide)
widgets.VBox([button, errors])

# %%
import threading
import time

progress, told = widgets.IntProgress(max=5), widgets.Output()


def work():
    for _ in range(5):
        time.sleep(0.01)
        progress.value += 1
    told.append_stdout("the thread is done")


threading.Thread(target=work).start()
widgets.HBox([progress, told])
