"""Many files read on all cores, by processes of our own, in the order of the files; a few are read where they are.

Each process reads one file after the other and sends its clips back. They start as plain interpreters: whoever calls
may have threads, a window or a script without a main guard. What a file does to its process costs that file alone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from poseviewer.data.reading import Reading
from poseviewer.data.sources import SourceFile, on_disk
from poseviewer.errors import Companion, PoseviewerError
from poseviewer.motion.clip import Clip

Group = Sequence[SourceFile]
"""A file, or several that are the frames of one clip."""
Clips = Iterator[Clip | None] | None
"""Those of a group, None for a frame that is read; None where nothing reads it. Each may raise PoseviewerError."""
_MANY, _MUCH = 24, 4 << 20  # files and bytes from which processes are worth their start
_LARGE = 32 << 20  # bytes; larger files are read where the clips go, one clip after the other
_AHEAD = 12 << 20  # bytes of files that may be ahead of where the clips go, two at least
_MOST = 16  # processes
_SERVE = "from poseviewer.data import readers; readers.crew.serve(readers.clips_of)"


def understood(
    groups: Iterable[Group], total: int, clips_of: Callable[[Group], Clips], suffixes: Iterable[str]
) -> Iterator[tuple[Group, Clips]]:
    """Each group with its clips. total: how many files there are; suffixes: of those that are worth a process."""
    groups = iter(groups)
    first = list(islice(groups, _MANY))
    files = [file for group in first for file in group]
    much = sum(file.size for file in files) / max(1, len(files)) * total >= _MUCH
    count = min(_cores(), _MOST)
    everything = chain(first, groups)
    if len(first) < _MANY or not much or count < 2 or any(file.path is None for file in files):
        return ((group, _now(group, clips_of)) for group in everything)
    return _ahead(everything, count, clips_of, frozenset(suffixes))


def _now(group: Group, clips_of: Callable[[Group], Clips]) -> Clips:
    try:
        return clips_of(group)
    except PoseviewerError as error:
        return _raising(error)


def _raising(error: PoseviewerError) -> Iterator[Clip]:
    raise error
    yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _ahead(
    groups: Iterable[Group], count: int, clips_of: Callable[[Group], Clips], suffixes: frozenset[str]
) -> Iterator[tuple[Group, Clips]]:
    """So many files are read ahead that no process waits."""
    crew = [_Hand() for _ in range(count)]
    idle: SimpleQueue[_Hand] = SimpleQueue()
    for hand in crew:
        idle.put(hand)

    def read(file: SourceFile) -> Clips:
        hand = idle.get()
        try:
            return hand.read(file)
        finally:
            idle.put(hand)

    waiting: deque[tuple[Group, Future[Clips] | None]] = deque()
    ahead = 0

    def taken() -> tuple[Group, Clips]:
        group, made = waiting.popleft()
        return group, _now(group, clips_of) if made is None else made.result()

    pool = ThreadPoolExecutor(count)
    try:
        for group in groups:
            file = group[0]
            worth = len(group) == 1 and file.suffix in suffixes and file.size <= _LARGE
            waiting.append((group, pool.submit(read, file) if worth else None))
            ahead += file.size
            while len(waiting) > count + 1 or (ahead > _AHEAD and len(waiting) > 2):
                ahead -= waiting[0][0][0].size
                yield taken()
        while waiting:
            yield taken()
    finally:
        for hand in crew:
            hand.end()
        pool.shutdown(cancel_futures=True)


class _Hand:
    """One process, started when it is first asked and again where it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def read(self, file: SourceFile) -> Clips:
        """The clips of a file, all at once."""
        try:
            return self._asked(file)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._stop()
            cause = f"what reads it ended ({type(error).__name__})"
            return _raising(PoseviewerError(file.name, "", cause, "open it by itself"))

    def _asked(self, file: SourceFile) -> Clips:
        if self._process is None and not self._ended:
            self._process = _started()
        if self._process is None:
            raise EOFError
        into, out = self._process.stdin, self._process.stdout
        assert into is not None and out is not None
        pickle.dump((str(file.path), file.name, file.reading), into)
        into.flush()
        clips: list[Clip] = []
        while isinstance(said := pickle.load(out), Clip):
            clips.append(replace(said))  # as it is made anew, its arrays are read-only again
        if said is None:
            return None
        if not said:
            return iter(clips)
        kind, *words = said
        return chain(clips, _raising((Companion if kind == Companion.__name__ else PoseviewerError)(*words)))

    def end(self) -> None:
        """Let go of the process; a file that it is reading is not waited for."""
        self._ended = True
        self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _started() -> subprocess.Popen[bytes]:
    home = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    surroundings = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings,
    )


def serve(clips_of: Callable[[Group], Clips]) -> None:
    """The other side: read what is asked for until nobody asks any more. Only `_Hand` talks to it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks is told, and ends this
    into, out = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a reader prints is no answer
    while (file := _next(into)) is not None:
        said: Any = ()
        try:
            clips = clips_of((file,))
            if clips is None:
                said = None
            else:
                for clip in clips:
                    pickle.dump(clip, out, protocol=pickle.HIGHEST_PROTOCOL)
        except PoseviewerError as error:
            said = type(error).__name__, error.what, error.where, error.cause, error.cure
        pickle.dump(said, out)
        out.flush()


def _next(into: IO[bytes]) -> SourceFile | None:
    try:
        path, name, reading = pickle.load(into)
    except EOFError:
        return None
    assert isinstance(reading, Reading)
    return on_disk(Path(path), name, reading)
