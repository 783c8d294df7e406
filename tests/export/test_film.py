"""Films and pictures, decoded again: how many frames, how large, how fast; nothing left of a cancelled one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.formats import FILMS, require_possible
from poseviewer.export.options import Options
from poseviewer.export.shots import pictures, shots
from tests.export.conftest import FRAMES, alpha_of, durations, swing, watch
from tests.export.test_motion import with_rollout

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


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".apng"])
def test_a_colon_in_a_name_is_no_protocol(
    bench: Bench, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    finished(bench, Path(f"tcp:2{suffix}"))
    assert [path.name for path in tmp_path.iterdir()] == [f"tcp:2{suffix}"]


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


@pytest.mark.parametrize("suffix", [".webm", ".gif", ".apng", ".png"])
def test_the_background_shows_through_where_the_format_can(bench: Bench, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a{suffix}"
    frames = (0, 1) if suffix == ".png" else (0, 5)
    finished(bench, out, replace(SMALL, frames=frames, transparent=True, ground=False))
    alphas = alpha_of(out)
    assert len(alphas) == frames[1]
    for alpha in alphas:
        assert alpha[0, -1] == 0 and alpha[45, -1] == 0, "the background does not show through"
        assert 0.01 < (alpha > 200).mean() < 0.5, "the figure does"
    if suffix == ".gif":
        assert set(np.unique(alphas)) == {0, 255}
    else:
        assert len(np.unique(alphas)) > 20, "edges are hard"


def test_figures_on_nothing_have_the_colours_that_they_have_on_a_background(bench: Bench, tmp_path: Path) -> None:
    from PIL import Image

    one = replace(SMALL, frames=(0, 1), ground=False, captions=False, legend=False)
    finished(bench, tmp_path / "a.png", one)
    finished(bench, tmp_path / "b.png", replace(one, transparent=True))
    finished(bench, tmp_path / "b.gif", replace(one, transparent=True))
    solid = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    for name in ("b.png", "b.gif"):
        through = np.asarray(Image.open(tmp_path / name).convert("RGBA")).astype(int)
        inside = through[..., 3] == 255
        if name == "b.png":
            assert np.abs(through[..., :3] - solid)[inside].mean() < 3.0
        assert np.median(np.abs(through[..., :3] - solid)[inside]) < 6.0


def test_a_gif_that_shows_through_has_no_ground_and_says_so(bench: Bench, tmp_path: Path) -> None:
    last = list(export_clip(bench, tmp_path / "a.gif", replace(SMALL, frames=(0, 1), transparent=True)))[-1]
    assert "it has no ground" in last.text
    assert (alpha_of(tmp_path / "a.gif")[0][60:, 120:] == 0).all()


def test_a_format_without_transparency_says_so_before_it_draws(bench: Bench, tmp_path: Path) -> None:
    job = export_clip(bench, tmp_path / "a.mp4", replace(SMALL, transparent=True))
    with pytest.raises(PoseviewerError, match=r"MP4 holds nothing that shows through; give \.webm, \.gif"):
        next(job)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fps", [30.0, 33.0, 24.0, 12.5, 7.0])
def test_a_gif_lasts_as_long_as_its_motion(tmp_path: Path, fps: float) -> None:
    bench = Bench()
    bench.place(swing(60, fps))
    finished(bench, tmp_path / "a.gif", Options(size=(64, 36)))
    lasts = durations(tmp_path / "a.gif")
    assert len(lasts) == 60
    assert sum(lasts) == pytest.approx(60 / fps, abs=0.015)
    assert max(lasts) - min(lasts) < 0.011


@pytest.mark.parametrize(("suffix", "asked"), [(".mp4", 12.0), (".webm", 15.0), (".gif", 10.0), (".apng", 15.0)])
def test_pictures_a_second_can_be_chosen(tmp_path: Path, suffix: str, asked: float) -> None:
    bench = Bench()
    bench.place(swing(60))
    out = tmp_path / f"a{suffix}"
    finished(bench, out, Options(size=(64, 36), fps=asked))
    film = watch(out)
    assert (len(film.frames), film.fps) == (round(2 * asked), pytest.approx(asked, rel=1e-3))


def test_chosen_pictures_show_the_nearest_frames(bench: Bench) -> None:
    numbers, fps = pictures(bench, range(4, 16), FILMS[".gif"], Options(fps=20.0))
    assert (numbers.tolist(), fps) == ([4, 6, 7, 9, 10, 12, 13, 15], 20.0)


def test_the_eye_ends_where_its_way_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    every = shots(bench, FILMS[".mp4"], Options())
    monkeypatch.setattr("poseviewer.export.shots._LOOKS", 7)  # of a long film only so many are looked at
    some = shots(bench, FILMS[".mp4"], Options())
    for k in (0, len(every) - 1):
        assert some.eye(k).target == pytest.approx(every.eye(k).target, abs=1e-6)
    assert every.eye(0).target != every.eye(len(every) - 1).target


def test_more_than_a_player_shows_is_refused(bench: Bench, tmp_path: Path) -> None:
    assert require_possible(".gif", Options(fps=50.0)).fastest == 50.0
    with pytest.raises(PoseviewerError, match="give at most 50"):
        next(export_clip(bench, tmp_path / "a.gif", replace(SMALL, fps=60.0)))


def test_a_gif_is_640_wide_where_nobody_says_otherwise(bench: Bench, tmp_path: Path) -> None:
    finished(bench, tmp_path / "a.gif", Options(frames=(0, 2)))
    finished(bench, tmp_path / "a.png", Options(frames=(0, 1)))
    assert watch(tmp_path / "a.gif").size == (640, 360)
    assert watch(tmp_path / "a.png").size == (1280, 720)


def test_what_is_drawn_beside_the_figure_can_be_left_out(tmp_path: Path) -> None:
    """Each of them changes the picture where it stands, and no other place."""
    bench = with_rollout(long_swing(), 10, 10)
    assert bench.clip is not None
    one, look = replace(Options(size=(640, 360), frames=(18, 19))), bench.look

    def picture(**changes: object) -> np.ndarray:
        finished(bench, tmp_path / "a.png", replace(one, **changes))  # type: ignore[arg-type]
        return watch(tmp_path / "a.png").frames[0].astype(int)

    everything = picture()
    for changes, rows, columns in (
        ({"captions": False}, slice(0, 60), slice(0, 320)),
        ({"legend": False}, slice(320, 360), slice(0, 400)),
        ({"ground": False}, slice(200, 330), slice(0, 640)),
        ({"look": replace(look, labels=False)}, slice(180, 330), slice(0, 640)),
        ({"look": replace(look, truth=False)}, slice(0, 360), slice(0, 640)),
        ({"look": replace(look, theme="light")}, slice(0, 360), slice(0, 640)),
    ):
        differs = np.abs(picture(**changes) - everything).max(axis=-1) > 12
        assert differs[rows, columns].sum() > 20, changes
        if "captions" in changes:
            assert not differs[60:320].any()
        if "legend" in changes:
            assert not differs[:320].any()


def test_the_scale_of_speed_goes_with_the_legend(bench: Bench) -> None:
    fast = bench.with_look(colour_by="speed")
    with_it, without = (shots(bench, FILMS[".png"], Options(look=fast, legend=on)).stage(0) for on in (True, False))
    assert with_it.ramp is not None and without.ramp is None


def test_words_grow_with_a_large_picture(bench: Bench) -> None:
    ratios = [shots(bench, FILMS[".mp4"], Options(size=size)).pixel_ratio for size in SIZES]
    assert ratios == [1.0, 1.0, 1.5, 1.0, 3.0]


SIZES = ((640, 360), (1280, 720), (1920, 1080), (1080, 1080), (3840, 2160))


def long_swing() -> Bench:
    bench = Bench()
    bench.place(swing(40))
    return bench
