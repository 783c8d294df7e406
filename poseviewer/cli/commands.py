"""One function a command: take what was asked for, call one layer, print. Heavy imports stand inside the functions."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer import libraries
from poseviewer.cli.facts import as_text, foreign_facts, model_facts, motion_facts
from poseviewer.errors import PoseviewerError
from poseviewer.paths import MODEL_SUFFIX
from poseviewer.text import printable

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench

_LONGEST_PATH = 4096  # letters
_GENERATED = 50  # frames that a model adds where no number is given


def window(given: Namespace) -> int:
    """Open the window on the files, or on the demo."""
    from poseviewer.doctor import require_display

    if given.watch is not None and not given.watch.is_dir():
        raise PoseviewerError(given.watch, "", "there is no such folder to watch", "make it, or check the path")
    libraries.require("PySide6", "pyqtgraph", "OpenGL", "platformdirs")
    require_display()
    from poseviewer.render.platform import prepare

    prepare()
    from poseviewer.views.window.launch import leave, run

    return leave(run(given.files, given.watch))


def info(given: Namespace) -> int:
    """Tell what a dataset, a motion file, a checkpoint or an installed model holds."""
    from poseviewer.nets.models import foreign

    _require_model(given.file)
    if foreign.is_offered(given.file):
        told = foreign_facts(foreign.card_of(str(given.file), foreign.load(str(given.file))))
    elif given.file.suffix.lower() == MODEL_SUFFIX:
        from poseviewer.nets.checkpoints.checkpoint import describe

        told = model_facts(describe(given.file))
    else:
        from poseviewer.data.readers import open_dataset

        with open_dataset(given.file) as dataset:
            told = motion_facts(dataset)
    told = {"file": _name(given.file), **told}
    print(json.dumps(told, ensure_ascii=False) if given.json else as_text(told))
    return 0


def import_(given: Namespace) -> int:
    """Read sources into one dataset."""
    from poseviewer.cli.progress import finish
    from poseviewer.data.dataset import Dataset
    from poseviewer.data.importing import import_sources

    for source in given.sources:
        _require(source)
    refused: list[PoseviewerError] = []
    job = import_sources(
        given.sources, given.out, fps=given.fps, skeleton=given.skeleton, refused=refused, force=given.force
    )
    finish(job, "import")
    with Dataset.open(given.out) as dataset:
        told = {"file": _name(given.out), **motion_facts(dataset), "left_out": [error.sentence() for error in refused]}
    print(json.dumps(told, ensure_ascii=False) if given.json else as_text(told))
    return 0


def export(given: Namespace) -> int:
    """Draw or write a clip, and what a model makes of it."""
    began = time.monotonic()
    from poseviewer.render.platform import prepare

    prepare()
    from poseviewer.cli.progress import finish
    from poseviewer.export import export_clip, require_target
    from poseviewer.export.formats import FILMS, require_possible
    from poseviewer.export.options import Options

    options = Options(
        given.size,
        given.frames,
        given.seconds,
        part=given.part,
        fps=given.fps,
        captions=given.captions,
        legend=given.legend,
        ground=given.ground,
        transparent=given.transparent,
    )
    if given.generate is not None and given.model is None:
        raise PoseviewerError("--generate", "", "no model is named to generate with", "add --model CKPT")
    if given.seed_frames is not None and given.model is None:
        raise PoseviewerError(
            "--seed-frames", "", "no model is named that a seed could be given to", "add --model CKPT"
        )
    _require(given.file)
    # before the file is read and frames are generated, which takes its time
    require_target(given.out, [given.file, *([] if given.model is None else [given.model])], force=given.force)
    if given.out.suffix.lower() in FILMS:
        require_possible(given.out.suffix, options)
    bench = _bench(given)
    last, seconds = finish(export_clip(bench, given.out, options, force=given.force), "export")
    told = {
        "message": last.text,
        "clip": bench.clip.name if bench.clip else "",
        "frames": last.total,
        "seconds": round(time.monotonic() - began, 3),
        "frames_per_second": round(last.total / seconds, 1),
    }
    rate = f" at {told['frames_per_second']} frames/s" if seconds > 0.5 else ""
    written, semicolon, lost = last.text.partition("; ")
    text = f"{written} ({last.total} frames{rate}){semicolon}{lost}"
    print(json.dumps(told, ensure_ascii=False) if given.json else text)
    return 0


def train(given: Namespace) -> int:
    """Train a model into a checkpoint."""
    from poseviewer.cli.progress import finish
    from poseviewer.train.run import train as job_of

    _require(given.data)
    job = job_of(
        given.kind,
        given.data,
        given.out,
        arch=given.arch,
        settings=dict(given.settings),
        skeleton=given.skeleton,
        space=given.space,
        embedding=given.embedding,
        resume=given.resume,
        force=given.force,
    )
    last, seconds = finish(job, "train")
    print(f"wrote {_name(given.out)} after {seconds:.0f} s: {last.text}")
    return 0


def evaluate(given: Namespace) -> int:
    """Measure a model on a dataset's clips."""
    _require_model(given.model)
    _require(given.data)
    from poseviewer.data.dataset import Dataset
    from poseviewer.measure.figures import figures
    from poseviewer.nets.models.load import load_model

    model = load_model(given.model)
    with Dataset.open(given.data) as dataset:
        told = {"file": _name(given.model), "data": _name(given.data), **figures(model, dataset, given.split)}
    print(json.dumps(told, ensure_ascii=False) if given.json else as_text(told))
    return 0


