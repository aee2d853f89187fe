"""What is to be said of a connection before anything else, fact by fact."""

from __future__ import annotations

from rtcli.causes.case import Connection
from rtcli.views.cost import priced, tokens_used
from rtcli.views.diagnosis import ended, span
from rtcli.views.text import said


def facts(connection: Connection) -> list[tuple[str, str]]:
    """The names of the facts that are known, and what they are."""
    used = tokens_used(connection.input_tokens, connection.cached_tokens, connection.output_tokens)
    cost = connection.cost_usd
    told = [
        ("model", connection.model),
        ("dialect", connection.dialect),
        ("vendor", connection.vendor),
        ("began", _moment(connection.started_at)),
        ("lasted", span(connection.duration_s)),
        ("turns", f"{connection.turns:,}" if connection.turns else ""),
        ("ended", ended(connection)),
        ("tokens", used.removeprefix("tokens: ")),
        ("cost", priced(cost, connection.unpriced, connection.prices_as_of) if cost is not None else ""),
        ("session", connection.session_id),
    ]
    return [(name, said(value)) for name, value in told if value]


def _moment(started_at: str) -> str:
    """A time of day to the second, as long as it is written as a header writes it."""
    return (
        f"{started_at[:10]} {started_at[11:19]} UTC"
        if started_at[10:11] == "T" and started_at.endswith("Z")
        else started_at
    )
