"""Findings as a hostile peer would have them, and what a report makes of them."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from rtcli.reports.formats import REPORTS
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

HOSTILE = "a\x1b]0;owned\x07\r\n::error::b%0A, c:d <&\"'> ]]> \x00\ud800\u202e\u2028\ufffe\x85 é 🎧"

words = st.one_of(st.text(st.characters(codec=None), max_size=30), st.just(HOSTILE), st.just(""))
findings = st.builds(
    Finding,
    code=st.sampled_from(["SCH07", "SCH09", "FUN10", "SES01"]),
    severity=st.sampled_from(["error", "warning", "info"]),
    side=st.sampled_from(["client", "server", "network", "recorder", "unknown"]),
    line=st.integers(0, 10**9),
    message=words,
    type=words,
    event_id=words,
    path=words,
    found=words,
    expected=words,
    remedy=words,
    lines=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    count=st.integers(1, 9),
)
runs = st.lists(st.tuples(words, st.lists(findings, max_size=4)), max_size=3)
"""Files by name, each with its findings."""


def finding(**fields) -> Finding:
    return Finding(**{"code": "SCH07", "severity": "error", "side": "client", "line": 2, "message": "No."} | fields)


def reported(output_format: str, run: list, unreadable: tuple[str, ...] = ()) -> str:
    """The whole report of a run."""
    out = io.StringIO()
    report = REPORTS[output_format](out)
    summary = Summary()
    summary.unreadable += unreadable
    for name, found in run:
        for one in found:
            summary.add(one)
            report.finding(name, one)
        summary.files += 1
        report.done(name)
    report.finish(summary)
    return out.getvalue()
