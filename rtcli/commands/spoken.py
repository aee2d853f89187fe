"""The dialects by name, as an option of several commands."""

from __future__ import annotations

from enum import StrEnum


class Spoken(StrEnum):
    """A dialect, or the one that the events show."""

    AUTO = "auto"
    REALTIME = "realtime"
    BETA = "beta"
    TRANSLATION = "translation"
    LIVE = "live"
