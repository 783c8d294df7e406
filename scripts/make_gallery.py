"""Makes docs/gallery: what the shipped generators do at their best and at their worst, as the verdicts tell it.

    python scripts/make_gallery.py [-o docs/gallery]        (make gallery)

Every clip of the demo is a seed of every shipped generator, some with several numbers of noise; each rollout is judged
by the model's own calibration, or where it has none by the demo. Of what is realistic the two that lie farthest within
the thresholds are shown, of what drifts and of what collapses the two that lie farthest beyond them, no two from one
clip, and from different models where there are. Then one long clip: what the network sees, and 5, 15, 30 and 50 frames
more. No display is needed. Each picture can be made again by the command that stands under it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer import paths
from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.reference import calibration_of
from poseviewer.analysis.rollout import prepared
from poseviewer.analysis.verdict import FAILED, SAID, SIDES, WORDS
from poseviewer.aside import folder_aside, require_own_folder
from poseviewer.bench.bench import Bench
from poseviewer.bench.look import Look
from poseviewer.bench.unattended import generated, judged, laid_out
from poseviewer.bench.verdicts import placed, reason
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import FILMS
from poseviewer.export.options import Options
from poseviewer.export.shots import Shots, shots
from poseviewer.nets.models.generator import together
from poseviewer.nets.models.load import load_model
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished
from poseviewer.render.offscreen import Offscreen
from poseviewer.render.palette import palette
from poseviewer.text import grouped

HORIZON = 300
NUMBERS = (0, 1, 2)
SPACES = ("humanoid", "penn")
"""In the order in which they are looked through: the demo's clips are solid, and flat models see them from one side."""
MODELS = tuple(f"{space}-generator-{kind}" for space in SPACES for kind in ("raw", "latent", "textbook"))
KINDS = {"realistic": "Realistic", "collapsed": "Mode collapse", "drifting": "Drifting"}
_NEXT = {"realistic": "unlike", "collapsed": "both", "drifting": "both"}
"""What is shown where too few rollouts are of a kind, and then says so in its badge."""
_FINE = ("realistic", "unlike")
_SIDE = {"collapsed": "collapse", "drifting": "drift"}
AHEAD = (0, 5, 15, 30, 50)
_OF_EACH = 2
_EARLIEST = 20  # generated frames before which nothing has failed in what is shown: there is something to compare with
_LASTING = 0.8  # share of the frames from the onset on that fail, too, in what is shown
_FAILING = [WORDS.index(word) for word in FAILED]
_BEFORE, _AFTER = 45, 75  # frames around the onset that are shown
_SIZE, _SMALL, _RATE, _COLOURS = (420, 330), (280, 250), 10.0, 80
_LIFTED, _FARTHER = 0.32, 1.12  # metres above the body's middle, times the usual distance: room for the verdict
_LONG = 60  # frames of the long clip that the network sees
_INKS = ("seed", "generated_a", "ok", "drift", "collapse", "text")  # thin lines and icons that keep their colours
_FILES = rf"({'|'.join(KINDS)})-[1-{_OF_EACH}]\.gif|long-\d\d\.gif|README\.md"  # a folder of these is replaced
_MOST = 4_000_000  # bytes of all pictures together


@dataclass(frozen=True)
class Shown:
    """A rollout: model's file stem, clip's name, number of its noise; its verdict; of its first failure the side
    ("passing" where it recovers) and the generated frame from 0; how far beyond its threshold it goes (where nothing
    fails, how far within: the larger the better); how fast its joints are at its end, in units of its poses a frame.
    """

    model: str
    clip: str
    number: int
    word: str
    side: str
    onset: int
    score: float
    speed: float = 0.0

    @property
    def space(self) -> str:
        return self.model.partition("-")[0]


def lively(rows: Sequence[Shown]) -> list[Shown]:
    """The half of each space's rollouts that move most at their end: who stands still is easily realistic."""
    usual = {space: np.median([row.speed for row in rows if row.space == space] or [0.0]) for space in SPACES}
    return [row for row in rows if row.speed >= usual[row.space]]


