"""`poseviewer export`: a clip, and what a model makes of it, drawn or written."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.cli.asked import (
    add_force,
    add_json,
    add_out,
    add_reading,
    count,
    fields_given,
    opened,
    positive,
    reading,
    require,
    require_model,
)
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import FILMS, FORMATS, FilmFormat, require_possible
from poseviewer.export.limits import LARGEST, LONGEST, SMALLEST
from poseviewer.text import counted, printable

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench

ABOUT = "a clip, or what a model makes of it -> film, pictures, BVH, arrays"

_GENERATED = 50  # frames that a model adds where no number is given
_DRAWN = {
    "labels": "the numbers beside the feet",
    "captions": "the words in the upper left corner, and the scale",
    "legend": "what the colours mean",
    "trails": "the trails of pinned joints and other samples",
    "truth": "the clip's own frames beside generated ones",
    "ground": "ground and shadows",
}
"""What is drawn beside the figure unless it is left out."""


def understand(parser: ArgumentParser) -> None:
    parser.description = "Draw a clip, or a clip with what a model makes of it, without a window; or write it as data."
    parser.epilog = (
        "examples:\n"
        "  poseviewer export walks.bvh -o walk.mp4 --seconds 10\n"
        "  poseviewer export walks.bvh -o guess.gif --model generator.safetensors --generate 50\n"
        "  poseviewer export walks.bvh -o both.mp4 --model one.safetensors --model-b other.safetensors --verdict\n"
        "  poseviewer export walks.bvh -o paper.png --model one.safetensors --montage 0,5,15,30,50 --theme light\n"
        "  poseviewer export walks.bvh -o figure.png --frames 30:31 --transparent --no-captions --no-legend\n\n"
        f"several {' '.join(s for s, film in FILMS.items() if film.numbered)} pictures become a folder of numbered ones"
        f"{''.join(f'; a {film.name} has {film.note}' for film in FILMS.values() if film.note)}"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a dataset or a motion file")
    add_out(parser, "OUT", f"ends in one of {' '.join(FORMATS)}")
    replaced = "films, pictures and exports are replaced anyway"
    add_force(parser, f"replace a motion file that is no export of poseviewer; {replaced}")
    parser.add_argument("--clip", metavar="NAME", help="which clip of the file; the first one by default")
    parser.add_argument("--size", type=_size, metavar="WxH", help=_sizes())
    parser.add_argument("--frames", type=_range, default=(None, None), metavar="A:B", help="frames A to B-1, from 0")
    parts = "motion: seed and rollout, or the clip where there is none (default); the rollout alone; the clip alone"
    parser.add_argument("--part", choices=("motion", "generated", "clip"), default="motion", help=parts)
    lasts = f"how long, at most {LONGEST:g}; a looping clip is carried on"
    parser.add_argument("--seconds", type=positive, metavar="S", help=lasts)
    most = ", ".join(f"{film.fastest:g} of {film.suffix}" for film in FILMS.values())
    rate = f"pictures a second, at most {most}; as the motion by default; frames a second of motion as data"
    parser.add_argument("--fps", type=positive, metavar="N", help=rate)
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    edges = {"hard": " (hard edges)", "full": ""}
    through = ", ".join(f"{film.suffix}{edges[film.alpha]}" for film in FILMS.values() if film.alpha in edges)
    parser.add_argument("--transparent", action="store_true", help=f"no background: {through}")
    parser.add_argument("--skins", action=BooleanOptionalAction, help="earlier poses, fading; with --model by default")
    for name, what in _DRAWN.items():
        parser.add_argument(f"--no-{name}", action="store_false", dest=name, help=f"leave out {what}")
    goes_on = "a generator that goes on from the clip: a checkpoint, or an installed model's name"
    parser.add_argument("--model", type=Path, metavar="CKPT", help=goes_on)
    beside = "another one, which goes on from the same frames beside the first"
    parser.add_argument("--model-b", type=Path, metavar="CKPT", help=beside)
    about = "A and B on one spot, where they stand side by side otherwise"
    parser.add_argument("--one-spot", action="store_const", const="one spot", dest="placement", help=about)
    parser.set_defaults(placement="side by side")
    parser.add_argument("--generate", type=count, metavar="N", help="how many frames they add; 50 by default")
    about = "these frames after the seed side by side, 0 what the network sees, a row a model: a film, or a .png strip"
    parser.add_argument("--montage", type=_frames, metavar="0,5,15,30,50", help=about)
    about = "the noise of a model that is stochastic: 0 by default, another number is another rollout"
    parser.add_argument("--number", type=_number, default=0, metavar="N", help=about)
    only = "it is given only the first K frames of the clip; without --model: the clip was generated from there on"
    parser.add_argument("--seed-frames", type=count, metavar="K", help=only)
    about = "say on the picture what a generated frame is (realistic, drifting, collapsed), since when and why"
    parser.add_argument("--verdict", action="store_true", help=about)
    about = "real motion to judge by; the model's own calibration, or FILE, by default"
    parser.add_argument("--reference", type=Path, metavar="REAL.h5", help=about)
    add_reading(parser, fps=False)
    add_json(parser)


def run(given: Namespace) -> None:
    """Draw or write a clip, and what a model makes of it."""
    began = time.monotonic()
    from poseviewer.render.platform import prepare

    prepare()
    from poseviewer.cli.progress import finish
    from poseviewer.export import export_clip, require_target
    from poseviewer.export.options import Options

    options = Options(**fields_given(given, Options))
    _require_model(given)
    if given.seed_frames is not None and given.model is None and not given.verdict:
        cause = "no model is named that a seed could be given to"
        raise PoseviewerError("--seed-frames", "", cause, "add --model CKPT")
    if given.reference is not None:
        if not given.verdict:
            raise PoseviewerError("--reference", "", "it is there to judge by", "add --verdict")
        require(given.reference)
    require(given.file)
    # before the file is read and frames are generated, which takes its time
    read = [path for path in (given.file, given.model, given.model_b, given.reference) if path is not None]
    require_target(given.out, read, force=given.force)
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
    text = f"{written} ({counted(last.total, 'frame')}{rate}){semicolon}{lost}"
    print(json.dumps(told, ensure_ascii=False) if given.json else printable(text, len(text)))


def _require_model(given: Namespace) -> None:
    """Raise PoseviewerError where something is asked for that needs a model, or more frames than are generated."""
    montage, drawn = given.montage, given.out.suffix.lower() in FILMS
    asked = (("--generate", given.generate), ("--model-b", given.model_b), ("--montage", montage))
    for name, value in asked:
        if value is not None and given.model is None:
            raise PoseviewerError(name, "", "no model is named to generate with", "add --model CKPT")
        if value is not None and name != "--generate" and given.out.suffix.lower() in FORMATS and not drawn:
            cause = f"a {given.out.suffix} file holds one motion"
            cure = "write each model's by itself" if name == "--model-b" else f"give one of {' '.join(FILMS)}"
            raise PoseviewerError(name, "", cause, cure)
    if montage is not None and given.generate is not None and montage[-1] > given.generate:
        cause = f"+{montage[-1]} lies beyond the {given.generate} generated frames"
        raise PoseviewerError("--montage", "", cause, f"give --generate {montage[-1]} or more, or leave it out")
    if montage is not None and given.generate is None:
        given.generate = max(1, montage[-1])


def _bench(given: Namespace) -> Bench:
    """The bench that the arguments describe, with its generated frames."""
    from poseviewer.bench.look import Look
    from poseviewer.bench.planes import side_sentence
    from poseviewer.bench.unattended import generated, judged, laid_out
    from poseviewer.cli.progress import finish

    dataset = opened(given.file, reading(given, fps=False))
    index = dataset.find(given.clip) if given.clip is not None else 0
    generator, other = (None if path is None else _generator(path) for path in (given.model, given.model_b))
    if given.skins is None:
        given.skins = generator is not None
    bench = laid_out(dataset, index, generator, given.seed_frames, other, **fields_given(given, Look))
    for lane in bench.lanes:
        bench.put(replace(lane, number=given.number))
    if generator is not None:
        finish(generated(bench, given.generate or _GENERATED), "generate")
        notes = (lane.rollout.note for lane in bench.lanes if lane.rollout is not None)
        for sentence in dict.fromkeys(filter(None, (*notes, side_sentence(bench)))):
            print(f"poseviewer: {sentence}", file=sys.stderr)
    if given.verdict:
        reference = dataset if given.reference is None else opened(given.reference)
        finish(judged(bench, reference if given.reference is not None or len(dataset) > 1 else None), "judge")
    return bench


def _generator(path: Path) -> Any:
    from poseviewer.nets.models.guarded import kind_of
    from poseviewer.nets.models.load import load_model

    require_model(path)
    model = load_model(path)
    if kind_of(model) != "generator":
        cause = "it is no generator and cannot go on from a clip"
        raise PoseviewerError(path, "", cause, "name a generator with --model")
    return model


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) < 10):
        raise ArgumentTypeError(f"{text!r} is no number; give one from 0 to 999999999")
    return int(text)


def _sizes() -> str:
    usual = [f"{'x'.join(map(str, FilmFormat.size))} by default"]
    usual += [f"{'x'.join(map(str, film.size))} of {s}" for s, film in FILMS.items() if film.size != FilmFormat.size]
    return f"pixels, {SMALLEST} to {LARGEST} a side; {', '.join(usual)}"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is no size; give one like 1280x720")
    from poseviewer.export.options import Options

    size = int(width), int(height)
    try:
        Options(size)
    except PoseviewerError as error:
        raise ArgumentTypeError(f"{error.cause}; {error.cure}") from error
    return size


def _frames(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.strip().isdecimal() and len(word) < 9 for word in words):
        raise ArgumentTypeError(f"{text!r} is no row of frames; give one like 0,5,15,30,50")
    from poseviewer.export.options import Options

    frames = tuple(map(int, words))
    try:
        Options(montage=frames)
    except PoseviewerError as error:
        raise ArgumentTypeError(f"{error.cause}; {error.cure}") from error
    return frames


def _range(text: str) -> tuple[int | None, int | None]:
    first, colon, last = text.partition(":")
    if not colon or not all(part == "" or part.isdecimal() for part in (first, last)):
        raise ArgumentTypeError(f"{text!r} is no range; give one like 0:90, 30: or :90")
    return (int(first) if first else None), (int(last) if last else None)
