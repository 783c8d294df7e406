"""Films and pictures, decoded again: how many frames, how large, how fast; nothing left of a cancelled one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.options import Options
from tests.export.conftest import FRAMES, swing, watch

SMALL = Options(size=(160, 90))


def finished(bench: Bench, out: Path, options: Options = SMALL) -> None:
    steps = list(export_clip(bench, out, options))
    assert [s.done for s in steps] == sorted(s.done for s in steps)
    assert str(out.with_suffix("")) in steps[-1].text


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".apng"])
def test_every_frame_arrives(bench: Bench, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"swing{suffix}"
    finished(bench, out)
    film = watch(out)
    assert len(film.frames) == FRAMES
    assert film.size == (160, 90)
    assert film.fps == pytest.approx(30.0, rel=0.12 if suffix == ".gif" else 1e-3)  # a gif counts in 1/100 s
    assert film.frames[0].std() > 5, "the picture is blank"
    assert np.abs(film.frames[0].astype(int) - film.frames[-1]).max() > 40, "nothing moves"
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_film_shows_the_colours_that_were_drawn(bench: Bench, tmp_path: Path) -> None:
    """No swapped channels, no wrong colour matrix, no upside-down picture."""
    finished(bench, tmp_path / "a.mp4")
    finished(bench, tmp_path / "a.png", replace(SMALL, frames=(0, 1)))
    film, picture = watch(tmp_path / "a.mp4").frames[0], watch(tmp_path / "a.png").frames[0]
    assert np.abs(film.astype(int) - picture).mean() < 3.0


def test_colours_are_said_to_be_bt709(bench: Bench, tmp_path: Path) -> None:
    import av

    finished(bench, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as film:
        codec = film.streams.video[0].codec_context
        assert (codec.pix_fmt, codec.colorspace, codec.color_range) == ("yuv420p", 1, 1)
        assert codec.name == "h264"


def test_odd_sizes_become_even_where_the_format_needs_it(bench: Bench, tmp_path: Path) -> None:
    odd = Options(size=(161, 91))
    finished(bench, tmp_path / "a.mp4", odd)
    finished(bench, tmp_path / "a.gif", odd)
    assert watch(tmp_path / "a.mp4").size == (160, 90)
    assert watch(tmp_path / "a.gif").size == (161, 91)


def test_several_pngs_lie_in_a_folder(bench: Bench, tmp_path: Path) -> None:
    finished(bench, tmp_path / "shot.png", replace(SMALL, frames=(2, 5)))
    assert sorted(p.name for p in (tmp_path / "shot").iterdir()) == [f"shot_{k:04d}.png" for k in (1, 2, 3)]
    assert watch(tmp_path / "shot" / "shot_0001.png").size == (160, 90)


def test_one_png_is_a_file(bench: Bench, tmp_path: Path) -> None:
    finished(bench, tmp_path / "shot.png", replace(SMALL, frames=(4, 5)))
    assert [p.name for p in tmp_path.iterdir()] == ["shot.png"]


def test_a_folder_with_other_files_is_not_replaced(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "shot").mkdir()
    (tmp_path / "shot" / "thesis.txt").write_text("years of work")
    with pytest.raises(PoseviewerError, match="other files"):
        finished(bench, tmp_path / "shot.png")
    assert (tmp_path / "shot" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".apng", ".png"])
def test_cancel_leaves_nothing(bench: Bench, tmp_path: Path, suffix: str) -> None:
    job = export_clip(bench, tmp_path / f"a{suffix}", SMALL)
    for _ in range(3):
        next(job)
    job.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


def test_cancel_keeps_the_film_that_was_there(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    out.write_bytes(b"an older film")
    job = export_clip(bench, out, SMALL)
    next(job)
    next(job)
    job.close()  # type: ignore[attr-defined]
    assert out.read_bytes() == b"an older film"


def test_an_encoder_that_fails_is_told_and_leaves_nothing(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseviewer.export import video

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(video.VideoFrame, "from_ndarray", broken)
    with pytest.raises(PoseviewerError, match="is full"):
        finished(bench, tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_a_loop_is_carried_on_and_the_bench_left_alone(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing(loop=True))
    before = (bench.clip, bench.seed, bench.track)
    finished(bench, tmp_path / "a.mp4", replace(SMALL, seconds=1.0))
    assert len(watch(tmp_path / "a.mp4").frames) == 30
    assert (bench.clip, bench.seed, bench.track) == before


def test_fast_clips_are_thinned_to_what_a_player_shows(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing(24, fps=120.0))
    finished(bench, tmp_path / "a.mp4")
    film = watch(tmp_path / "a.mp4")
    assert (len(film.frames), film.fps) == (12, 60.0)


def test_two_dimensional_clips_are_drawn_too(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing().project())
    finished(bench, tmp_path / "a.mp4")
    assert watch(tmp_path / "a.mp4").frames[0].std() > 5
