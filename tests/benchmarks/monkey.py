"""A monkey at the real window: random keys, clicks, drags, wheel, drops of good and bad files, by a seed.

    python tests/benchmarks/monkey.py --seconds 1800 --seed 7 [--log FILE]

It works on a virtual screen and in a home folder of its own, which goes with it. Prints JSON: actions, exceptions and
Qt's warnings with the actions before each, stalls of the GUI thread over half a second with what was running, and the
process's memory in MB: after the first tenth of the time, at the end, and of the rollouts that are kept. scikit-learn,
which learning a reference loads once and for all (90 MB), is loaded before, so that growth is what piles up.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
_BEFORE = 12
"""Actions told with each failure."""
_PASSED_ON = r"Mouse event .* not accepted by receiving widget"
"""What QTest says of a click on any widget that leaves it to the one around it."""


def inside(seconds: float, seed: int, folder: Path, log: Path | None) -> dict[str, Any]:
    """Play in this process, whose environment has a screen and a home folder of its own."""
    from poseviewer.render.platform import prepare

    prepare()
    import sklearn.cluster  # noqa: F401

    from poseviewer.app.garbage import GuiThreadGarbage
    from tests.benchmarks.monkey_hand import MonkeyHand
    from tests.views.driving.heartbeat import Heartbeat
    from tests.views.driving.matrix import started
    from tests.views.driving.things import THINGS
    from tests.views.driving.trouble import Trouble

    trouble, failures = Trouble(_PASSED_ON), []
    trouble.listen()
    at = started(THINGS["demo"], folder, trouble)
    monkey = MonkeyHand(at.hand, seed, folder)
    heartbeat = Heartbeat(at.window)
    garbage = at.window.findChild(GuiThreadGarbage)
    last: deque[str] = deque(maxlen=_BEFORE)
    began, actions, early = time.monotonic(), 0, 0.0
    written = None if log is None else log.open("w")
    while (spent := time.monotonic() - began) < seconds:
        if not early and spent > seconds / 10:
            early = megabytes(garbage)
        try:
            for words in monkey.act():
                last.append(words)
                heartbeat.doing = words
                if written is not None:
                    written.write(f"{spent:.2f} {words}\n")
                    written.flush()
        except Exception as error:
            trouble.add(error)
        actions += 1
        trouble.told.clear()  # a sentence is what a bad file deserves
        failures += [{"what": heard, "after": list(last)} for heard in trouble.take()]
    at.session.stepper.halt()
    at.hand.settle()
    heartbeat.close()
    late, kept = megabytes(garbage), at.session.keeping.nbytes / 1e6
    at.window.close()
    return {
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "actions": actions,
        "exceptions": trouble.exceptions,
        "warnings": trouble.warnings,
        "failures": failures,
        "stalls": heartbeat.stalls,
        "memory": {"early": early, "late": late, "rollouts": round(kept, 1), "growth": round(late - early - kept, 1)},
    }


def megabytes(garbage: Any) -> float:
    """What this process holds of the machine's memory, after what it does every few seconds."""
    gc.collect()
    garbage.give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * 4096 / 1e6, 1)


def play(seconds: float, seed: int, log: Path | None = None) -> dict[str, Any]:
    """Play in a process of its own; a crash of it is a failure too."""
    from tests.views.driving.screen import environment, virtual_screen

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, virtual_screen() as display:
        command = [sys.executable, "-X", "faulthandler", __file__, "--inside", home]
        command += ["--seconds", str(seconds), "--seed", str(seed)]
        written = Path(home) / "log"
        command += ["--log", str(log or written)]
        given = environment(display, Path(home))
        done = subprocess.run(command, env=given, cwd=home, capture_output=True, text=True)
        if done.returncode == 0:
            told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
            return told
        before = (log or written).read_text().splitlines()[-_BEFORE:] if (log or written).exists() else []
        told = {"seed": seed, "crash": done.returncode, "after": before}
        return told | {"stderr": done.stderr[:4000] + done.stderr[-2000:]}


def main() -> None:
    parser = argparse.ArgumentParser(description="A monkey at the real window.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--log", type=Path, help="where every action is written as it is done")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside is not None:
        print(json.dumps(inside(given.seconds, given.seed, given.inside, given.log)))
        return
    told = play(given.seconds, given.seed, given.log)
    print(json.dumps(told, indent=1))
    sys.exit(1 if told.get("crash") or told.get("failures") else 0)


if __name__ == "__main__":
    main()
