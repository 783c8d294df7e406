"""Opens the real window under a window manager and prints where it lies, with its frame, as JSON.

python -m tests.views.driving.framed [X Y WIDTH HEIGHT]
Where a geometry is given the window is put there first, and it is remembered. Run by test_arrangement.py.
"""

from __future__ import annotations

import json
import sys

from poseviewer.render.platform import prepare

prepare()

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from poseviewer.app import theme  # noqa: E402
from poseviewer.app.session import Session  # noqa: E402
from poseviewer.views.window.launch import open_window  # noqa: E402

_SETTLED_MS = 700  # for the window manager's answers

if __name__ == "__main__":
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(sys.argv[:1])
    theme.apply(app, "dark")
    session = Session()
    window = open_window(session, [])
    QTest.qWaitForWindowExposed(window)
    while session.bench.clip is None:
        QTest.qWait(20)
    if sys.argv[1:]:
        window.setWindowState(Qt.WindowState.WindowNoState)
        QTest.qWait(_SETTLED_MS)
        window.setGeometry(*map(int, sys.argv[1:]))
    QTest.qWait(_SETTLED_MS)
    frame, foot = window.frameGeometry(), window.status.mapToGlobal(QPoint(0, window.status.height()))
    told = {"frame": [frame.left(), frame.top(), frame.width(), frame.height()], "foot": foot.y()}
    told["title"] = window.geometry().top() - frame.top()
    window.close()
    print(json.dumps(told))
