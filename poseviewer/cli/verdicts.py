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
    for title, key in (("still realistic", None), ("without drift", "drift"), ("without collapse", "collapse")):
        made[title] = {name: _shares(row["survival"] if key is None else row["survival"][key])
                       for name, row in judged.items()}  # fmt: skip
    for action in sorted({action for row in judged.values() for action in row["survival"]["by_action"]}):
        made[f"still realistic, {action}"] = {
            name: _shares(row["survival"]["by_action"][action])
            for name, row in judged.items()
            if action in row["survival"]["by_action"]
        }
    carried = {name: {"the last known share is, without": ", ".join(f"{c} {s:g}" for c, s in found.items())}
               for name, row in judged.items() if (found := row["survival"]["carried_by"])}  # fmt: skip
    if carried:
        made["carried by one clip"] = carried
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
    made["spectra"] = {name: {k: _cell(v) for k, v in row["spectra"].items()} for name, row in judged.items()}
    made["told from real by a forest"] = {
        name: {"auc": _cell(row["two_sample_auc"]), "interval": _interval(row["two_sample_interval"])}
        for name, row in judged.items()
    }
    for row in told["models"]:
        made[f"signs, {row['name']}"] = {
            sign: {key: _cell(value) for key, value in figures.items() if key not in ("title", "side")}
            for sign, figures in row["statistics"].items()
        }
    lacking = {row["name"]: {"not judged": row["reason"]} for row in told["controls"] if not row["survival"]}
    return {**made, "left out": lacking} if lacking else made


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
