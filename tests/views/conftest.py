"""What the tests of the real window share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.views.driving.screen import virtual_screen


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen of the tests' own."""
    with virtual_screen() as made:
        yield made
