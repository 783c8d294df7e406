"""What opening and closing leaves behind in the real window, over and over: memory, threads, Python's objects.

    python tests/benchmarks/cycles.py [--cycles 200]

Each cycle opens a foreign rig or a 2D dataset, puts another generator to work, closes what it opened and goes to
another clip of the demo. It works on a virtual screen and in a home folder of its own. Prints JSON: megabytes of the
process after the first tenth of the cycles and at the end, threads and objects likewise, and the kinds of objects that
there are more of. The exit code is 1 where memory grew by more than 20 MB or a thread was left.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
MOST = 20.0
"""Megabytes that 200 cycles may leave behind."""
_KINDS = 12  # of objects that are told


def inside(cycles: int, folder: Path) -> dict[str, Any]:
    """Open and close in this process, whose environment has a screen and a home folder of its own."""
    from poseviewer.render.platform import prepare

    prepare()
    from poseviewer import paths
    from poseviewer.app.garbage import GuiThreadGarbage
    from tests.benchmarks.monkey import megabytes
    from tests.views.driving.matrix import started
    from tests.views.driving.things import THINGS, flat, rig
    from tests.views.driving.trouble import Trouble

    trouble = Trouble()
    at = started(THINGS["demo"], folder, trouble)
    session, hand, garbage = at.session, at.hand, at.window.findChild(GuiThreadGarbage)
    for number in (1, 2):
        (folder / f"{number}").mkdir()
    files = [flat(folder / "1")[0], rig(folder / "2")[0]]
    models = [paths.models() / f"humanoid-generator-{kind}.safetensors" for kind in ("raw", "latent", "textbook")]
    home = session.bench.datasets[0]
    began, early, told = time.monotonic(), None, []
    for cycle in range(cycles):
        if cycle == max(1, cycles // 10):
            early = measured(megabytes(garbage))
        session.open([files[cycle % len(files)]])
        hand.settle()
        opened = session.bench.datasets[-1]
        assert opened is not home
        session.use_model(models[cycle % len(models)])
        hand.settle()
        session.close_dataset(opened)
        hand.settle()
        session.select_clip(home, cycle % len(home))
        hand.settle()
        if cycle % max(1, cycles // 20) == 0:
            told.append(megabytes(garbage))
    late = measured(megabytes(garbage))
    at.window.close()
    early = early or late
    more = late["kinds"] - early["kinds"]
    return {
        "cycles": cycles,
        "seconds": round(time.monotonic() - began, 1),
        "memory": {"early": early["memory"], "late": late["memory"], "on the way": told},
        "growth": round(late["memory"] - early["memory"], 1),
        "threads": {"early": early["threads"], "late": late["threads"]},
        "objects": {"early": early["objects"], "late": late["objects"], "more": dict(more.most_common(_KINDS))},
        "warnings": trouble.warnings,
    }


def measured(memory: float) -> dict[str, Any]:
    """What there is now. memory: megabytes, after garbage was collected."""
    kinds = Counter(f"{type(made).__module__}.{type(made).__qualname__}" for made in gc.get_objects())
    threads = sorted(thread.name for thread in threading.enumerate())
    system = len(list(Path("/proc/self/task").iterdir()))
    return {"memory": memory, "threads": [*threads, system], "objects": kinds.total(), "kinds": kinds}


def main() -> None:
    parser = argparse.ArgumentParser(description="Open and close, over and over.")
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside is not None:
        print(json.dumps(inside(given.cycles, given.inside)))
        return
    from tests.views.driving.screen import environment, virtual_screen

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, virtual_screen() as display:
        command = [sys.executable, "-X", "faulthandler", __file__, "--inside", home, "--cycles", str(given.cycles)]
        done = subprocess.run(command, env=environment(display, Path(home)), cwd=home, capture_output=True, text=True)
    if done.returncode:
        print(json.dumps({"crash": done.returncode, "stderr": done.stderr[-6000:]}))
        sys.exit(1)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    print(json.dumps(told, indent=1))
    sys.exit(told["growth"] > MOST or len(told["threads"]["late"]) > len(told["threads"]["early"]))


if __name__ == "__main__":
    main()
