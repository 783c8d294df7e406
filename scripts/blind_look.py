"""A blind look at rollouts and real clips, and how far the verdicts agree with it.

    python scripts/blind_look.py draw --data CMU.h5 PENN.h5 -o FOLDER
    python scripts/blind_look.py score --data CMU.h5 PENN.h5 [--labels docs/blind/labels.csv]

`draw` writes numbered films, with ground grid and root trail, and a sheet of each one's frames: ten rollouts of every
shipped generator after seeds that nobody trained on, and six real clips of each dataset, in the order that SEED deals.
Nothing tells which is which. Whoever looks writes a line `number,label` for each (realistic, drifting or collapsed)
before any verdict is worked out; `score` makes the motions of the list beside the labels anew, judges them and prints
where labels and verdicts agree: Cohen's kappa (1960), over all and without those that glide, hover or turning alone
decided, which it lists. A motion that has both failures agrees with either label.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from poseviewer.analysis.calibration import calibrated, seed_frames
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.diagnose import parts_of
from poseviewer.measure.verdicts.rollouts import Continued, generated, judged, seeds_of
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.models.load import load_model
from poseviewer.nets.protocols import MotionGenerator
from poseviewer.progress import finished

ROOT = Path(__file__).parents[1]
SEED, EACH, REAL, FRAMES, FPS = 1226, 10, 6, 300, 30.0
FAMILIES = ("humanoid", "penn")
GENERATORS = ("raw", "latent", "textbook")
LABELS = ("realistic", "drifting", "collapsed")
GROUND = ("glide", "hover", "turning")
_SHEET, _SIZE = (6, 2), (360, 300)


class Shown(NamedTuple):
    """A motion, where it comes from, and what it goes on from: frames begin to end of a clip; row: of its generator's
    draw, which has random numbers of its own.
    """

    motion: Continued
    source: str
    family: str
    begin: int
    end: int
    row: int


class Family(NamedTuple):
    """Of one skeleton: real clips that calibrate, all clips by name, generators by name."""

    skeleton: Skeleton
    reference: list[Clip]
    clips: dict[str, Clip]
    generators: dict[str, MotionGenerator]


def families(paths: Sequence[Path]) -> dict[str, Family]:
    """What there is to look at."""
    made = {}
    for name, path in zip(FAMILIES, paths, strict=True):
        kinds = {
            f"{name}-generator-{kind}": ROOT / f"models/{name}-generator-{kind}.safetensors" for kind in GENERATORS
        }
        generators = {kind: load_model(file) for kind, file in kinds.items()}
        with Dataset.open(path) as dataset:
            reference, chosen = parts_of(dataset, list(generators.items()), "test")
        skeleton = next(iter(generators.values())).skeleton
        made[name] = Family(skeleton, reference, {clip.name: clip for clip in chosen}, generators)
    return made


def drawn(every: dict[str, Family]) -> list[Shown]:
    """The motions in the order in which they are looked at."""
    shown: list[Shown] = []
    for name, family in every.items():
        draw = np.random.default_rng([SEED, FAMILIES.index(name)])
        chosen = list(family.clips.values())
        dealt = seeds_of(chosen, len(chosen), max(model.context for model in family.generators.values()))
        for source in family.generators:
            mine = [dealt[k] for k in draw.choice(len(dealt), EACH, replace=False)]
            shown += _generated(family, name, source, mine)
        long = sorted(chosen, key=len)[-max(REAL, len(chosen) // 3) :]
        for row, k in enumerate(draw.choice(len(long), REAL, replace=False)):
            shown.append(_real(name, long[k], seed_frames(len(long[k])), row))
    return [shown[k] for k in np.random.default_rng(SEED).permutation(len(shown))]


def listed(every: dict[str, Family], path: Path) -> list[Shown]:
    """The motions of a list, in its order."""
    with path.open() as file:
        rows = list(csv.DictReader(file))
    made: dict[int, Shown] = {}
    for name, family in every.items():
        for source in {row["source"] for row in rows if row["family"] == name}:
            mine = sorted((row for row in rows if (row["family"], row["source"]) == (name, source)),
                          key=lambda row: int(row["row"]))  # fmt: skip
            seeds = [(family.clips[row["clip"]], int(row["begin"]), int(row["end"])) for row in mine]
            if source == "real":
                shown = [_real(name, clip, end, k) for k, (clip, _, end) in enumerate(seeds)]
            else:
                shown = _generated(family, name, source, seeds)
            made.update({int(row["number"]): one for row, one in zip(mine, shown, strict=True)})
    return [made[number] for number in sorted(made)]


def _generated(family: Family, name: str, source: str, seeds: Sequence[tuple[Clip, int, int]]) -> list[Shown]:
    made = finished(generated(family.generators[source], seeds, FRAMES, 1))
    return [Shown(motion, source, name, begin, end, row)
            for row, (motion, (_, begin, end)) in enumerate(zip(made, seeds, strict=True))]  # fmt: skip


def _real(name: str, clip: Clip, cut: int, row: int) -> Shown:
    made = Continued(clip.name, clip.action, clip.positions[:cut], clip.positions[cut : cut + FRAMES])
    return Shown(made, "real", name, 0, cut, row)


def wrote_list(shown: Sequence[Shown], path: Path) -> None:
    """Which motion has which number."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("number", "family", "source", "clip", "begin", "end", "row"))
        for number, one in enumerate(shown, 1):
            rows.writerow((number, one.family, one.source, one.motion.clip, one.begin, one.end, one.row))


