"""What tests share: the folder with the protocol's facts and captured traffic."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder ``shared`` beside the project; tests that need it skip where it is missing."""
    if not (SHARED / "traffic").is_dir():
        pytest.skip(f"there is no {SHARED.name}/traffic beside the project")
    return SHARED
