"""Which tests execute a fault's line."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.mutation.faults import Fault, sources

Map = dict[str, dict[str, Any]]
"""Of plugin.py: {test file: {test: [seconds, passed, {source file: [lines]}]}}."""
Place = tuple[str, int]  # a source file and a line

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Program:
    """The functions of every module, and where each name is used in them."""

    def __init__(self, root: Path) -> None:
        self._trees = {file: ast.parse(source) for file, source in sources(root)}
        self._uses: dict[str, set[Place]] = defaultdict(set)
        for file, tree in self._trees.items():
            for function in ast.walk(tree):
                if isinstance(function, _FUNCTIONS):
                    for node in function.body:
                        for name, line in _names(node):
                            self._uses[name].add((file, line))

    def lines_of(self, fault: Fault) -> set[Place]:
        """The lines whose execution runs the fault: its statement's, or where what it defines is used in functions."""
        body: list[ast.stmt] = self._trees[fault.file].body
        function: ast.stmt | None = None
        named: list[ast.stmt] = []
        while True:
            at = next(s for s in body if _first(s) <= fault.line <= (s.end_lineno or 0))
            inner = [s for s in _inside(at) if _first(s) <= fault.line <= (s.end_lineno or 0)]
            if isinstance(at, _FUNCTIONS) and not inner:  # in the signature: what the body does with it
                return {(fault.file, line) for line in range(at.body[0].lineno, (at.end_lineno or 0) + 1)}
            function = at if isinstance(at, _FUNCTIONS) else function
            named.append(at)
            if not inner:
                break
            body = inner
        if function is not None:
            return {(fault.file, line) for line in range(at.lineno, _last_of_header(at) + 1)}
        found = {place for name in _defined(at) for place in self._uses[name]}
        if found:
            return found
        return {
            (fault.file, line)
            for node in ast.walk(self._trees[fault.file])
            if isinstance(node, _FUNCTIONS)
            for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)
        }

    def tests_of(self, fault: Fault, executed: Map) -> list[tuple[str, float]]:
        """The tests that execute it and pass without it, with their seconds: file by file, the fastest file first."""
        lines: dict[str, set[int]] = defaultdict(set)
        for file, line in self.lines_of(fault):
            lines[file].add(line)
        files: list[tuple[float, list[tuple[str, float]]]] = []
        for tests in executed.values():
            chosen = [
                (test, seconds)
                for test, (seconds, passed, ran) in tests.items()
                if passed and any(not lines[file].isdisjoint(ran[file]) for file in ran.keys() & lines.keys())
            ]
            if chosen:
                files.append((sum(seconds for _, seconds in chosen), chosen))
        return [test for _, chosen in sorted(files) for test in chosen]


def _names(node: ast.AST) -> Iterator[tuple[str, int]]:
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name, inner.lineno
            case ast.keyword(arg=str(name)):
                yield name, inner.value.lineno


def _defined(statement: ast.stmt) -> list[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return [name for target in targets if target is not None for name, _ in _names(target)]


def _first(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _inside(statement: ast.stmt) -> list[ast.stmt]:
    parts = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    parts += [inner.body for inner in (*getattr(statement, "handlers", []), *getattr(statement, "cases", []))]
    return [inner for part in parts for inner in part]


def _last_of_header(statement: ast.stmt) -> int:
    """The last line of a simple statement, or of what stands before a compound one's body."""
    inner = _inside(statement)
    return max(statement.lineno, min(_first(s) for s in inner) - 1) if inner else statement.end_lineno or 0
