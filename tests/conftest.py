"""What tests share: the folder with the protocol's facts and captured traffic; and that no clock decides one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder ``shared`` beside the project; tests that need it skip where it is missing."""
    if not (SHARED / "traffic").is_dir():
        pytest.skip(f"there is no {SHARED.name}/traffic beside the project")
    return SHARED