def chosen(rows: Sequence[Shown], count: int) -> list[Shown]:
    """Those with the largest scores, no two of one clip, and of one model only where there is no other."""
    taken: list[Shown] = []
    for again in (False, True):
        for row in sorted(rows, key=lambda row: -row.score):
            fresh = again or row.model not in {other.model for other in taken}
            if fresh and len(taken) < count and row.clip not in {other.clip for other in taken}:
                taken.append(row)
    return taken


def searched(demo: Dataset, models: Path, name: str) -> list[Shown]:
    """Every rollout of one model, judged."""
    try:
        model: Any = load_model(models / f"{name}.safetensors")
        stored = finished(calibration_of(model, demo))
    except PoseviewerError as error:  # it is not there, or has no calibration, and the demo is none for it
        print(f"{name} is left out: {error.sentence()}", flush=True)
        return []
    assert stored is not None
    clips, seeds = [], []
    for index in range(len(demo)):
        bench = laid_out(demo, index, model, None)
        seed = bench.lane.seed_clip(bench.seed)
        if seed is not None:
            clips.append(demo.infos[index].name)
            seeds.append(prepared(seed, model)[0])
    found: list[Shown] = []
    for number in NUMBERS if model.stochastic else NUMBERS[:1]:
        state, frames = together([model.start(seed, number=number, samples=1) for seed in seeds]), []
        for _ in range(HORIZON):
            step, state = model.step(state, temperature=1.0)
            frames.append(np.asarray(step.poses, dtype=np.float32))
        poses = np.stack(frames, axis=1)
        alike: dict[int, list[int]] = defaultdict(list)
        for row, seed in enumerate(seeds):
            alike[len(seed)].append(row)
        for rows in alike.values():
            mine = np.stack([np.asarray(seeds[row].positions, dtype=np.float64) for row in rows])
            told = _judged(stored.calibration, mine, poses[rows])
            speeds = np.linalg.norm(np.diff(poses[rows, -_AFTER:], axis=1), axis=-1).mean(axis=(1, 2))
            found += [
                Shown(name, clips[row], number, *of, float(speed))
                for row, of, speed in zip(rows, told, speeds, strict=True)
            ]
    return found


def _judged(calibration: Calibration, seeds: Array, poses: Array) -> list[tuple[str, str, int, float]]:
    """Word, side, onset and score of each."""
    made = Judgement(calibration, seeds)
    for frame in range(0, poses.shape[1], 100):
        made.extend(np.asarray(poses[:, frame : frame + 100], dtype=np.float64))
    high = np.array([calibration.thresholds[side].high for side in SIDES])
    told = []
    for row in range(len(seeds)):
        verdict = made.verdict(row)
        beyond = np.nan_to_num(made.sides[:, row]).max(axis=1) / high
        if verdict.findings:
            first = verdict.findings[0]
            lasting = np.isin(made.words[row, first.onset :], _FAILING).mean() >= _LASTING
            told.append(
                (
                    verdict.word,
                    first.side if lasting else "passing",
                    first.onset,
                    float(beyond[SIDES.index(first.side)]),
                )
            )
        else:
            told.append((verdict.word, "", -1, -float(beyond.max())))
    return told


def laid(demo: Dataset, shown: Shown, models: Path, frames: int = HORIZON, seed: int | None = None) -> Bench:
    """The rollout on a bench, generated by itself as the command under it does, and judged."""
    model: Any = load_model(models / f"{shown.model}.safetensors")
    bench = laid_out(demo, demo.find(shown.clip), model, seed, theme="light")
    bench.put(replace(bench.lane, number=shown.number))
    finished(generated(bench, frames))
    finished(judged(bench, demo))
    return bench


