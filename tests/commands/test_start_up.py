"""Whoever starts the program waits for what it loads: for the version nothing, to validate what judges and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CLEAN = Path(__file__).parents[2] / "recordings" / "clean" / "spoken.jsonl"
OF_OTHERS = {
    "asyncio",
    "http",
    "jinja2",
    "pyarrow",
    "pydantic",
    "rich",
    "ssl",
    "textual",
    "websockets",
    "yaml",
    "zstandard",
}
"""Packages that are large, or that only drawing, sockets and reports need."""
OUR_OWN = (
    "rtcli.causes",
    "rtcli.events.beta",
    "rtcli.events.checks",
    "rtcli.events.faults",
    "rtcli.events.learning",
    "rtcli.events.live",
    "rtcli.formats.har",
    "rtcli.links",
    "rtcli.reports",
    "rtcli.script",
    "rtcli.session.fold",
    "rtcli.session.metrics",
    "rtcli.session.tree",
    "rtcli.standin",
    "rtcli.views",
)
"""What a recording in order, of today's dialect, does not need."""
RUN = """
import sys
sys.argv = ["rtcli", *{arguments}]
from rtcli.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""


def loaded(*arguments, folder):
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(arguments=arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=folder,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_version_is_told_before_anything_is_loaded(tmp_path):
    modules = loaded("--version", folder=tmp_path)
    assert {name for name in modules if name.startswith("rtcli")} == {"rtcli", "rtcli.__main__"}
    assert not modules & {"typer", "msgspec", "typing", "re"}


@pytest.mark.parametrize("options", [(), ("--select", "SCH"), ("--output-format", "full")], ids=" ".join)
def test_to_validate_a_recording_in_order_nothing_is_loaded_that_only_others_need(options, tmp_path):
    modules = loaded("validate", str(CLEAN), *options, folder=tmp_path)
    assert {"rtcli.rules", "msgspec"} <= modules
    assert not modules & (OF_OTHERS | {"tomllib"})
    assert not {name for name in modules if name.startswith(OUR_OWN)}
