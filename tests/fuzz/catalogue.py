"""Every target by its name, and where it is: one that is fuzzed is imported alone."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from fuzz.target import Target

TARGETS: Final[dict[str, str]] = {
    "own": "own.TARGET",
    "har": "logs.HAR",
    "mitmproxy": "logs.MITMPROXY",
    "yaml": "logs.YAML",
    "script": "logs.SCRIPT",
    "enveloped": "logs.ENVELOPED",
    "printed": "logs.PRINTED",
    "reading": "reading.TARGET",
    "recovery": "recovery.TARGET",
    "frames": "frames.TARGET",
    "repacking": "repacking.TARGET",
    "parts": "parts.TARGET",
    "decode": "decode.TARGET",
    "redact": "redact.TARGET",
    "doctor": "doctor.TARGET",
    "replay": "replay.TARGET",
    "address": "address.TARGET",
    "sound": "sound.TARGET",
    "growth": "growth.TARGET",
    "session": "stateful.Call",
    "recorder": "stateful.Recorder",
    "socket": "stateful.Socket",
    "matching": "stateful.Replay",
}


def target(name: str) -> Target:
    """The target of that name."""
    module, _, attribute = TARGETS[name].partition(".")
    found: Target = getattr(import_module(f"fuzz.{module}"), attribute)
    return found
