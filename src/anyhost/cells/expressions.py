"""What the expressions of a cell do with each variable, in which routine.

Theory. Code does one of three things with an expression: it reads the value (`visit`, the default), it
only passes the value on or shows it (`_hold`), or it stores it (`_bind`). What is passed on is followed:
after `x = items[0]` a use of `x` is one of `items`, at `[0]`. Showing is passing on to nobody. Order and
branches are not followed: what a variable may hold somewhere in a cell, it may hold everywhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .calls import COLLECTING, class_name, does_not_read, only_shows
from .holdings import Holding, Routine, Variable, item_of, items_of, within
from .ipython import Effect, effect_of, parse_cell
from .scopes import Comprehension, Scope, comprehension_scope, defaults_of, function_scope
from .uses import ANY, Item, Path, Use


class Expressions(ast.NodeVisitor):
    """The walk through a cell: where it is, and what it has found. `occurrences.py` adds the statements."""

    def __init__(self) -> None:
        self.module = Scope("module")
        self.top = Routine()
        self.routines = [self.top]
        self.awaits = False
        self.bound: set[str] = set()
        """Globals that the cell binds and keeps, or that a function of it binds."""
        self.dropped: set[str] = set()
        """Globals that are its own: bound, and deleted again."""
        self.deleted: set[str] = set()
        """Globals that it deletes and has not bound."""
        self.early: set[str] = set()
        """Globals that were read before the cell had bound them."""
        self.imported: dict[str, str] = {}
        self.unknown: list[str] = []
        self._scope = self.module
        self._routine = self.top

    # ---- reading

    def visit_Name(self, node: ast.Name) -> None:
        self._use_or_bind(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._use_or_bind(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._use_or_bind(node)

    def _use_or_bind(self, node: ast.Name | ast.Attribute | ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Load):
            self._use(node, shown=False)
        else:
            self._bind(node, [])

    def _use(self, node: ast.expr, *, shown: bool, given_to: str = "") -> tuple[Variable, Path] | None:
        """Note a use of what a chain of names, attributes and items leads to. None: this is no such chain."""
        chain = self._chain(node)
        if chain is not None:
            self._note(*chain, shown=shown, given_to=given_to)
        return chain

    def _chain(self, node: ast.expr) -> tuple[Variable, Path] | None:
        """The variable and the path that an expression leads along; what is within brackets is read."""
        match node:
            case ast.Name(id=name):
                return self._scope.variable(name), ()
            case ast.Attribute(value=value, attr=attribute):
                step: str | Item = attribute
            case ast.Subscript(value=value, slice=index):
                self.visit(index)
                step = _item(index)
            case _:
                self.visit(node)
                return None
        chain = self._chain(value)
        return None if chain is None else (chain[0], (*chain[1], step))

    def _note(self, variable: Variable, path: Path, *, shown: bool, given_to: str = "") -> None:
        if variable.is_global and self._routine is self.top and variable.name not in self.bound:
            self.early.add(variable.name)
        self._routine.uses.append((variable, Use(shown=shown, given_to=given_to).after(path)))

    # ---- passing on, and showing

    def _hold(self, node: ast.expr) -> list[Holding]:
        """Note that this is not read, only kept or shown; return what keeps it holds, and where."""
        held: list[Holding] = []
        match node:
            case ast.Name() | ast.Attribute() | ast.Subscript():
                chain = self._use(node, shown=True)
                held = [] if chain is None else [Holding((), *chain)]
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                for index, element in enumerate(elements):
                    held += self._hold_element(index, element)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    held += self._hold_entry(key, value)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.visit(test)
                held = [*self._hold(body), *self._hold(orelse)]
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                held = self._hold_comprehension(node)
            case ast.Call():
                held = self._hold_call(node)
            case _:
                self.visit(node)
        return held

    def _hold_element(self, index: int, element: ast.expr) -> list[Holding]:
        if isinstance(element, ast.Starred):
            return within(ANY, items_of(self._hold(element.value)))
        return within(Item(index), self._hold(element))

    def _hold_entry(self, key: ast.expr | None, value: ast.expr) -> list[Holding]:
        if key is None:
            return self._hold(value)  # `**others`
        self.visit(key)
        return within(_item(key), self._hold(value))

    def _hold_call(self, node: ast.Call) -> list[Holding]:
        """What holds the very things that it was given: `list(items)`, `d.get("a")`, `enumerate(...)`."""
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_, *_]) if name in COLLECTING:
                self._visit_all([node.func, *(each.value for each in node.keywords)])
                return self._hold_collected(name, node.args)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                self.visit(node.func)
                return [each for one in keywords for each in within(Item(one.arg), self._hold(one.value))]
            case ast.Call(func=ast.Attribute(value=value, attr="values" | "items" as method), args=[]):
                held = items_of(self._hold(value))
                return within(ANY, held if method == "values" else within(Item(1), held))
            case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[key]):
                self.visit(key)
                return item_of(self._hold(value), _item(key))
            case _:
                self.visit(node)
                return []

    def _hold_collected(self, collector: str, arguments: list[ast.expr]) -> list[Holding]:
        held = [items_of(self._hold(each)) for each in arguments]
        match collector:
            case "enumerate":
                return within(ANY, within(Item(1), held[0]))
            case "zip":
                return within(ANY, [each for index, one in enumerate(held) for each in within(Item(index), one)])
            case _:
                return within(ANY, held[0])

    def visit_Call(self, node: ast.Call) -> None:
        effect = effect_of(node)
        if effect is not None:
            self._take_effect(effect)
        elif isinstance(node.func, ast.Attribute) and does_not_read(node.func.attr):
            self._hold(node.func.value)
            self._visit_later(node)
        elif only_shows(node.func):
            self.visit(node.func)
            self._visit_later(node)
        elif made := class_name(node.func):
            self.visit(node.func)
            for argument in (*node.args, *(each.value for each in node.keywords)):
                self._give(argument, made)
        else:
            self.generic_visit(node)

    def _give(self, argument: ast.expr, made: str) -> None:
        """An argument of what may be a class: of a widget, perhaps, which only shows it."""
        match argument:
            case ast.Name() | ast.Attribute() | ast.Subscript():
                self._use(argument, shown=False, given_to=made)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                for element in elements:
                    self._give(element, made)
            case _:
                self.visit(argument)

    def _visit_later(self, call: ast.Call) -> None:
        """The arguments of a call that shows them, or registers them to be called."""
        for argument in (*call.args, *(each.value for each in call.keywords)):
            if isinstance(argument, ast.Lambda):
                self._visit_function(argument.args, [argument.body], self._new_routine())
            else:
                self._hold(argument.value if isinstance(argument, ast.Starred) else argument)

    # ---- binding

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target, [])

    def _bind(self, target: ast.expr, held: list[Holding]) -> None:
        match target:
            case ast.Name(id=name, ctx=context):
                if isinstance(context, ast.Del):
                    self._delete_name(name)
                else:
                    self._bind_name(name).holdings.extend(held)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for index, each in enumerate(targets):
                    starred = isinstance(each, ast.Starred)
                    self._bind(each, within(ANY, items_of(held)) if starred else item_of(held, Item(index)))
            case ast.Starred(value=value):
                self._bind(value, held)
            case _:
                chain = self._chain(target)
                if chain is not None:
                    # To set a trait is to use the widget, and not to read it. The path to it is read.
                    variable, path = chain
                    self._note(variable, path[:-1], shown=True)
                    variable.holdings.extend(Holding(path + each.path, each.source, each.source_path) for each in held)

    def _bind_name(self, name: str) -> Variable:
        if self._scope.kind == "class" and name not in self._scope.global_names:
            self._scope.bound.add(name)
        variable = self._scope.variable(name)
        if variable.is_global:
            self.bound.add(name)
            self.dropped.discard(name)
        return variable

    def _delete_name(self, name: str) -> None:
        variable = self._scope.variable(name)
        if not variable.is_global:
            return
        if name in self.bound:
            self.dropped.add(name)
        else:
            self._note(variable, (), shown=True)
            self.deleted.add(name)

    # ---- functions without a name, and comprehensions

    def _visit_function(
        self, arguments: ast.arguments, body: Iterable[ast.AST], routine: Routine, *, within: Scope | None = None
    ) -> None:
        defaults = [(name, self._hold(default)) for name, default in defaults_of(arguments)]
        body = list(body)
        with self._in(function_scope(within or self._scope, arguments, body), routine):
            for name, held in defaults:
                self._scope.variable(name).holdings.extend(held)
            self._visit_all(body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        # Without a name it is called by whoever gets it.
        self._visit_function(node.args, [node.body], self._routine)

    def _visit_comprehension(self, node: Comprehension) -> None:
        with self._elements_of(node):
            self._visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def _hold_comprehension(self, node: Comprehension) -> list[Holding]:
        with self._elements_of(node):
            if isinstance(node, ast.DictComp):
                self.visit(node.key)
            return within(ANY, self._hold(node.value if isinstance(node, ast.DictComp) else node.elt))

    @contextmanager
    def _elements_of(self, node: Comprehension) -> Iterator[None]:
        """Inside this block what is visited is what a comprehension makes of each element."""
        first, *others = node.generators
        held = items_of(self._hold(first.iter))  # it is looked up outside
        awaits = self.awaits
        with self._in(comprehension_scope(self._scope, node)):
            self._visit_generator(first, held)
            for each in others:
                self._visit_generator(each, items_of(self._hold(each.iter)))
            yield
        if isinstance(node, ast.GeneratorExp):
            self.awaits = awaits  # whoever iterates over it awaits

    def _visit_generator(self, node: ast.comprehension, held: list[Holding]) -> None:
        if node.is_async:
            self._note_await()
        self._bind(node.target, held)
        self._visit_all(node.ifs)

    # ---- waiting

    def _note_await(self) -> None:
        self.awaits = self.awaits or self._routine is self.top

    def visit_Await(self, node: ast.Await) -> None:
        self._note_await()
        self.generic_visit(node)

    # ---- magics

    def _take_effect(self, effect: Effect) -> None:
        for text in effect.runs:
            self._visit_all(_statements(text))
        for text in effect.apart:
            self._visit_function(_NO_ARGUMENTS, _statements(text), self._routine)
        for text in effect.inserts:
            self._visit_all(_statements(text))
        for text in effect.shows:
            for statement in _statements(text):
                if isinstance(statement, ast.Expr):
                    self._hold(statement.value)
        for name in effect.defines:
            self._bind_name(name)
        for name in effect.deletes:
            self._delete_name(name)
        if effect.unknown:
            self.unknown.append(effect.unknown)

    # ---- the walk

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _new_routine(self) -> Routine:
        self.routines.append(Routine())
        return self.routines[-1]

    @contextmanager
    def _in(self, scope: Scope, routine: Routine | None = None) -> Iterator[None]:
        before = self._scope, self._routine
        self._scope, self._routine = scope, routine or self._routine
        try:
            yield
        finally:
            self._scope, self._routine = before


_NO_ARGUMENTS = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def _statements(text: str) -> list[ast.stmt]:
    try:
        return parse_cell(text.strip()).body
    except SyntaxError:
        return []  # IPython leaves `{print $1}` as it is


def _item(index: ast.expr) -> Item:
    """The key, where it is written down. A negative index counts from an end that is not known here."""
    match index:
        case ast.Constant(value=str() | int() as key) if not isinstance(key, bool):
            return Item(key)
        case _:
            return ANY
