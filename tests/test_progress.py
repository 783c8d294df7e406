"""Long tasks: what is said of them meanwhile, and what they give."""

from __future__ import annotations

import time

import pytest

from poseviewer.progress import Progress, attended, finished

WORKING = Progress(1, 2, "works")


def test_work_that_cannot_yield_is_told_of_all_the_same() -> None:
    job, said = attended(lambda: time.sleep(0.35) or 7, WORKING), []
    while True:
        try:
            said.append(next(job))
        except StopIteration as end:
            assert end.value == 7
            break
    assert said[0] == WORKING and 2 <= len(said) <= 4


def test_quick_work_is_just_done_and_a_failure_is_the_jobs() -> None:
    assert finished(attended(lambda: 3, WORKING)) == 3
    with pytest.raises(ZeroDivisionError):
        finished(attended(lambda: 1 // 0, WORKING))
