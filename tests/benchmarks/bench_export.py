"""How fast films are made without a display: `python tests/benchmarks/bench_export.py`.

Prints a table: each row is a command line, run RUNS times in a fresh process; figures are medians. "drawing" leaves
start-up out, "all" counts from the start of the process to its end.
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

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
GENERATOR = ROOT / "models" / "humanoid-generator-latent.safetensors"
ROWS = {
    "walk, 10 s, mp4": ["--clip", "walk", "--seconds", "10", "-o", "a.mp4"],
    "with skins": ["--clip", "walk", "--seconds", "10", "--skins", "-o", "a.mp4"],
    "webm": ["--clip", "walk", "--seconds", "10", "-o", "a.webm"],
    "gif, 640x360": ["--clip", "walk", "--seconds", "4", "--size", "640x360", "-o", "a.gif"],
    "50 generated frames": ["--clip", "walk", "--model", str(GENERATOR), "--generate", "50", "-o", "a.mp4"],
}


def measured(arguments: list[str]) -> tuple[int, float, float, float]:
    """Frames, frames a second while drawing and in all, megabytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        demo = str(ROOT / "resources" / "demo.h5")
        command = [sys.executable, "-m", "poseviewer", "export", demo, *arguments, "--json"]
        environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        environment["PYTHONPATH"] = str(ROOT)
        began = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
        seconds = time.perf_counter() - began
        report = json.loads(done.stdout)
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
        return report["frames"], report["frames_per_second"], report["frames"] / seconds, size


def main() -> None:
    print(f"{'export, 1280x720 unless said otherwise':40} {'frames':>7} {'drawing':>9} {'all':>9}   frames/s, and MB")
    for name, arguments in ROWS.items():
        runs = [measured(arguments) for _ in range(RUNS)]
        drawing, everything = (statistics.median(run[k] for run in runs) for k in (1, 2))
        print(f"{name:40} {runs[0][0]:7} {drawing:9.1f} {everything:9.1f}   {runs[0][3]:.2f}", flush=True)


if __name__ == "__main__":
    main()