def verdict_of(bench: Bench) -> tuple[str, str]:
    """Of what was generated: its word, and why in a sentence."""
    made = placed(bench)
    assert made is not None
    why = reason(bench, made)
    word = made.verdicts.verdict().word
    return word, "" if why is None else f"{why.side}: {why.words}."


def film(bench: Bench, first: int, last: int, size: tuple[int, int], out: Path) -> int:
    """Frames first to last, counted from the seed's end, with the verdict in the corner; bytes."""
    before = -bench.first_frame
    options = Options(
        size=size,
        frames=(max(0, before + first), before + last + 1),
        fps=_RATE,
        look=Look("light", skins=False, trails=False, labels=False, truth=False),
        legend=False,
        verdict=True,
    )
    made = shots(bench, FILMS[".gif"], options)
    with Offscreen(*made.size) as screen:
        images = []
        for k in range(len(made)):
            eye = made.eye(k)
            eye = replace(eye.looking_at(np.add(eye.target, (0.0, _LIFTED, 0.0))), distance=_FARTHER * eye.distance)
            images.append(screen.render(_plain(made, k), eye, made.pixel_ratio)[..., :3])
    return written(images, out)


def _plain(made: Shots, k: int) -> Any:
    """A picture's stage before an even background, which a GIF holds in few bytes."""
    stage = made.stage(k)
    flat = replace(stage.scenery, background_top=stage.scenery.background_bottom, pool_opacity=0.0)
    return replace(stage, scenery=flat, caption="")


def written(images: Sequence[np.ndarray], out: Path) -> int:
    """Pictures (H, W, 3) as an endless GIF of few colours, the same ones in all of them; bytes."""
    from PIL import Image

    some = [images[k] for k in np.unique(np.linspace(0, len(images) - 1, 6).round().astype(int))]
    inks = [np.broadcast_to(np.uint8(np.multiply(palette("light").colour(ink), 255)), (8, images[0].shape[1], 3))
            for ink in _INKS]  # fmt: skip
    chosen_colours = Image.fromarray(np.concatenate([*some, *inks])).quantize(_COLOURS, Image.Quantize.MEDIANCUT)
    frames = [Image.fromarray(image).quantize(palette=chosen_colours, dither=Image.Dither.NONE) for image in images]
    each = round(1000 / _RATE)
    frames[0].save(out, save_all=True, append_images=frames[1:], duration=each, loop=0, optimize=True)
    return out.stat().st_size


def said(word: str) -> str:
    return str(dict(SAID).get(word, word))


def command(shown: Shown, frames: int = HORIZON, seed: int | None = None) -> str:
    number = f" --number {shown.number}" if shown.number else ""
    number += f" --seed-frames {seed}" if seed else ""
    asked = f"--model models/{shown.model}.safetensors --generate {frames}{number} --verdict"
    return f"poseviewer export resources/demo.h5 --clip {shown.clip} {asked} -o film.gif"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=Path("docs/gallery"))
    parser.add_argument("--models", type=Path, default=paths.models(), help="a folder of the shipped generators")
    given = parser.parse_args()
    try:
        made(given.out, given.models)
    except PoseviewerError as error:
        raise SystemExit(error.sentence()) from error


def made(out: Path, models: Path) -> None:
    """The gallery as a folder, in the place of an earlier one. Raises PoseviewerError where that cannot be."""
    out.parent.mkdir(parents=True, exist_ok=True)
    require_own_folder(out, _FILES)
    with Dataset.open(paths.demo()) as demo:
        rows = []
        for name in MODELS:
            rows += searched(demo, models, name)
            print(f"{name}: {len(rows)} rollouts so far", flush=True)
        if not rows:
            raise PoseviewerError(models, "", "it has no generator that could be judged", "name another folder")
        with folder_aside(out, _FILES) as folder:
            page = _page(demo, models, rows, folder)
            (folder / "README.md").write_text(page, encoding="utf-8")
            total = sum(path.stat().st_size for path in folder.glob("*.gif"))
            if total > _MOST:
                raise SystemExit(f"the pictures take {total} bytes, more than {_MOST}")
    print(f"wrote {out}, {total / 1e6:.1f} MB")


