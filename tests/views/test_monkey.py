"""A minute of the monkey: no exception, no warning of Qt's, no crash. Stalls and memory are for longer plays."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.benchmarks.monkey import play

pytestmark = [
    pytest.mark.window,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; `make test` installs it on Debian"),
]


@pytest.mark.timeout(240)
def test_a_minute_of_the_monkey() -> None:
    told = play(seconds=60.0, seed=7)
    assert not told.get("crash"), json.dumps(told, indent=1)
    assert not told["failures"], json.dumps(told["failures"][:5], indent=1)
    assert told["actions"] > 30
