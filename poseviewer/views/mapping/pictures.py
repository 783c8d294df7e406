"""The bodies of the two skeletons, drawn by the program's own renderer behind the window; the newest wish alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from poseviewer.app.session import Session
from poseviewer.render.camera import Camera
from poseviewer.render.stage import Stage

if TYPE_CHECKING:
    from poseviewer.app.jobs import Task
    from poseviewer.render.offscreen import Offscreen

Shot = tuple[Stage, Camera]


class Pictures:
    """Draws pairs of stages on the preview lane; without OpenGL there are none, and the joints alone are seen."""

    def __init__(self, session: Session, show: Callable[[list[QImage]], None]) -> None:
        self._session, self._show = session, show
        self._task: Task | None = None
        self._waiting: tuple[list[Shot], tuple[int, int], float] | None = None
        self._closed = False
        self._screen: Offscreen | None = None  # it and its stack are the lane's alone
        self._stack = ExitStack()
        self._size = (0, 0)

    def draw(self, shots: list[Shot], size: tuple[int, int], ratio: float) -> None:
        """Show pictures of `size` device pixels as soon as they are drawn."""
        if self._closed:
            return
        if self._task is not None:
            self._waiting = shots, size, ratio
            return
        self._waiting = None

        def work() -> list[NDArray[np.uint8]]:
            return [self._on(size).render(stage, camera, ratio) for stage, camera in shots]

        def done(pictures: Any) -> None:
            self._show([_image(picture, ratio) for picture in pictures])
            self._go_on()

        def failed(error: BaseException) -> None:
            self._waiting = None
            self._task = None

        self._task = self._session.jobs.submit("preview", "Drawing bodies", work, done, failed, quiet=True)

    def _on(self, size: tuple[int, int]) -> Offscreen:
        """On the lane."""
        if self._screen is None or self._size != size:
            from poseviewer.render.offscreen import Offscreen

            self._stack.close()
            self._screen, self._size = self._stack.enter_context(Offscreen(*size)), size
        return self._screen

    def _go_on(self) -> None:
        self._task = None
        if self._waiting is not None:
            self.draw(*self._waiting)

    def close(self) -> None:
        """Nobody looks any more."""
        self._closed, self._waiting = True, None
        if self._task is not None:
            self._task.cancel()
        nothing = (lambda _: None), (lambda _: None)
        self._session.jobs.submit("preview", "Ending the drawing", self._stack.close, *nothing, quiet=True)


def _image(picture: NDArray[np.uint8], ratio: float) -> QImage:
    height, width = picture.shape[:2]
    image = QImage(picture.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
    image.setDevicePixelRatio(ratio)
    return image
