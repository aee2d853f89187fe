"""One thing that is fuzzed: what is done with an input, and where to begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Target(NamedTuple):
    """A target. Whatever `check` raises is a fault that was found: it takes any bytes."""

    check: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    """Inputs to begin with, which are made of what the project has and are not kept."""
    packages: tuple[str, ...]
    """What is watched for new paths, below `rtcli`; each with all that is in it."""
    max_bytes: int = 8192
    """The longest input that is tried."""
    mutates_json: bool = True
    """Whether inputs are changed as lines of JSON too, not only as bytes."""
    lasts: bool = True
    """Whether an input means the same next year, so that it is worth keeping."""