def films(shown: Sequence[Shown], folder: Path, every: dict[str, Family]) -> None:
    """Films and sheets by number."""
    from PIL import Image

    from poseviewer.cli import main as command

    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(shown, 1):
        motion = one.motion
        with TemporaryDirectory() as kept:
            at = Path(kept) / f"motion {number}.npz"
            skeleton = every[one.family].skeleton
            poses = np.concatenate([motion.seed, motion.poses]).astype(np.float32)
            np.savez(at, positions=poses, fps=FPS, joints=list(skeleton.joints), edges=skeleton.edges,
                     seed_frames=len(motion.seed))  # fmt: skip
            film = folder / f"{number:02}.mp4"
            command(["export", str(at), "-o", str(film), "--size", f"{_SIZE[0]}x{_SIZE[1]}"])
        sheet = Image.fromarray(np.concatenate(list(_rows(film, len(motion.seed) - 1))))
        sheet.save(folder / f"{number:02}.png")


def _rows(film: Path, first: int) -> Iterator[np.ndarray]:
    import av

    with av.open(str(film)) as video:
        pictures = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    places = np.linspace(min(first, len(pictures) - 1), len(pictures) - 1, _SHEET[0] * _SHEET[1]).round().astype(int)
    for row in places.reshape(_SHEET[::-1]):
        yield np.concatenate([pictures[k] for k in row], axis=1)


def scored(shown: Sequence[Shown], every: dict[str, Family], labels: dict[int, str]) -> dict[str, Any]:
    """Where labels and verdicts agree, by number and in sum."""
    rows: list[dict[str, Any]] = []
    for name, family in every.items():
        numbers = [k for k, one in enumerate(shown, 1) if one.family == name]
        positions = [clip.positions for clip in family.reference]
        calibration = finished(calibrated(positions, family.skeleton, FPS))
        told = finished(judged(calibration, [shown[k - 1].motion for k in numbers]))
        for k, verdict in zip(numbers, told.verdicts, strict=True):
            signs = [finding.sign.name for finding in verdict.findings]
            word = {"unlike": "realistic", "not yet judged": "realistic"}.get(verdict.word, verdict.word)
            if word == "both":
                word = labels[k] if labels[k] != "realistic" else "drifting"
            rows.append({"number": k, "source": shown[k - 1].source, "clip": shown[k - 1].motion.clip,
                         "label": labels[k], "verdict": word, "signs": signs})  # fmt: skip
    rows.sort(key=lambda row: row["number"])
    ground = [row for row in rows if row["signs"] and set(row["signs"]) <= set(GROUND)]
    rest = [row for row in rows if row not in ground]
    return {
        "motions": rows,
        "by_ground_alone": [row["number"] for row in ground],
        "kappa_of_all": kappa([row["label"] for row in rows], [row["verdict"] for row in rows]),
        "kappa": kappa([row["label"] for row in rest], [row["verdict"] for row in rest]),
        "table": {label: {word: sum(r["label"] == label and r["verdict"] == word for r in rest) for word in LABELS}
                  for label in LABELS},
    }  # fmt: skip


def kappa(labels: Sequence[str], verdicts: Sequence[str]) -> float:
    """Agreement beyond chance (Cohen, 1960)."""
    one, other = np.array(labels), np.array(verdicts)
    chance = sum((one == label).mean() * (other == label).mean() for label in LABELS)
    return round(float(((one == other).mean() - chance) / (1.0 - chance)), 3)


def labelled(path: Path) -> dict[int, str]:
    """Labels by number, as somebody wrote them."""
    with path.open() as file:
        labels = {int(row["number"]): row["label"] for row in csv.DictReader(file)}
    if wrong := [number for number, label in labels.items() if label not in LABELS]:
        raise SystemExit(f"{path}, number {wrong[0]}: {labels[wrong[0]]!r} is no label; write {', '.join(LABELS)}")
    return labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("draw", "score"))
    parser.add_argument("--data", nargs=2, type=Path, required=True, metavar=("CMU.h5", "PENN.h5"))
    parser.add_argument("-o", "--out", type=Path, default=Path("blind"))
    parser.add_argument("--labels", type=Path, default=ROOT / "docs/blind/labels.csv")
    given = parser.parse_args()
    if given.what == "draw" and (given.out / "motions.csv").exists():
        raise SystemExit(f"{given.out / 'motions.csv'} is there already, and labels would lose it; name another folder")
    labels = {} if given.what == "draw" else labelled(given.labels)
    every = families(given.data)
    if given.what == "draw":
        shown = drawn(every)
        films(shown, given.out, every)
        return wrote_list(shown, given.out / "motions.csv")
    shown = listed(every, given.labels.with_name("motions.csv"))
    if set(labels) != set(range(1, len(shown) + 1)):
        raise SystemExit(f"{given.labels}: not every motion of the list beside it has a label")
    print(json.dumps(scored(shown, every, labels), indent=1))


if __name__ == "__main__":
    main()
