"""The mutation run's own parts: what is drawn, what planting changes, and which tests a fault is given."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.faults import ROOMS, Fault, draw, faults, room, sources
from tests.mutation.listed import equivalent, fixed, found
from tests.mutation.program import Program

ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''"""A minus − sign."""
LIMIT = 2.5


def clipped(a: list[int] = [3], by: int = 1) -> float:
    """The 7 of it."""
    if a and by < LIMIT - 1.0:
        raise PoseviewerError("a", f"{4}", swap(a, by))
    print(5)
    return np.clip(turn(by, a[-1]), 0.5,
                   max(a), axis=0)


class Shown:
    width = 9

    def __repr__(self) -> str:
        return "x" * 6
'''


def program(folder: Path) -> Path:
    (folder / "poseviewer" / "motion").mkdir(parents=True)
    (folder / "poseviewer" / "motion" / "clipped.py").write_text(SOURCE)
    return folder


def planted(text: str) -> list[str]:
    """All that can become of the line with that text."""
    number = next(n for n, line in enumerate(SOURCE.splitlines(), 1) if text in line)
    drawn = (fault for fault in faults("poseviewer/motion/clipped.py", SOURCE) if fault.line == number)
    return sorted(fault.words(SOURCE)[1] for fault in drawn)


def test_faults_of_a_line() -> None:
    assert planted("LIMIT = 2.5") == ["LIMIT = 5.0"]
    assert planted("if a and") == [
        "if (not (a and by < LIMIT - 1.0)):",
        "if True and by < LIMIT - 1.0:",
        "if a and True:",
        "if a and by < LIMIT + 1.0:",
        "if a and by < LIMIT - 2.0:",
        "if a and by <= LIMIT - 1.0:",
        "if a and by >= LIMIT - 1.0:",
    ]
    assert planted("np.clip") == [
        "return np.clip(0.5, turn(by, a[-1]),",
        "return np.clip(turn(a[-1], by), 0.5,",
        "return np.clip(turn(by, a[-1]), 1.0,",
        "return np.clip(turn(by, a[-2]), 0.5,",
        "return np.clip(turn(by, a[1]), 0.5,",
    ]
    assert planted("max(a)") == ["max(a), axis=1)", "min(a), axis=0)"]
    assert planted("width") == ["width = 18"]


def test_words_types_and_repr_are_left_alone() -> None:
    lines = {fault.line for fault in faults("poseviewer/motion/clipped.py", SOURCE)}
    faulty = [text for n, text in enumerate(SOURCE.splitlines(), 1) if n in lines]
    assert not [text for text in faulty if any(left in text for left in ('"""', "raise", "print", '"x" * 6'))]


def test_the_draw_knows_all_rooms() -> None:
    drawn = draw(ROOT, 5, 150)
    rooms = [room(fault.file) for fault in drawn]
    assert set(rooms) == {*ROOMS, "below"}
    assert 140 <= len(drawn) <= 165 and len({(fault.file, fault.line) for fault in drawn}) == len(drawn)
    assert rooms.count("views") > rooms.count("data") > rooms.count("motion")
    whole = dict(sources(ROOT))
    for fault in drawn:  # each changes one line, and can be compiled
        before, after = whole[fault.file], fault.planted(whole[fault.file])
        lines = zip(before.splitlines(), after.splitlines(), strict=True)
        assert [n for n, (a, b) in enumerate(lines, 1) if a != b] == [fault.line]
        ast.parse(after)


def test_the_draw_is_the_same_again_and_another_by_another_seed_and_in_other_rooms() -> None:
    drawn = draw(ROOT, 6, 10, ("motion", "cli"))
    assert {room(fault.file) for fault in drawn} == {"motion", "cli"}
    assert drawn == draw(ROOT, 6, 10, ("motion", "cli"))
    assert drawn != draw(ROOT, 7, 10, ("motion", "cli"))


def test_a_fault_is_given_the_tests_of_its_statement_the_fastest_file_first(tmp_path: Path) -> None:
    file = "poseviewer/motion/clipped.py"
    last = len(SOURCE[: SOURCE.index("max(a)")].splitlines())
    executed = {
        "tests/slow.py": {"tests/slow.py::a": [9.0, True, {file: [last - 1]}]},
        "tests/fast.py": {
            "tests/fast.py::b": [1.0, True, {file: [last]}],
            "tests/fast.py::fails anyway": [1.0, False, {file: [last]}],
            "tests/fast.py::elsewhere": [1.0, True, {file: [7], "poseviewer/motion/other.py": [last]}],
        },
    }
    whole = Program(program(tmp_path))
    assert whole.tests_of(Fault(file, last, 19, 22, "min", ""), executed) == [
        ("tests/fast.py::b", 1.0),
        ("tests/slow.py::a", 9.0),
    ]
    # a constant of the module is executed where functions use it, a default where its function's body runs
    assert whole.lines_of(Fault(file, 2, 8, 11, "5.0", "")) == {(file, 7)}
    assert whole.lines_of(Fault(file, 5, 45, 46, "2", "")) == {(file, line) for line in range(6, 12)}


def test_listed_lines_are_found_where_they_have_moved_to(tmp_path: Path) -> None:
    root = program(tmp_path)
    fault = found(root, "poseviewer/data/gone.py", "LIMIT = 2.5", "LIMIT = 3.5")
    assert (fault.file, fault.words(SOURCE)[1]) == ("poseviewer/motion/clipped.py", "LIMIT = 3.5")
    with pytest.raises(ValueError, match="0 lines"):
        found(root, "poseviewer/motion/clipped.py", "LIMIT = 9", "LIMIT = 3.5")


def test_every_listed_fault_stands_in_the_program() -> None:
    whole = dict(sources(ROOT))
    assert len(fixed(ROOT)) >= 24
    for what, fault in fixed(ROOT):
        ast.parse(fault.planted(whole[fault.file]))
        assert what and fault.words(whole[fault.file])[0] != fault.new
    for file, line, new in equivalent():
        assert found(ROOT, file, line, new)
