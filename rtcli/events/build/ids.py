"""What every builder needs: a source of ids, and base64."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import count

NewId = Callable[[], str]
"""Gives a server event its ``event_id``."""


def counted() -> NewId:
    """Ids in order: ``event_1``, ``event_2`` and so on."""
    numbers = count(1)
    return lambda: f"event_{next(numbers)}"


def base64_of(audio: bytes) -> str:
    """Audio as it stands on the wire."""
    return base64.b64encode(audio).decode()
