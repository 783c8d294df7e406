"""The words in the 3D view's corner: the frame, what it is, and the verdicts of what was generated, a line a lane."""

from __future__ import annotations

from textwrap import wrap

from poseviewer.analysis.verdict import SAID
from poseviewer.bench.bench import Bench
from poseviewer.bench.scene.moment import Moment
from poseviewer.bench.scene.placement import lanes_shown
from poseviewer.bench.verdicts import ICONS, TOKENS, Placed, placed, why_at, word_at
from poseviewer.bench.words import consequence, signed
from poseviewer.motion.actions import action_name, counted_together
from poseviewer.render.palette import Palette
from poseviewer.render.stage import Badge, Run

MARKS = {"generated_a": "\N{BLACK CIRCLE}", "generated_b": "\N{BLACK UP-POINTING TRIANGLE}"}
"""What stands for a lane beside its colour."""
_REASON = 48  # letters in a line of why something has failed: a small film is 400 px wide

Line = tuple[Run, ...]


def badge(moment: Moment, colours: Palette) -> Badge:
    """A large number and the lines beside it."""
    bench, clip = moment.bench, moment.clip
    text, quiet = colours.scenery.text, colours.scenery.text_quiet
    part = "generated" if moment.generating else moment.lead.part.name
    state, seconds = "" if bench.look.counted_from == "start" else f", {part}", bench.wrapped(moment.time)
    lines: list[Line] = [(Run(f"{clip.name}{state}, at {seconds:.2f} s", text),)]
    if bench.held is not None:
        told = "; ".join(filter(None, (consequence(bench), "Esc lets go")))
        lines = [(Run("held pose, decoded from its latent", text),), (Run(told, quiet),)]
    else:
        facts = [f"action {action_name(clip.action)}"] if clip.action and clip.action != clip.name else []
        likeliest = likeliest_class(bench)
        if likeliest is not None and not moment.generating:
            facts.append("class {}, {:.0%}".format(*likeliest).replace("%", " %"))
        if facts:  # of the whole clip; the timeline's class is of each frame
            lines.append((Run(f"clip: {', '.join(facts)}", quiet),))
        lines[1:] = _verdicts(moment, colours) or lines[1:]
    return Badge(Run(number(moment, moment.relative), text, 30, "semibold"), tuple(lines))


def likeliest_class(bench: Bench) -> tuple[str, float] | None:
    """The name of the clip's class and its probability, by the classifier at work; classes of one name are one."""
    if bench.classifier is None or bench.class_probabilities is None:
        return None
    named = counted_together(zip(bench.classifier.classes, bench.class_probabilities.tolist(), strict=True))
    best = max(named, key=lambda name: named[name])
    return best, named[best]


def number(moment: Moment, relative: int) -> str:
    """A frame's number as it is shown."""
    if moment.bench.look.counted_from == "start":
        return str(relative - moment.bench.first_frame)
    return signed(relative)


def _verdicts(moment: Moment, colours: Palette) -> list[Line]:
    """For the frame that stands there, where it was generated and is judged, icon and word; then why, if asked."""
    bench, lanes = moment.bench, lanes_shown(moment.bench)
    if not bench.look.judged or bench.look.counted_from == "start":
        return []
    if len(lanes) < 2:
        made = placed(bench, *lanes)  # the one that stands there, in focus or not
        return [] if made is None else _told(moment, made, (), colours)
    lines: list[Line] = []
    for lane in lanes:
        whose = (
            Run(f"{MARKS.get(lane.role, '')} ", colours.colour(lane.role)),
            Run(f"{lane.name}  ", colours.scenery.text, weight="semibold"),
        )
        made = placed(bench, lane)
        lines += [] if made is None else _told(moment, made, whose, colours)
    return lines


def _told(moment: Moment, made: Placed, whose: Line, colours: Palette) -> list[Line]:
    bench, text, quiet = moment.bench, colours.scenery.text, colours.scenery.text_quiet
    told = word_at(bench, made, moment.time)
    if told is None:
        return []
    word, since = told
    if word == "not yet judged":
        return [(*whose, Run(word, quiet))]
    icon = Run("", colours.colour(TOKENS[word]), icon=ICONS[word])
    said = Run(SAID[word], text, weight="semibold")
    lines: list[Line] = [(*whose, icon, said, Run(f"  {since}" if since else "", quiet))]
    if bench.look.judged == "reason":
        wrapped = [line for why in why_at(bench, made, moment.time) for line in wrap(why, _REASON)]
        lines += [(Run(line, text),) for line in wrapped]
    return lines
