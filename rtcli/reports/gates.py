"""Limits as JUnit XML: a test case for each limit and turn, which CI systems show among their tests.

What cannot be judged is an error, because nothing was shown to be right; a turn that has no such time was skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TextIO

from rtcli.reports.junit import case, value
from rtcli.session.gates import Judged, Sample

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rtcli turns">\n'


def write_gates(out: TextIO, name: str, judged: Sequence[Judged]) -> None:
    """Write one suite with the cases of all limits."""
    cases = [one for gate in judged for one in _cases(name, gate)]
    counts = {kind: sum(of == kind for of, _ in cases) for kind in ("failure", "error", "skipped")}
    told = (
        f'tests="{len(cases)}" failures="{counts["failure"]}" errors="{counts["error"]}" skipped="{counts["skipped"]}"'
    )
    out.write(f"{_HEAD}<testsuite name={value(name)} {told}>\n")
    out.writelines(text for _, text in cases)
    out.write("</testsuite>\n</testsuites>\n")


def _cases(name: str, judged: Judged) -> Iterator[tuple[str, str]]:
    """What became of each case, and its element."""
    gate = judged.gate
    if judged.verdict == "not judged":
        yield "error", case(name, gate.name, f'<error type="not judged" message={value(judged.why)}/>')
    elif gate.share is not None or not judged.samples:
        lines = ", ".join(str(line) for line in judged.lines)
        body = f"<failure message={value(judged.why)}>{_place(name, lines)}</failure>"
        broken = judged.verdict == "broken"
        yield "failure" if broken else "passed", case(name, gate.name, body if broken else "")
    else:
        for sample in judged.samples:
            yield _of_turn(name, judged, sample)


def _of_turn(name: str, judged: Judged, sample: Sample) -> tuple[str, str]:
    which = f"connection {sample.connection} turn {sample.turn}" if sample.connection > 1 else f"turn {sample.turn}"
    title = f"{judged.gate.name} {which}"
    if sample.value is None:
        return "skipped", case(name, title, '<skipped message="the turn has no such time"/>')
    if sample.value <= judged.gate.limit:
        return "passed", case(name, title, "")
    why = f"{sample.value:,.0f} ms, and {judged.gate.told} are allowed"
    return "failure", case(name, title, f"<failure message={value(why)}>{_place(name, str(sample.line))}</failure>")


def _place(name: str, lines: str) -> str:
    return value(f"{name}:{lines}")[1:-1]
