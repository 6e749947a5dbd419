"""Walks a cell in the order in which it runs, and notes each use of each variable, in which routine.

Here is what statements do; what happens within an expression is in `expressions.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .calls import does_not_read
from .expressions import Expressions
from .holdings import items_of
from .scopes import Function, Scope, arguments_of, bound_by, class_scope, imported_names, type_scope


class Occurrences(Expressions):
    """What one cell does. Make it, `visit` the tree, and read the fields."""

    def visit_Module(self, node: ast.Module) -> None:
        *before, last = node.body or [ast.Pass()]
        self._visit_all(before)
        if isinstance(last, ast.Expr):
            self._hold(last.value)
        else:
            self.visit(last)

    # ---- binding

    def visit_Assign(self, node: ast.Assign) -> None:
        self._assign(node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self._assign([node.target], node.value)
        elif not isinstance(node.target, ast.Name):
            self._chain(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._use(node.target, shown=False)
        self.visit(node.value)
        self._bind(node.target, [])

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        if isinstance(value, ast.Lambda) and len(targets) == 1 and isinstance(targets[0], ast.Name):
            self._define(targets[0].id, value.args, [value.body])
            return
        held = self._hold(value)
        for target in targets:
            self._bind(target, held)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._bind(node.target, items_of(self._hold(node.iter)))
        self._visit_all([*node.body, *node.orelse])

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, what in imported_names(node):
            if self._bind_name(name).is_global:
                self.imported[name] = what

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if any(alias.name == "*" for alias in node.names):
            self.unknown.append(f"from {'.' * node.level}{node.module or ''} import *")
        self.visit_Import(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        self._bind_all(node)
        self._visit_all(node.body)
        if node.name is not None and self._scope.variable(node.name).is_global:
            self.dropped.add(node.name)  # Python deletes it at the end

    def _visit_pattern(self, node: ast.AST) -> None:
        self.generic_visit(node)
        self._bind_all(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _visit_pattern

    def _bind_all(self, node: ast.AST) -> None:
        for name in bound_by(node):
            self._bind_name(name)

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.global_names.update(node.names)

    # ---- blocks

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        for each in node.items:
            held = self._hold(each.context_expr)
            if each.optional_vars is not None:
                self._bind(each.optional_vars, held)
        self._visit_all(node.body)

    def visit_With(self, node: ast.With) -> None:
        self._visit_with(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self._note_await()
        self.visit_For(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self._note_await()
        self._visit_with(node)

    # ---- definitions

    def _visit_def(self, node: Function) -> None:
        self._visit_decorators(node)
        scope = type_scope(self._scope, node)
        with self._in(scope):
            annotations = [each.annotation for each in arguments_of(node.args)]
            self._visit_all(each for each in (*annotations, node.returns) if each is not None)
            self._visit_all(getattr(node, "type_params", []))
        self._define(node.name, node.args, node.body, within=scope)

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_def

    def _visit_decorators(self, node: Function | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute) and does_not_read(decorator.attr):
                self._hold(decorator.value)
            else:
                self.visit(decorator)

    def _define(
        self, name: str, arguments: ast.arguments, body: Iterable[ast.AST], *, within: Scope | None = None
    ) -> None:
        """A function with a name: what it does, it does when it is called. That of a class: when the class is."""
        routine = self._scope.methods or self._new_routine()
        self._visit_function(arguments, body, routine, within=within)
        self._bind_name(name).routines.append(routine)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_decorators(node)
        within = type_scope(self._scope, node)
        routine = self._scope.methods or self._new_routine()
        with self._in(within):
            self._visit_all([*node.bases, *(each.value for each in node.keywords)])
            with self._in(class_scope(within, routine)):
                self._visit_all(node.body)
        self._bind_name(node.name).routines.append(routine)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """`type X = ...` (Python 3.12): its value is looked up when somebody asks for it."""
        name: ast.Name = vars(node)["name"]
        routine = self._new_routine()
        with self._in(type_scope(self._scope, node), routine):
            self.visit(vars(node)["value"])
        self._bind_name(name.id).routines.append(routine)
