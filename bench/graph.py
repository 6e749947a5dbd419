"""Times of the cells' graph for notebooks of 10 to 1,000 cells: `.venv/bin/python bench/graph.py`.

Linear: the columns divided by the number of cells stay about the same. `new` reads every cell, `edit` one of them.
"""

import time

from anyhost.cells.editing import with_source
from anyhost.cells.graph import Graph
from anyhost.cells.notes import notes_of
from anyhost.cells.plan import runs, stale_after
from anyhost.cells.reading import parse_notebook
from anyhost.cells.writing import write_notebook

CELL = """# %% Cell {n}
import numpy as np
def f{n}(a, b=1): return [a + each * b for each in range(x{m})]
w{n} = widgets.HBox([w{m}, Slider(value=x{m})])
x{n} = f{n}(w{m}.value) if x{m} else sum(f{m}(2))
w{n}
"""


def timed(function, *arguments, **options):
    began = time.perf_counter()
    result = function(*arguments, **options)
    return (time.perf_counter() - began) * 1e3, result


def main():
    print(f"{'cells':>6} {'new':>8} {'edit':>8} {'plan':>8} {'notes':>8} {'document':>9}   ms")
    for count in (10, 100, 1000):
        text = "".join(CELL.format(n=number, m=number - 1) for number in range(1, count + 1))
        notebook = parse_notebook(text.encode(), "bench.py")
        sources = {cell.cell_id: cell.source for cell in notebook.cells}
        first = notebook.cells[0].cell_id
        new, before = timed(Graph.of, sources)
        sources[first] += "\ny = 1"
        edit, after = timed(Graph.of, sources, before=before)
        plan, ran = timed(lambda: runs(after, stale_after(before, after)))
        notes, _ = timed(notes_of, after, {cell.cell_id: cell.number for cell in notebook.cells})
        document, _ = timed(lambda: write_notebook(with_source(notebook, first, sources[first])))
        assert len(ran) == count
        print(f"{count:6} {new:8.1f} {edit:8.1f} {plan:8.1f} {notes:8.1f} {document:9.1f}")


if __name__ == "__main__":
    main()
