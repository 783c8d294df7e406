"""gif, apng and png pictures; one shared palette for a gif, taken from a few of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from poseviewer.export.sink import Draw, Image, Pictures
from poseviewer.export.video import ContainerSink

_PALETTE_FRAMES = 12  # spread over the film: every role's colour is in one of them, and they are soon drawn
# The renderer has dithered the background already: without more, files are smallest and nearest to the frames (43.3 dB
# and 50 kB a frame at 640x360, against 41.6 and 56 with sierra2_4a, 42.5 and 53 with bayer; the demo's generated walk).
_DITHER = "dither=none"
_SEEN = 26  # alpha, a tenth of 255, from which on a pixel of a gif hides what is behind it


class GifSink(ContainerSink):
    """An endless gif; each frame stores only what changed. Its frames last whole hundredths of a second, which differ
    so that the film as a whole is as long as its motion.
    """

    def __init__(self, path: Path, name: str, film: Pictures, draw: Draw) -> None:
        # translucent pixels are laid over the background where the rest is to show through: it can for whole ones alone
        self._behind = film.behind if film.options.transparent else None
        rows = np.unique(np.linspace(0, len(film) - 1, _PALETTE_FRAMES).round()).astype(int)
        samples = [self._laid(draw(k)) for k in rows.tolist()]
        super().__init__(path, film, "gif", "pal8", {"loop": "0"})
        self._written = 0
        self._graph, self._source, self._end = _palette_graph(film.size, self._rate, _palette(samples))

    def write(self, image: Image) -> None:
        frame = VideoFrame.from_ndarray(self._laid(image), format="rgba")
        frame.pts = self._written
        self._written += 1
        self._source.push(frame)
        self._encode()

    def finish(self) -> None:
        self._source.push(None)
        self._encode()
        super().finish()

    def _laid(self, image: Image) -> Image:
        """Every pixel either opaque or nothing; as it is where nothing shows through."""
        if self._behind is None:
            return image
        alpha = image[..., 3:].astype(np.float32) / 255.0
        laid = np.empty_like(image)
        laid[..., :3] = np.rint(image[..., :3] * alpha + (1.0 - alpha) * 255.0 * np.asarray(self._behind))
        laid[..., 3] = np.where(image[..., 3] >= _SEEN, 255, 0)
        return laid

    def _encode(self) -> None:
        while True:
            try:
                frame = self._end.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, VideoFrame)
            self.encode(frame)


def _palette_graph(
    size: tuple[int, int], rate: Fraction, palette: VideoFrame
) -> tuple[Graph, FilterContext, FilterContext]:
    """film and palette -> paletteuse -> out, with the palette already in."""
    graph = Graph()
    film = graph.add_buffer(width=size[0], height=size[1], format=VideoFormat("rgba"), time_base=1 / rate)
    colours = graph.add_buffer(width=16, height=16, format=VideoFormat("rgb32"), time_base=1 / rate)
    use, end = graph.add("paletteuse", _DITHER), graph.add("buffersink")
    film.link_to(use)
    colours.link_to(use, 0, 1)
    graph.link_nodes(use, end).configure()
    palette.pts = 0
    colours.push(palette)
    colours.push(None)
    return graph, film, end


def _palette(samples: Sequence[Image]) -> VideoFrame:
    """256 colours of the samples, as FFmpeg's palettegen chooses them (median cut)."""
    height, width = samples[0].shape[:2]
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format=VideoFormat("rgba"), time_base=Fraction(1, 30))
    make, end = graph.add("palettegen", "reserve_transparent=1:stats_mode=full"), graph.add("buffersink")
    graph.link_nodes(source, make, end).configure()
    for k, image in enumerate(samples):
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgba")
        frame.pts = k
        source.push(frame)
    source.push(None)
    palette = end.pull()
    assert isinstance(palette, VideoFrame)
    return palette


class ApngSink(ContainerSink):
    """An endless animated png, without loss."""

    def __init__(self, path: Path, name: str, film: Pictures, draw: Draw) -> None:
        self._form = "rgba" if film.options.transparent else "rgb24"
        super().__init__(path, film, "apng", self._form, {"plays": "0"})

    def write(self, image: Image) -> None:
        pixels = image if self._form == "rgba" else np.ascontiguousarray(image[..., :3])
        self.encode(VideoFrame.from_ndarray(pixels, format=self._form))


class PngSink:
    """Numbered pictures in a folder, NAME_0001.png and on; or one picture where `path` is a file's."""

    def __init__(self, path: Path, name: str, film: Pictures, draw: Draw) -> None:
        self._path, self._name, self._written = path, name, 0
        self._channels = 4 if film.options.transparent else 3

    def write(self, image: Image) -> None:
        from PIL import Image as pillow

        self._written += 1
        target = self._path / f"{self._name}_{self._written:04d}.png" if self._path.is_dir() else self._path
        pillow.fromarray(np.ascontiguousarray(image[..., : self._channels])).save(target, compress_level=6)

    def finish(self) -> None:
        """Every picture is complete by itself."""

    def abandon(self) -> None:
        """Nothing is open."""
