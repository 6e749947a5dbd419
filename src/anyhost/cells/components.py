"""The circles of a graph: its strongly connected components, by Tarjan's algorithm, in linear time."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(edges: Mapping[Node, Collection[Node]]) -> list[set[Node]]:
    """The sets of two and more nodes that all lead to each other. Without recursion: chains are long."""
    found: list[set[Node]] = []
    index: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()

    def enter(node: Node) -> tuple[Node, Iterator[Node]]:
        index[node] = lowest[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        return node, iter(edges[node])

    for start in edges:
        if start in index:
            continue
        path = [enter(start)]
        while path:
            node, rest = path[-1]
            other = next(rest, None)
            if other is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == index[node]:
                    component = _cut(stack, node)
                    on_stack -= component
                    if len(component) > 1:
                        found.append(component)
            elif other not in index:
                path.append(enter(other))
            elif other in on_stack:
                lowest[node] = min(lowest[node], index[other])
    return found


def _cut(stack: list[Node], node: Node) -> set[Node]:
    """Take off the stack what is above a node, and the node."""
    component: set[Node] = set()
    while node not in component:
        component.add(stack.pop())
    return component
