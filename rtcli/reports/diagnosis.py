"""A diagnosis for programs: ``{"schema": "rtcli.diagnosis/1", …}``, one document a file."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rtcli.causes.case import Case
from rtcli.causes.slow import Slow

SCHEMA: Final = "rtcli.diagnosis/1"


def diagnosis(name: str, case: Case, slow: list[Slow]) -> dict[str, Any]:
    """The document: the connections, the causes with their findings, what was slow, what is waited for."""
    return {
        "schema": SCHEMA,
        "file": name,
        "connections": [
            {**msgspec.to_builtins(connection), "duration_s": connection.duration_s} for connection in case.connections
        ],
        "more_connections": case.more_connections,
        "causes": [msgspec.to_builtins(cause) for cause in case.causes],
        "slow": [msgspec.to_builtins(one) for one in slow],
        "by_code": dict(sorted(case.by_code.items())),
    }