def doctor(given: Namespace) -> int:
    """Tell what works on this machine."""
    from poseviewer.doctor import can_export, diagnose

    checks = diagnose()
    works = can_export(checks)
    if given.json:
        rows = [{"name": c.name, "ok": c.ok, "found": c.found, "cure": c.cure} for c in checks]
        print(json.dumps({"can_export": works, "checks": rows}, ensure_ascii=False))
        return 0 if works else 1
    for check in checks:
        print(f"{'ok     ' if check.ok else 'MISSING'}  {check.name:9} {check.found}")
        if check.cure:
            print(f"{'':19}-> {check.cure}")
    window_works = all(check.ok for check in checks if check.name in ("display", "qt"))
    print(f"\nexport works: {'yes' if works else 'no'}; the window works: {'yes' if works and window_works else 'no'}")
    return 0 if works else 1


def _bench(given: Namespace) -> Bench:
    """The bench that the arguments describe, with its generated frames."""
    from poseviewer.bench.bench import Bench
    from poseviewer.data.readers import open_dataset

    dataset = open_dataset(given.file)
    index = dataset.find(given.clip) if given.clip is not None else 0
    bench = Bench(datasets=[dataset])
    skins = given.model is not None if given.skins is None else given.skins
    bench.look = bench.with_look(
        theme=given.theme, skins=skins, labels=given.labels, trails=given.trails, truth=given.truth
    )
    if given.model is not None:
        bench.generator = _generator(given.model)
    bench.place(dataset.clip(index), dataset, index)
    assert bench.clip is not None
    frames = len(bench.clip)
    if given.model is None:
        if bench.clip.seed_frames is None:
            bench.seed = (0, frames)
            bench.look = bench.with_look(counted_from="start")
        return bench
    if given.seed_frames is not None:
        if given.seed_frames > frames:
            cause = f"it has {frames} frames, fewer than --seed-frames {given.seed_frames}"
            raise PoseviewerError(bench.clip.name, "", cause, f"give {frames} or fewer")
        bench.seed = (0, given.seed_frames)
    _generate(bench, given.generate or _GENERATED)
    return bench


def _generator(path: Path) -> Any:
    from poseviewer.nets.models.guarded import kind_of
    from poseviewer.nets.models.load import load_model

    _require_model(path)
    model = load_model(path)
    if kind_of(model) != "generator":
        raise PoseviewerError(
            path, "", "it is no generator and cannot go on from a clip", "name a generator with --model"
        )
    return model


def _generate(bench: Bench, frames: int) -> None:
    """Let the bench's generator go on from its seed."""
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.bench.planes import side_sentence
    from poseviewer.cli.progress import finish
    from poseviewer.progress import Job, Progress

    seed = bench.seed_clip()
    if seed is None or bench.generator is None:
        cause = bench.misfit.rstrip(".") or "it does not fit the clip"
        raise PoseviewerError("--model", "", cause, "name another model or another --clip")
    rollout = Rollout(bench.generator, seed, number=bench.number)

    def steps() -> Job:
        for k in range(frames):
            rollout.step(1)
            yield Progress(k + 1, frames, "generates frames")

    finish(steps(), "generate")
    if rollout.note:
        print(f"poseviewer: {rollout.note}", file=sys.stderr)
    bench.set_rollout(rollout)
    side = side_sentence(bench)
    if side:
        print(f"poseviewer: {side}", file=sys.stderr)


def _name(path: Path) -> str:
    """A path as it is printed."""
    return printable(str(path), _LONGEST_PATH)


def _require(path: Path) -> None:
    if not path.exists():
        raise PoseviewerError(path, "", "there is no such file or folder", "check the path")
    if not (path.is_file() or path.is_dir()):
        raise PoseviewerError(path, "", "it is not a regular file", "save what it gives as a file and name that")


def _require_model(path: Path) -> None:
    """A file, or the name of a model that an installed package offers; a file of that name comes first."""
    from poseviewer.nets.models import foreign

    if path.exists():
        _require(path)
    elif not foreign.is_offered(path):
        raise foreign.no_such_model(path)
