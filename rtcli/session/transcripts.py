"""Transcriptions of the user's audio: which are waited for, and which are over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Transcripts(Ledger):
    """Transcriptions of the user's audio: which are waited for, and which are over."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
