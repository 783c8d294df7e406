"""Files that PyAV writes; mp4 (H.264) and webm (VP9), encoded on a thread of its own while the next frame is drawn."""

from __future__ import annotations

import queue
import threading
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

from poseviewer.export.sink import Draw, Image, Pictures

_QUEUE = 4  # frames that may wait for the encoder: enough to bridge its bursts, 15 MB at 1280x720
_BT709 = 1  # the number of Rec. 709 in ITU-T H.273, for primaries, transfer and matrix alike
_LIMITED = 1  # FFmpeg's AVCOL_RANGE_MPEG

Tuning = dict[str, str]
_CODECS: dict[str, tuple[str, Tuning]] = {
    # crf 18: thin lines of the ground stay crisp. veryfast with cheaper motion search and B frames takes 8.5 instead
    # of 12.6 ms of processor time a frame at 1280x720, for files 7 % larger at the same error (on the demo's walk).
    ".mp4": ("libx264", {"preset": "veryfast", "crf": "18", "x264-params": "subme=1:b-adapt=0:bframes=2"}),
    ".webm": ("libvpx-vp9", {"crf": "30", "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
}


class ContainerSink:
    """A file of one stream of pictures. codec, pixels: FFmpeg's names; container, options: of file and encoder."""

    def __init__(
        self, path: Path, film: Pictures, codec: str, pixels: str, container: Tuning, options: Tuning | None = None
    ) -> None:
        # absolute: "take:2.mp4" would be of a protocol "take"
        self._container = av.open(str(path.absolute()), "w", options=container)
        self._rate = Fraction(film.fps).limit_denominator(1001)
        stream = self._container.add_stream(codec, rate=self._rate, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = film.size
        stream.pix_fmt = pixels
        self._stream = stream

    def encode(self, frame: VideoFrame | None) -> None:
        """Let a frame follow the last one; None ends the stream."""
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self.encode(None)
        self._container.close()

    def abandon(self) -> None:
        self._container.close()


class VideoSink(ContainerSink):
    """A video file that frames are written to; sizes are even, as 4:2:0 colour needs."""

    def __init__(self, path: Path, name: str, film: Pictures, draw: Draw) -> None:
        codec, options = _CODECS[path.suffix.lower()]
        movflags = {"movflags": "+faststart"} if path.suffix.lower() == ".mp4" else {}
        super().__init__(path, film, codec, "yuva420p" if film.options.transparent else "yuv420p", movflags, options)
        context = self._stream.codec_context
        context.color_range, context.colorspace = _LIMITED, _BT709
        context.color_primaries, context.color_trc = _BT709, _BT709
        self._frames: queue.Queue[Image | None] = queue.Queue(_QUEUE)
        self._failure: BaseException | None = None
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._encode_all, name="video encoder", daemon=True)
        self._thread.start()

    def write(self, image: Image) -> None:
        """Queue a frame; waits while the encoder is behind. Raises what the encoder failed with."""
        self._put(image)
        if self._failure is not None:
            raise self._failure

    def finish(self) -> None:
        """Encode what waits and complete the file. Raises what the encoder failed with."""
        self._put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        super().finish()

    def abandon(self) -> None:
        """Stop the encoder and close the file, complete or not; harmless after finish()."""
        self._abandoned.set()
        while self._thread.is_alive():
            self._put(None)
            self._thread.join(0.05)
        super().abandon()

    def _put(self, image: Image | None) -> None:
        while self._thread.is_alive():
            try:
                return self._frames.put(image, timeout=0.1)
            except queue.Full:
                continue

    def _encode_all(self) -> None:
        try:
            while (image := self._frames.get()) is not None and not self._abandoned.is_set():
                frame = VideoFrame.from_ndarray(image, format="rgba")
                frame = frame.reformat(
                    format=self._stream.pix_fmt,
                    dst_colorspace=Colorspace.ITU709,
                    dst_color_range=ColorRange.MPEG,
                    interpolation=Interpolation.BILINEAR,
                )
                self.encode(frame)
        except BaseException as failure:  # handed to the thread that writes
            self._failure = failure
