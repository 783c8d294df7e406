"""Do the tests notice when a line of the program is wrong? `python -m tests.mutation`

Draws one-line faults over all rooms (faults.py), takes those of fixed.toml besides, and tries each in a copy of the
checkout: the tests that execute its line run, the fastest file first, and stop at the first failure. A folder holds the
copy, the map of which test executes which line (made once, test folder by test folder) and results.jsonl; the same
command goes on where it was broken off. A fault survives where no test fails, or none executes its line.
equivalent.toml says of which faults nobody could notice anything, and why.

    --work .mutation           that folder; remove it to begin anew, with the checkout as it then is
    --seed 11 --count 120      the draw;  --count 0: the fixed list alone
    --rooms motion,data        draw from these alone
    --again                    try the survivors once more, with the tests as they now are in the checkout
    --report                   the summary, and nothing else
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.mutation.faults import ROOMS, Fault, draw, room, sources
from tests.mutation.listed import equivalent, fixed
from tests.mutation.program import Map, Program

ROOT = Path(__file__).resolve().parents[2]
SLOW = {"tests/views/test_matrix.py", "tests/views/test_monkey.py", "tests/views/window/test_leaving.py"}
"""Minutes each, in processes of their own, whose lines nobody counts."""
SECONDS = 150.0  # of tests, a fault; what is left over is counted in the result


def copy(work: Path) -> Path:
    """The checkout as it stands, what is not committed included, and no more than git would keep."""
    tree = work / "tree"
    if not tree.exists():
        names = _git("ls-files", "--cached", "--others", "--exclude-standard")
        for name in names:
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        (work / "commit").write_text(_git("rev-parse", "HEAD")[0])
        compiled = [sys.executable, "-m", "compileall", "-q", "poseviewer", "tests"]
        subprocess.run(compiled, cwd=tree, check=True)
    return tree


def refresh(tree: Path) -> None:
    """The checkout's tests in place of the copy's."""
    shutil.rmtree(tree / "tests")
    for name in _git("ls-files", "--cached", "--others", "--exclude-standard", "tests"):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def _git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def pytest(tree: Path, names: list[str], seconds: float, **more: str) -> tuple[int | None, str]:
    """Its exit status (None: it ran out of time) and what it printed."""
    given = dict(os.environ, PYTHONPATH=str(tree), OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1", **more)
    own = ["-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-p", "tests.mutation.plugin"]
    process = subprocess.Popen(
        [sys.executable, *own, *names], cwd=tree, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        told, _ = process.communicate(timeout=seconds)
        return process.returncode, told
    except subprocess.TimeoutExpired:
        return None, ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what its tests have started, too
        process.communicate()


def mapped(work: Path, tree: Path, workers: int) -> Map:
    """Which test executes which line: read, or found out for the test files that have changed since."""
    known_at = work / "map.json"
    known: dict[str, dict[str, Any]] = json.loads(known_at.read_text()) if known_at.exists() else {}
    folders: dict[str, list[str]] = defaultdict(list)
    hashes: dict[str, str] = {}
    for path in sorted((tree / "tests").rglob("test_*.py")):
        name = path.relative_to(tree).as_posix()
        if name not in SLOW and not name.startswith("tests/mutation/"):
            hashes[name] = sha256(path.read_bytes()).hexdigest()
            if known.get(name, {}).get("hash") != hashes[name]:
                folders[str(Path(name).parent)].append(name)

    def trace(folder: str) -> None:
        began = time.monotonic()
        made = work / f"map.{folder.replace('/', '.')}.json"
        made.unlink(missing_ok=True)
        _, told = pytest(tree, folders[folder], 1800.0, MUTATION_MAP=str(made))
        last = told.strip().splitlines()[-1:] or ["ran out of time"]
        print(f"mapped {folder} in {time.monotonic() - began:.0f} s: {last[0]}", flush=True)
        if made.exists():
            found = json.loads(made.read_text())
            for name in folders[folder]:
                known[name] = {"hash": hashes[name], "tests": found.get(name, {})}
            _write(known_at, json.dumps(known))
            made.unlink()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(trace, folders))
    return {name: known[name]["tests"] for name in hashes if name in known}


def attempt(tree: Path, fault: Fault, tests: list[tuple[str, float]], scratch: Path) -> dict[str, Any]:
    """What becomes of a fault: {"fate": killed, survived or uncovered, "by": the test, "seconds", "untried"}."""
    if not tests:
        return {"fate": "uncovered"}
    chosen: list[str] = []
    spent = 0.0
    for test, seconds in tests:
        if chosen and spent + seconds > SECONDS:
            break
        chosen.append(test)
        spent += seconds
    scratch.write_text("\n".join(chosen), encoding="utf-8")
    names = list(dict.fromkeys(test.partition("::")[0] for test in chosen))
    path = tree / fault.file
    source, times = path.read_bytes(), (path.stat().st_atime, path.stat().st_mtime)
    began = time.monotonic()
    try:
        path.write_text(fault.planted(source.decode()), encoding="utf-8")
        os.utime(path, (times[0], times[1] + 5.0))  # compiled anew, even within the same second
        status, told = pytest(tree, [*names, "-x"], 120.0 + 4.0 * spent, MUTATION_TESTS=str(scratch))
    finally:
        path.write_bytes(source)
        os.utime(path, times)
    result = {"seconds": round(time.monotonic() - began, 1), "ran": len(chosen), "untried": len(tests) - len(chosen)}
    if status == 0:
        return {"fate": "survived", **result}
    if status is None:
        return {"fate": "killed", "by": "it does not end", **result}
    failed = next((line for line in told.splitlines() if line.startswith(("FAILED ", "ERROR "))), "")
    by = max((test for test in chosen if test in failed), key=len, default="")
    if not by:  # the tests cannot be imported, or Python is brought down
        return {"fate": "killed", "by": failed or (told.strip().splitlines() or ["it crashed"])[-1][:200], **result}
    # a test that also fails without the fault, where its file's others or much load come before it, tells nothing
    file = by.partition("::")[0]
    scratch.write_text("\n".join(t for t in chosen[: chosen.index(by) + 1] if t.startswith(file)), encoding="utf-8")
    if pytest(tree, [file, "-x"], 600.0, MUTATION_TESTS=str(scratch))[0] != 0:
        rest = [(test, seconds) for test, seconds in tests if test != by]
        return attempt(tree, fault, rest, scratch)
    return {"fate": "killed", "by": by, **result}


def report(results: list[dict[str, Any]], excused: set[tuple[str, str, str]]) -> None:
    """A line a room, and every survivor."""
    for title, wanted in (("drawn", False), ("fixed", True)):
        rooms: dict[str, Counter[str]] = defaultdict(Counter)
        named: list[str] = []
        for row in results:
            if ("what" in row) is not wanted:
                continue
            same = (row["file"], row["before"], row["after"]) in excused
            fate = "equivalent" if same and row["fate"] != "killed" else row["fate"]
            rooms[room(row["file"])][fate] += 1
            if fate not in ("killed", "equivalent"):
                named.append(f"  {row['file']}:{row['line']} {fate} ({row['kind']})")
                named.append(f"    - {row['before']}\n    + {row['after']}")
        counts = sum(rooms.values(), Counter())
        if not counts:
            continue
        tried = counts.total() - counts["equivalent"]
        print(f"\n{title}: {counts['killed']} of {tried} killed ({100 * counts['killed'] / max(1, tried):.0f} %)")
        for name in (*ROOMS, "below"):
            if name in rooms:
                fates = ", ".join(f"{n} {fate}" for fate, n in sorted(rooms[name].items()))
                print(f"  {name:9} {rooms[name].total():3}: {fates}")
        print(*(["survivors:", *named] if named else []), sep="\n")


def read_results(work: Path) -> dict[str, dict[str, Any]]:
    """The last result of each fault."""
    path = work / "results.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return {row["key"]: row for row in rows}


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(".part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=ROOT / ".mutation")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--rooms", default=",".join((*ROOMS, "below")))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    work = options.work.resolve()
    excused = equivalent()
    if options.report:
        return report(list(read_results(work).values()), excused)
    work.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    tree = copy(work)
    if options.again:
        refresh(tree)
    wanted: list[tuple[Fault, dict[str, str]]] = [(fault, {"what": what}) for what, fault in fixed(tree)]
    wanted += [(fault, {}) for fault in draw(tree, options.seed, options.count, tuple(options.rooms.split(",")))]
    executed = mapped(work, tree, options.workers)
    program = Program(tree)
    trees: SimpleQueue[Path] = SimpleQueue()
    trees.put(tree)
    for number in range(1, options.workers):
        other = work / f"tree{number}"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(tree, other)
        trees.put(other)
    known = read_results(work)
    written = dict(sources(tree))

    def run(given: tuple[Fault, dict[str, str]]) -> None:
        fault, more = given
        before, after = fault.words(written[fault.file])
        key = f"{fault.file}:{fault.line} {after}"
        old = known.get(key)
        if old and not (options.again and old["fate"] != "killed"):
            return
        mine = trees.get()
        try:
            done = attempt(mine, fault, program.tests_of(fault, executed), work / f"tests.{mine.name}")
        finally:
            trees.put(mine)
        row = {"key": key, **more, **fault.as_row(), "before": before, "after": after, **done}
        with (work / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        told = f"{done['fate']:9} {done.get('seconds', 0):6.1f} s  {fault.file}:{fault.line}  {after}"
        print(f"{time.strftime('%H:%M:%S')} {told}  {done.get('by', '')}", flush=True)

    with ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(run, wanted))
    report(list(read_results(work).values()), excused)
    print(f"in {(time.monotonic() - began) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
