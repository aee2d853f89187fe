"""What the rows of failures, of events without a place and of marks say."""

from __future__ import annotations

from rtcli.events.objects import ErrorDetails, TranscriptionError
from rtcli.session.mark import Mark
from rtcli.session.tree import Failure, Odd
from rtcli.views.measure import times
from rtcli.views.style import ERROR, MODEL, QUIET, SEVERITIES, USER
from rtcli.views.text import said
from rtcli.views.words import Label, Words
from rtcli.views.wrap import visible


def failure(node: Failure) -> Label:
    """What did not work out, in the server's words."""
    head = Words(f"✗ {said(node.what)}", f"bold {ERROR}")
    if node.details is None:
        return Label(head, visible(node.said), ERROR)
    return Label(head.add(f" {error_name(node.details)}", ERROR), error_words(node.details, node.cause), ERROR)


def error_name(details: ErrorDetails | TranscriptionError) -> str:
    """The error's type and code."""
    return " ".join(said(str(word)) for word in (details.type, details.code) if word)


def error_words(details: ErrorDetails | TranscriptionError, cause: str = "") -> str:
    """The error's message, the field it is about, and the event that caused it; whole."""
    about = []
    if details.param:
        about.append(f"param {said(details.param)}")
    event_id = getattr(details, "event_id", None)
    if event_id:
        about.append(f"for {said(cause)} {said(event_id)}" if cause else f"for {said(event_id)}")
    return visible(details.message or "") + (f" ({', '.join(about)})" if about else "")


def odd(node: Odd) -> Label:
    """A run of events that have no place in a turn, are of no known type, or damaged."""
    often = f" {times(node.count)}" if node.count > 1 else ""
    if node.known:
        style = USER if node.sender == "client" else MODEL
        return Label(Words().add(said(node.type), style).add(often), growing=node.words)
    if not node.damaged:
        return Label(
            Words().add(f"? {said(node.type)}", "magenta").add(often).add(" unknown type", QUIET), growing=node.words
        )
    head = Words().add(f"! {said(node.type) or 'no event'}", f"bold {ERROR}").add(often)
    head.add(f" damaged, line {node.line}", QUIET)
    told = {mark.code for mark in node.marks}
    faults = "; ".join(f"{fault.path}: {fault.message}" for fault in node.faults if fault.code not in told)
    return Label(head, visible(faults), ERROR)


def mark_row(node: Mark) -> Label:
    """What was found, with its code, the line of the recording, and how often."""
    sign, style = SEVERITIES[node.severity]
    often = f" {times(node.count)} from" if node.count > 1 else ""
    head = Words().add(f"{sign} {node.code}", f"bold {style}").add(f"{often} line {node.line}", QUIET)
    more = f" (and {node.more:,} more of {node.code})" if node.more else ""
    return Label(head, visible(node.text) + more, style)
