"""Seconds from the start of the process to the first painted window, to the demo moving, to map and generator ready.

    xvfb-run -a -s "-screen 0 1600x1000x24" python tests/benchmarks/bench_window.py [RUNS]

One start is not counted: it fills the disk cache. The median of the others is what counts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAGES = {"first_paint": "first window painted", "moving": "demo moving", "ready": "map and generator ready"}


def start_once(folder: str) -> dict[str, float]:
    """The seconds of one start."""
    environment = {**os.environ, "POSEVIEWER_SETTINGS": str(Path(folder) / "settings.ini")}
    environment["POSEVIEWER_STARTED"] = str(time.time())
    command = [sys.executable, "-m", "tests.views.driving.real_window", "start"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])["times"]
    return times


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        start_once(folder)
        rows = [start_once(folder) for _ in range(runs)]
    print(f"start of the window, seconds, {runs} runs, load {os.getloadavg()[0]:.1f}")
    for key, name in STAGES.items():
        values = [row[key] for row in rows]
        print(f"{name:26s} median {statistics.median(values):5.2f}   {min(values):5.2f} to {max(values):5.2f}")


if __name__ == "__main__":
    main()
