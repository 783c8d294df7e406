"""Every sentence that the program can say has a cure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from poseviewer import errors

PACKAGE = Path(errors.__file__).resolve().parent


def raised(path: Path) -> Iterator[ast.Call]:
    """Every PoseviewerError(...) that a file makes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PoseviewerError":
            yield node


def is_empty(cure: ast.expr) -> bool:
    """Whether a cure is "" or may become it."""
    if isinstance(cure, ast.IfExp):
        return is_empty(cure.body) or is_empty(cure.orelse)
    if isinstance(cure, ast.BoolOp):
        return is_empty(cure.values[-1])
    if isinstance(cure, ast.JoinedStr):
        return not any(isinstance(part, ast.Constant) and str(part.value).strip() for part in cure.values)
    return isinstance(cure, ast.Constant) and not str(cure.value).strip()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_sentence_has_a_cure(path):
    for call in raised(path):
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        cure = call.args[3] if len(call.args) > 3 else named.get("cure")
        assert cure is not None and not is_empty(cure), f"{path}:{call.lineno} says what is wrong and not what mends it"


def test_none_is_made_without_one():
    with pytest.raises(TypeError):
        errors.PoseviewerError("clip", "", "it is lost")
