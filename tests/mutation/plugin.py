"""A pytest plugin: which lines every test executes, and running chosen tests in a chosen order.

MUTATION_MAP names a JSON file to be written: {test file: {test: [seconds, passed, {source file: [lines]}]}}.
MUTATION_TESTS names a file of tests, one a line: these alone run, in that order.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MAP, TESTS = os.environ.get("MUTATION_MAP"), os.environ.get("MUTATION_TESTS")
_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()
_coverage: Any = None

if MAP:
    import coverage

    _coverage = coverage.Coverage(data_file=f"{MAP}.coverage", config_file=False, source=["poseviewer"], messages=False)
    _coverage.start()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if TESTS:
        place = {test: at for at, test in enumerate(Path(TESTS).read_text(encoding="utf-8").splitlines())}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if _coverage is not None:
        _coverage.switch_context(item.nodeid)
    result = yield
    if _coverage is not None:
        _coverage.switch_context("between tests")
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _coverage is None:
        return
    _coverage.stop()
    lines: dict[str, dict[str, list[int]]] = defaultdict(dict)
    data = _coverage.get_data()
    for file in data.measured_files():
        name = Path(file).relative_to(session.config.rootpath).as_posix()
        executed: dict[str, list[int]] = defaultdict(list)
        for line, tests in data.contexts_by_lineno(file).items():
            for test in tests:
                executed[test].append(line)
        for test, numbers in executed.items():
            lines[test][name] = sorted(numbers)
    tests: dict[str, dict[str, Any]] = defaultdict(dict)
    for test, seconds in _seconds.items():
        tests[test.partition("::")[0]][test] = [round(seconds, 3), test not in _failed, lines[test]]
    Path(str(MAP)).write_text(json.dumps(tests), encoding="utf-8")
    _coverage.erase()