def _page(demo: Dataset, models: Path, rows: Sequence[Shown], folder: Path) -> str:
    """Films into the folder, and the page that shows them."""
    counts = {word: sum(row.word == word for row in rows) for word in (*KINDS, "both", "unlike")}
    told = ", ".join(f"{count} {said(word)}" for word, count in counts.items())
    there, quick = len({row.model for row in rows}), set(lively(rows))
    lines = [
        "# Gallery",
        "",
        f"What the verdicts say of {grouped(len(rows))} rollouts of {HORIZON} frames, every clip of the demo as a seed",
        f"of {there} shipped generators: {told}. Of each kind the two that lie",
        "farthest beyond the thresholds (of the realistic ones: farthest within, of the half that moves most), from",
        "different clips. Blue is the seed, orange what was generated. Made by `make gallery`.",
    ]
    for word, title in KINDS.items():
        lines += ["", f"## {title}", ""]
        late = [row for row in rows if row.side == _SIDE.get(word, "") and (row.onset >= _EARLIEST or not row.side)]
        late = late if word in _SIDE else [row for row in late if row in quick]
        made: list[str] = []
        for kind, space in product((word, _NEXT[word]), SPACES):
            waiting = [row for row in late if row.word == kind and row.space == space]
            for shown in chosen(waiting, len(waiting)):
                if len(made) == _OF_EACH or shown.clip in made:
                    continue
                bench = laid(demo, shown, models)
                again, why = verdict_of(bench)
                if again != kind:
                    continue  # generated alone it differs in the last digits, and has gone another way
                made.append(shown.clip)
                middle = shown.onset if shown.side else HORIZON - _AFTER
                name = f"{word}-{len(made)}.gif"
                film(bench, max(1 - _BEFORE, middle - _BEFORE), min(HORIZON, middle + _AFTER), _SIZE, folder / name)
                lines += _entry(shown, name, why or f"{said(kind).capitalize()} to +{HORIZON}.")
        if len(made) < _OF_EACH:
            lines += [f"{'No other' if made else 'None'} of the rollouts is.", ""]
    return "\n".join([*lines, *_long(demo, models, sorted({row.model for row in rows}), folder), ""])


def _entry(shown: Shown, name: str, why: str) -> list[str]:
    return [
        f"![{shown.word}: {shown.model} after {shown.clip}]({name})",
        "",
        f"`{shown.clip}`, {shown.model}, number {shown.number}. {why}",
        "",
        f"    {command(shown)}",
        "",
    ]


def _long(demo: Dataset, models: Path, names: Sequence[str], folder: Path) -> list[str]:
    """The longest clip, after which the model is shown that stays realistic for longest."""
    longest = max((info.frames, info.name) for info in demo.infos)[1]
    shown, bench, word, why = None, None, "", ""
    for name in names:
        candidate = Shown(name, longest, 0, "", "", -1, 0.0)
        other = laid(demo, candidate, models, AHEAD[-1], _LONG)
        told = verdict_of(other)
        if shown is None or (told[0] in _FINE and word not in _FINE):
            shown, bench, (word, why) = candidate, other, told
    assert shown is not None and bench is not None
    titles, pictures = [], []
    for ahead in AHEAD:
        name = f"long-{ahead:02}.gif"
        film(bench, 1 - _LONG, ahead, _SMALL, folder / name)
        titles.append(f"+{ahead}" if ahead else "what the network sees")
        pictures.append(f"![{titles[-1]}]({name})")
    return [
        "", "## A long sequence", "",
        f"`{shown.clip}`, {shown.model}, number {shown.number}: {said(word)} to +{AHEAD[-1]}. {why}".rstrip(), "",
        "| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles), "| " + " | ".join(pictures) + " |", "",
        f"    {command(shown, AHEAD[-1], _LONG)}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
