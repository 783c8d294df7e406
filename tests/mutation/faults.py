"""One-line faults: what could be wrong on a line of the program, drawn by the syntax tree and a seed."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOMS = (
    "motion", "data", "render", "nets", "analysis", "train", "measure", "bench", "export", "app", "views", "cli",
)  # fmt: skip
SENTENCES = {"PoseviewerError", "warn", "debug", "info", "warning", "error", "exception", "print", "setToolTip", "tr"}
"""Calls whose arguments are words for people."""
COMPARED: dict[type[ast.cmpop], tuple[str, str, str]] = {  # as written, off by one, flipped
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", "!=", "!="),
    ast.NotEq: ("!=", "==", "=="),
    ast.Is: ("is", "is not", "is not"),
    ast.IsNot: ("is not", "is", "is"),
    ast.In: ("in", "not in", "not in"),
    ast.NotIn: ("not in", "in", "in"),
}
CALCULATED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
}
PAIRS = {"min": "max", "minimum": "maximum", "nanmin": "nanmax", "argmin": "argmax", "amin": "amax", "floor": "ceil",
         "sin": "cos", "any": "all"}  # fmt: skip
PAIRS |= {second: first for first, second in PAIRS.items()}
DROPPED = {"clip", "clamp", "clamp_min", "clamp_max", "round", "rint", "abs", "fabs", "absolute", "sqrt", "sorted"}


@dataclass(frozen=True)
class Fault:
    """The bytes [start, end) of a line (from 1) are written as `new`."""

    file: str  # from the root, with /
    line: int
    start: int
    end: int
    new: str
    kind: str

    def planted(self, source: str) -> str:
        """The file with the fault in it."""
        lines = source.encode().splitlines(keepends=True)
        line = lines[self.line - 1]
        lines[self.line - 1] = line[: self.start] + self.new.encode() + line[self.end :]
        return b"".join(lines).decode()

    def words(self, source: str) -> tuple[str, str]:
        """The line as it stands and with the fault."""
        before, after = (text.splitlines()[self.line - 1].strip() for text in (source, self.planted(source)))
        return before, after

    def as_row(self) -> dict[str, str | int]:
        return asdict(self)


def room(file: str) -> str:
    """The room that a file lies in; what is below all rooms is `below`."""
    inside = file.split("/")[1]
    return inside if inside in ROOMS else "below"


class _Finder:
    """Walks one file, past what no test is meant to see: docstrings, type hints, sentences, decorators, `__repr__`."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.lines = [line.encode() for line in source.splitlines()]
        self.found: list[Fault] = []
        self.visit(ast.parse(source))

    def edit(self, kind: str, line: int, start: int, end: int, new: str) -> None:
        if self.lines[line - 1][start:end].decode() != new:
            self.found.append(Fault(self.file, line, start, end, new, kind))

    def text(self, node: ast.expr) -> str | None:
        """The source of an expression on one line."""
        if node.lineno != node.end_lineno:
            return None
        return self.lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()

    def replace(self, kind: str, node: ast.expr, new: str | None) -> None:
        if new is not None and node.lineno == node.end_lineno:
            self.edit(kind, node.lineno, node.col_offset, node.end_col_offset or 0, new)

    def between(self, kind: str, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """Another operator between two expressions of a line."""
        if left.end_lineno != right.lineno:
            return
        first, last = left.end_col_offset or 0, right.col_offset
        found = re.search(rf"(?<![*/<>=!]){re.escape(old)}(?![*/=])".encode(), self.lines[right.lineno - 1][first:last])
        if found:
            self.edit(kind, right.lineno, first + found.start(), first + found.end(), new)

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef(name="__repr__") | ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Assert():
                return
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Compare(left=ast.Name(id="__name__"))):
                return
            case ast.ClassDef(bases=bases) if any(isinstance(b, ast.Name) and b.id == "Protocol" for b in bases):
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self.defaults(node.args)
            case ast.Compare(ops=[operator], comparators=[right]):
                for kind, new in zip(("off by one", "flipped"), COMPARED[type(operator)][1:], strict=True):
                    self.between(f"comparison {kind}", node.left, right, COMPARED[type(operator)][0], new)
            case ast.BinOp():
                self.calculation(node)
            case ast.AugAssign(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as operator) if not _words(node.value):
                old, new = CALCULATED[type(operator)]
                self.between("operator", node.target, node.value, f"{old}=", f"{new}=")
            case ast.Constant():
                self.constant("constant", node)
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                self.replace("negation", node, self.text(node.operand))
            case ast.BoolOp(values=values):
                for value in values:
                    self.replace("condition dropped", value, "True" if isinstance(node.op, ast.And) else "False")
            case ast.If() | ast.IfExp() | ast.While():
                if (test := self.text(node.test)) and not isinstance(node.test, ast.Constant):
                    self.replace("condition negated", node.test, f"(not ({test}))")
            case ast.comprehension(ifs=[test]):
                self.replace("condition dropped", test, "True")
            case ast.Subscript():
                self.index(node.slice)
            case ast.Call():
                self.call(node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "format_spec", "type_params"):
                continue
            if isinstance(node, ast.Call) and _called(node) in SENTENCES and name in ("args", "keywords"):
                continue
            if isinstance(node, ast.keyword) and node.arg == "strict":  # of zip: only says what holds already
                continue
            if isinstance(node, ast.Call) and _called(node) == "cast":
                value = node.args[1:] if name == "args" else value
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.arguments):
                    self.visit(child)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
                if not isinstance(default, ast.Constant):
                    self.visit(default)

    def defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if isinstance(default, ast.Constant):
                self.constant("default", default)

    def constant(self, kind: str, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.replace(kind, node, str(not value))
        elif isinstance(value, int):
            self.replace(kind, node, str(value + 1 if value <= 8 else 2 * value))
        elif isinstance(value, float):
            self.replace(kind, node, repr(2.0 * value) if value else "0.5")

    def calculation(self, node: ast.BinOp) -> None:
        if type(node.op) in CALCULATED and not _words(node.left) and not _words(node.right):
            old, new = CALCULATED[type(node.op)]
            self.between("operator", node.left, node.right, old, new)

    def index(self, index: ast.expr) -> None:
        for part in index.elts if isinstance(index, ast.Tuple) else [index]:
            if isinstance(part, ast.Slice):
                for bound in (part.lower, part.upper):
                    if bound is not None and not isinstance(bound, ast.Constant) and (text := self.text(bound)):
                        self.replace("index shifted", bound, f"{text} + 1")

    def call(self, node: ast.Call) -> None:
        name = _called(node)
        whole = isinstance(node.func, ast.Name)
        if name in PAIRS and node.func.lineno == node.func.end_lineno:
            end = node.func.end_col_offset or 0
            self.edit(f"{name} for another", node.func.end_lineno or 0, end - len(name), end, PAIRS[name])
        if name in DROPPED:
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            function = whole or (isinstance(owner, ast.Name) and owner.id in ("np", "torch", "math"))
            inner = node.args[0] if function and node.args else owner
            if inner is not None:
                self.replace(f"{name} dropped", node, self.text(inner))
        if len(node.args) >= 2 and name not in {*PAIRS, *SENTENCES, "isinstance", "cast"}:
            first, second = node.args[:2]
            if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
                one, two = self.text(first), self.text(second)
                if one and two and one != two and first.lineno == second.end_lineno:
                    line, start, end = first.lineno, first.col_offset, second.end_col_offset or 0
                    between = self.lines[line - 1][first.end_col_offset : second.col_offset].decode()
                    self.edit("argument order", line, start, end, f"{two}{between}{one}")
        for keyword in node.keywords:
            if keyword.arg in ("axis", "dim") and (text := self.text(keyword.value)):
                self.replace("axis", keyword.value, "1" if text == "0" else "0")


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _words(node: ast.expr) -> bool:
    """Whether an operand is text (or a path): other arithmetic than numbers'."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def faults(file: str, source: str) -> list[Fault]:
    """Every fault that can be drawn in a file, in the order of its lines."""
    seen: dict[tuple[int, int, int, str], Fault] = {}
    for fault in _Finder(file, source).found:
        seen.setdefault((fault.line, fault.start, fault.end, fault.new), fault)
    return sorted(seen.values(), key=lambda fault: (fault.line, fault.start, fault.end, fault.new))


def sources(root: Path) -> Iterator[tuple[str, str]]:
    """Every module of the program, by its path from the root, and its source."""
    for path in sorted((root / "poseviewer").rglob("*.py")):
        yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def draw(root: Path, seed: int, count: int, rooms: tuple[str, ...] = (*ROOMS, "below")) -> list[Fault]:
    """As many faults from each room as its share of the lines, one a line: a line first, then one of its faults."""
    lengths: Counter[str] = Counter()
    by_room: dict[str, list[list[Fault]]] = defaultdict(list)
    for file, source in sources(root):
        if room(file) not in rooms:
            continue
        lengths[room(file)] += len(source.splitlines())
        lines: dict[int, list[Fault]] = defaultdict(list)
        for fault in faults(file, source):
            lines[fault.line].append(fault)
        by_room[room(file)] += lines.values()
    drawn: list[Fault] = []
    for name in rooms:
        if not by_room[name]:
            continue
        chance = random.Random(f"{seed} {name}")
        share = max(1, round(count * lengths[name] / lengths.total()))
        drawn += [chance.choice(line) for line in chance.sample(by_room[name], min(share, len(by_room[name])))]
    return drawn
