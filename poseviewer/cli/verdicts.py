"""What verdicts found, as tables: the rows of all models and controls one below the other."""

from __future__ import annotations

from typing import Any

_NONE = "-"
_ASKED = ("data", "horizon", "split", "seeds", "seed_clips", "reference_clips")


def diagnosis_tables(told: dict[str, Any]) -> dict[str, Any]:
    """The figures of models and controls, by what is asked, as `facts.as_text` shows them."""
    rows = {row["name"]: row for row in (*told["models"], *told["controls"])}
    judged = {name: row for name, row in rows.items() if row["survival"]}
    made: dict[str, Any] = {key: told[key] for key in _ASKED if key in told}
    for action in sorted({action for row in judged.values() for action in row["survival"]["by_action"]}):
        made[f"still realistic, {action}"] = {
            name: _shares(row["survival"]["by_action"][action])
            for name, row in judged.items()
            if action in row["survival"]["by_action"]
        }
    for title, key in (("still realistic", None), ("without drift", "drift"), ("without collapse", "collapse")):
        made[title] = {name: _shares(row["survival"] if key is None else row["survival"][key])
                       for name, row in judged.items()}  # fmt: skip
    carried = {name: {"the last known share is, without": ", ".join(f"{c} {s:g}" for c, s in found.items())}
               for name, row in judged.items() if (found := row["survival"]["carried_by"])}  # fmt: skip
    if carried:
        made["carried by one clip"] = carried
    carried = {name: {"the area is, without": ", ".join(f"{c} {s:g}" for c, s in found.items())}
               for name, row in judged.items() if (found := row["two_sample_carried_by"])}  # fmt: skip
    if carried:
        made["told from real, carried by one clip"] = carried
    made["first failure"] = {
        name: {
            "median": _NONE if row["first_failure"]["median"] is None else f"+{row['first_failure']['median']}",
            "failed": row["first_failure"]["failed"],
            "by": ", ".join(f"{sign} {share:.2f}" for sign, share in list(row["first_failure"]["signs"].items())[:4]),
        }
        for name, row in judged.items()
    }
    made["variety beside real clips"] = {
        name: {
            **{f"seeds +{frame}": _cell(v) for frame, v in _late(row["variety"], "between_seeds")},
            **{f"samples +{frame}": _cell(v) for frame, v in _late(row["variety"], "between_samples")},
            "turning": _cell(row["variety"]["turning"]),
        }
        for name, row in judged.items()
    }
    made["ends beside real clips that begin alike"] = {
        name: _ends(row["variety"]["seeds"], row["variety"]["samples"]) for name, row in judged.items()
    }
    kept = {name: row["actions"] for name, row in judged.items() if row["actions"]}
    if kept:
        made["the seed's action is kept in the end"] = {name: shown["by_action"] for name, shown in kept.items()}
        made["the seed's action is kept"] = {
            name: {f"+{frame}": v for frame, v in zip(shown["frames"], shown["kept"], strict=True) if v is not None}
            for name, shown in kept.items()
        }
        made["actions in the end"] = {name: dict(list(shown["ends"].items())[:4]) for name, shown in kept.items()}
    made["spectra"] = {name: {k: _cell(v) for k, v in row["spectra"].items()} for name, row in judged.items()}
    made["told from real by a forest"] = {
        name: {"auc": _cell(row["two_sample_auc"]), "interval": _interval(row["two_sample_interval"]),
               "frechet": _cell(row["frechet"])}
        for name, row in judged.items()
    }
    for row in told["models"]:
        made[f"signs, {row['name']}"] = {
            sign: {key: _cell(value) for key, value in figures.items() if key not in ("title", "side")}
            for sign, figures in row["statistics"].items()
        }
    lacking = {row["name"]: {"not judged": row["reason"]} for row in told["controls"] if not row["survival"]}
    return {**made, "left out": lacking} if lacking else made


def _ends(seeds: dict[str, Any] | None, samples: dict[str, Any] | None) -> dict[str, Any]:
    """Of different seeds' rollouts at the last frame: whether they are alike, and each variance as a share of real."""
    told: dict[str, Any] = {}
    if seeds is not None:
        told = {"alike": "yes" if seeds["found"][-1] else "no", "p": _cell(seeds["p"][-1])}
        told["doing"] = _cell(seeds["doing"])
        told.update({name: _cell(row[-1]) for name, row in seeds["ratios"].items()})
    return {**told, "seeds whose samples are alike": _NONE if samples is None else samples["alike"]}


def left_out_tables(told: dict[str, Any]) -> dict[str, Any]:
    """A row an action that was left out of calibration, and one of the others that were judged beside it."""
    made: dict[str, Any] = {"left out": {}, "failures in them, area": {}, "the others": {}}
    for action, row in told["left_out"].items():
        made["left out"][action] = {
            "clips": row["clips"], "realistic or unlike": row["fine"], "interval": _interval(row["fine_interval"]),
            **row["words"],
        }  # fmt: skip
        made["failures in them, area"][action] = row["auc"]
    for action, row in told["held_out"].items():
        made["the others"][f"beside {action}"] = {
            "clips": row["clips"], "unlike": row["unlike"], "interval": _interval(row["unlike_interval"]),
        }  # fmt: skip
    return {**made, **{key: told[key] for key in ("data",) if key in told}}


def motion_tables(told: dict[str, Any]) -> dict[str, Any]:
    """A row a clip."""
    return {
        "verdicts": {
            row["name"]: {key: _cell(row[key]) for key in ("verdict", "onset", "statistic", "value", "reason")}
            for row in told["clips"]
        }
    }


def _shares(table: dict[str, Any]) -> dict[str, str]:
    cells = zip(table["frames"], table["share"], table["low"], table["high"], strict=True)
    return {
        f"+{frame}": _NONE if share is None else f"{share:.2f} ({low:.2f}-{high:.2f})"
        for frame, share, low, high in cells
    }


def _late(variety: dict[str, Any], key: str) -> list[tuple[int, float | None]]:
    found = list(zip(variety["frames"], variety[key], strict=True))
    return found[1::2] + found[-1:]


def _cell(value: Any) -> Any:
    return _NONE if value is None or value == "" else value


def _interval(ends: list[float] | None) -> str:
    return _NONE if ends is None else f"{ends[0]:g} to {ends[1]:g}"
