"""On request a film says of each generated frame what it is, since when and why; otherwise it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated
from poseviewer.analysis.live import judged_clip
from poseviewer.analysis.verdict import Threshold
from poseviewer.bench.bench import Bench
from poseviewer.bench.unattended import judged, laid_out
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import FILMS
from poseviewer.export.options import Options
from poseviewer.export.shots import shots
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.progress import finished


@pytest.fixture(scope="module", params=[3, 2])
def bench(request: pytest.FixtureRequest) -> Bench:
    """A clip that is said to be generated from its 21st frame on, stands still from the 31st, and soon collapses."""
    skeleton = HUMANOID if request.param == 3 else PENN13
    with Dataset.open(paths.demo()) as demo:
        clips = [clip.onto(skeleton) for clip in demo if len(clip) >= 34]
    dance = next(clip for clip in clips if clip.name == "dance_a")
    poses = np.concatenate([dance.positions[:30], np.repeat(dance.positions[30:31], 90, axis=0)])
    bench = Bench()
    bench.place(Clip(skeleton, poses, dance.fps, "made", seed_frames=20))
    calibration = finished(calibrated([clip.resample(30.0).positions for clip in clips], skeleton, 30.0))
    assert bench.clip is not None
    never, soon = Threshold(1e9, 1e9, 1, 1), Threshold(0.1, 0.0, 1, 1000)
    bench.clip_verdicts = judged_clip(bench.clip, replace(calibration, thresholds={"drift": never, "collapse": soon}))
    return bench


def badge(bench: Bench, frame: int, **asked: bool) -> list[str]:
    """The lines of a picture's badge."""
    shown = shots(bench, FILMS[".png"], Options(**asked)).stage(frame).badge  # type: ignore[arg-type]
    assert shown is not None
    return ["".join(run.text for run in line) for line in shown.lines]


def test_the_badge_of_a_film_says_word_onset_and_reason_where_that_is_asked_for(bench: Bench) -> None:
    (finding,) = bench.clip_verdicts.verdict().findings  # type: ignore[union-attr]
    _, said, *why = badge(bench, 20 + finding.onset, verdict=True)
    assert said == f"collapsed  since +{finding.onset + 1}"
    begins = finding.sign.words.partition("{value}")[0]
    assert " ".join(why).startswith(begins) and ", real " in " ".join(why)
    assert all(len(line) <= 48 for line in why)
    assert not any("collapsed" in line for line in badge(bench, 20 + finding.onset))
    assert bench.look.judged == "word"  # the window's own view says the word


def test_a_clip_is_declared_generated_without_a_model_and_judged_by_a_reference() -> None:
    with Dataset.open(paths.demo()) as demo:
        bench = laid_out(demo, demo.find("dance_a"), None, 40)
        finished(judged(bench, demo))
        assert bench.clip_verdicts is not None and len(bench.clip_verdicts) == len(bench.clip) - 40  # type: ignore[arg-type]
        whole = laid_out(demo, demo.find("dance_a"), None, None)
        for other, reference, told in ((whole, demo, "nothing on it is generated"), (bench, None, "no real motion")):
            with pytest.raises(PoseviewerError, match=told):
                finished(judged(other, reference))
