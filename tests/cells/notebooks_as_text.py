"""Notebooks for tests of the graph: cells named by numbers from 1."""

from __future__ import annotations

from anyhost.cells.graph import Graph


def sources_of(*cells: str) -> dict[str, str]:
    return {str(number): source for number, source in enumerate(cells, 1)}


def graph_of(*cells: str) -> Graph:
    return Graph.of(sources_of(*cells))


def numbers_of(graph: Graph) -> dict[str, int]:
    return {cell: int(cell) for cell in graph.sources}
