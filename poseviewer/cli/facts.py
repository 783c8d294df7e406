"""What `info` tells of a dataset or a model, and how facts and figures stand on the screen."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from poseviewer.motion.actions import counted_together
from poseviewer.text import counted

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.checkpoints.checkpoint import Card
    from poseviewer.nets.models.foreign import ForeignCard

_NAMES_SHOWN = 20


def motion_facts(dataset: Dataset) -> dict[str, Any]:
    infos = list(dataset.infos)
    rates = {info.fps for info in infos}
    per_skeleton = Counter(info.skeleton for info in infos)
    skeletons = [
        {"name": s.name, "joints": list(s.joints), "dims": s.dims, "clips": per_skeleton[k]}
        for k, s in enumerate(dataset.skeletons)
    ]
    return {
        "kind": "dataset",
        "clips": len(infos),
        "frames": dataset.frames,
        "joints": max((len(s.joints) for s in dataset.skeletons), default=0),
        "fps": rates.pop() if len(rates) == 1 else None,
        "fps_known": all(info.fps_known for info in infos),
        "skeletons": skeletons,
        "actions": _counted(info.action for info in infos),
        "splits": _counted(info.split for info in infos),
        "names": [info.name for info in infos],
        "licence": dataset.licence,
        "provenance": dataset.provenance,
    }


def _counted(labels: Any) -> dict[str, int]:
    return dict(sorted(Counter(label for label in labels if label).items()))


def model_facts(card: Card) -> dict[str, Any]:
    """What the checkpoint says of itself; config: its network's sizes, generation: how a generator draws."""
    config = card.document.get("config")
    return {
        "kind": card.kind,
        "architecture": card.architecture,
        "config": dict(config) if isinstance(config, dict) else {},
        "skeleton": card.skeleton.name,
        "joints": len(card.skeleton.joints),
        "fps": card.fps,
        "classes": list(card.classes),
        "latent": card.latent,
        "representation": card.representation,
        "context": card.context,
        "stochastic": card.stochastic if card.kind == "generator" else None,
        "generation": dict(card.document.get("generation", {})),
        "parameters": card.parameters,
        "embedding_id": card.embedding_id,
        "trained_on": dict(card.trained_on),
        "metrics": dict(card.metrics),
    }


def foreign_facts(card: ForeignCard) -> dict[str, Any]:
    return {
        "kind": card.kind,
        "package": card.package,
        "entry_point": card.entry_point,
        "skeleton": card.skeleton.name,
        "joints": len(card.skeleton.joints),
        "fps": card.fps,
        "latent": card.latent,
        "context": card.context,
        "stochastic": card.stochastic if card.kind == "generator" else None,
        "window": card.window,
        "classes": None if card.classes is None else list(card.classes),
        "embedding_id": card.embedding_id,
    }


def report(told: dict[str, Any], as_json: bool) -> None:
    """Print facts: as JSON in one line, or one a line."""
    print(json.dumps(told, ensure_ascii=False) if as_json else as_text(told))


def as_text(told: dict[str, Any]) -> str:
    """One line a fact; facts of facts stand below, moved in, those of several things as a table; a licence of several
    lines stands at the end.

    Actions and classes stand there by their names, those of one name together.
    """
    lines, below = [], ""
    for key, value in told.items():
        if key == "licence" and "\n" in value:
            value, below = f"{value.strip().partition(chr(10))[0][:60]}\N{HORIZONTAL ELLIPSIS}", f"\n\n{value.strip()}"
        if key == "skeletons":
            value = "; ".join(
                f"{s['name']} ({counted(len(s['joints']), 'joint')}, {s['dims']}D, {counted(s['clips'], 'clip')})"
                for s in value
            )
        if key == "actions":
            value = counted_together(value.items())
        if key == "classes" and value:
            value = list(counted_together((label, 1) for label in value))
        if key == "trained_on" and value:
            lines += [key, *(f"  {name:17}{_as_words(fact)}" for name, fact in value.items() if fact not in ("", []))]
        elif value and isinstance(value, dict) and all(isinstance(row, dict) for row in value.values()):
            lines += [key, *_table(value)]
        elif value not in ("", None, [], {}):
            lines.append(f"{key:18} {_as_words(value)}")
    return "\n".join(lines) + below


def _table(rows: dict[str, dict[str, Any]]) -> list[str]:
    """Facts of several things as a table, moved in: a row each, a column for what any of them has."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    cells = [["", *columns]] + [[name, *(_as_words(row.get(column, "")) for column in columns)]
                                for name, row in rows.items()]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]


def _as_words(value: Any) -> str:
    """A fact in one line; long lists are cut, with how many more there are."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_as_words(fact)}" for name, fact in value.items())
    if isinstance(value, list):
        more = f", and {len(value) - _NAMES_SHOWN} more" if len(value) > _NAMES_SHOWN else ""
        return ", ".join(map(_as_words, value[:_NAMES_SHOWN])) + more
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
