"""The toolkit itself: a release that miscounts None ends the program after some thousand calls."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QLabel


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_that_return_nothing_leave_none_alone(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    label.setText("一")
    before = sys.getrefcount(None)
    for _ in range(2000):
        label.setText("二")
    assert abs(sys.getrefcount(None) - before) < 200
