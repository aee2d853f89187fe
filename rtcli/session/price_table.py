"""What the documented models cost, on one day; `rtcli.session.prices` says what the numbers mean.

Prices change: the date goes beside every cost that is shown, and ``--prices`` replaces the table.

Source: the model pages of developers.openai.com, read on 2026-11-20; for the two preview models the
pricing page of OpenAI as it was in autumn 2025, and community.openai.com/t/1060242 and /t/1285295,
which say the same of the snapshot 2024-12-17. For gpt-4o-transcribe and gpt-4o-mini-transcribe the
pricing page of autumn 2025 had 6.00 and 3.00 for audio; the model pages of today are followed. What
a minute of them costs is an estimate there, and no price.
"""

from __future__ import annotations

from typing import Any, Final

AS_OF: Final = "2026-11-20"
_LARGE: Final[dict[str, Any]] = {
    "input": {"text": 4, "audio": 32, "image": 5},
    "cached": {"text": 0.4, "audio": 0.4, "image": 0.5},
    "output": {"text": 16, "audio": 64},
}
_SECOND: Final[dict[str, Any]] = _LARGE | {"output": {"text": 24, "audio": 64}}
_MINI: Final[dict[str, Any]] = {
    "input": {"text": 0.6, "audio": 10, "image": 0.8},
    "cached": {"text": 0.06, "audio": 0.3, "image": 0.08},
    "output": {"text": 2.4, "audio": 20},
}
TABLE: Final[dict[str, Any]] = {
    "as_of": AS_OF,
    "tokens": {
        "gpt-realtime-2.1": _SECOND,
        "gpt-realtime-2": _SECOND,
        "gpt-realtime-2.1-mini": _MINI,
        "gpt-realtime-1.5": _LARGE,
        "gpt-realtime": _LARGE,
        "gpt-realtime-mini": _MINI,
        "gpt-4o-mini-realtime-preview": {
            "input": {"text": 0.6, "audio": 10},
            "cached": {"text": 0.3, "audio": 0.3},
            "output": {"text": 2.4, "audio": 20},
        },
        "gpt-4o-realtime-preview": {
            "input": {"text": 5, "audio": 40},
            "cached": {"text": 2.5, "audio": 2.5},
            "output": {"text": 20, "audio": 80},
        },
    },
    "transcription": {
        "whisper-1": {"per_minute": 0.006},
        "gpt-4o-transcribe": {"input": {"text": 2.5, "audio": 2.5}, "output": {"text": 10}},
        "gpt-4o-mini-transcribe": {"input": {"text": 1.25, "audio": 1.25}, "output": {"text": 5}},
        "gpt-4o-transcribe-diarize": {},
        "gpt-transcribe": {"per_minute": 0.0045},
        "gpt-live-transcribe": {"per_minute": 0.017},
        "gpt-realtime-whisper": {"per_minute": 0.017},
    },
    "translation": {"gpt-realtime-translate": {"per_minute": 0.034}},
    # Dearer than its family (community.openai.com/t/1060242), by how much is not told for all of it.
    "unpriced": ["gpt-4o-realtime-preview-2024-10-01"],
}
