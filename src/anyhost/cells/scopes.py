"""Python's scopes: which variable a name means in a place of the code.

`symtable` knows this too, but not of which node it speaks; a test compares the two over the standard library.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .holdings import Routine, Variable

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(eq=False, slots=True)
class Scope:
    """A region with variables of its own. The module's scope takes all names that nobody else has."""

    kind: Literal["module", "function", "class"]
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set)
    global_names: set[str] = field(default_factory=set)
    variables: dict[str, Variable] = field(default_factory=dict)
    methods: Routine | None = None
    """Of a class: what its methods do, all of them together."""

    def variable(self, name: str) -> Variable:
        """What a name means here."""
        scope = self._scope_of(name)
        if name not in scope.variables:
            scope.variables[name] = Variable(name, is_global=scope.kind == "module")
        return scope.variables[name]

    def _scope_of(self, name: str) -> Scope:
        scope = self
        while scope.parent is not None:
            if name in scope.global_names:
                break
            # A class's names are seen by its own statements, not by its methods.
            if name in scope.bound and (scope.kind != "class" or scope is self):
                return scope
            scope = scope.parent
        while scope.parent is not None:
            scope = scope.parent
        return scope


def function_scope(parent: Scope, arguments: ast.arguments, body: Iterable[ast.AST]) -> Scope:
    scope = Scope("function", parent)
    scope.bound.update(each.arg for each in arguments_of(arguments))
    _bind(scope, body)
    return scope


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """All arguments of a function."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [each for each in every if each is not None]


def defaults_of(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The arguments that have a default, each with it."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    for argument, default in (
        *zip(with_default, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        if default is not None:
            yield argument.arg, default


def class_scope(parent: Scope, methods: Routine) -> Scope:
    """Empty: a class's statement may read a global before it binds the name, so names come as they are bound."""
    return Scope("class", parent, methods=methods)


def comprehension_scope(parent: Scope, node: Comprehension) -> Scope:
    scope = Scope("function", parent)
    for generator in node.generators:
        scope.bound.update(_stored(generator.target))
    return scope


def type_scope(parent: Scope, node: ast.AST) -> Scope:
    """Of the type parameters of `def f[T]`, `class C[T]` and `type A[T]` (Python 3.12)."""
    parameters = getattr(node, "type_params", [])
    return Scope("function", parent, {each.name for each in parameters}) if parameters else parent


def _bind(scope: Scope, body: Iterable[ast.AST]) -> None:
    outside: set[str] = set()
    for node in _own_nodes(body):
        if isinstance(node, ast.Global):
            scope.global_names.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outside.update(node.names)
        else:
            scope.bound.update(bound_by(node))
    scope.bound -= outside | scope.global_names


def bound_by(node: ast.AST) -> Iterator[str]:
    """The names that this very node binds or deletes, not those within it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (name for name, _ in imported_names(node))
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, each with what it is: equal texts import the same thing."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if alias.name != "*":
                yield alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}:{alias.name}"
        elif alias.asname is None:
            top = alias.name.partition(".")[0]
            yield top, top
        else:
            yield alias.asname, alias.name


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a scope, and not of the scopes within it."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(_in_this_scope(node))


def _in_this_scope(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from (each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None)
            yield from getattr(node, "decorator_list", [])
        case ast.ClassDef():
            yield from (*node.bases, *(each.value for each in node.keywords), *node.decorator_list)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            # `:=` in a comprehension binds outside of it.
            yield from (each for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        case _:
            yield from ast.iter_child_nodes(node)


def _stored(target: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
