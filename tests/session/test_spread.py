"""How the times of all connections of a recording are spread."""

from __future__ import annotations

from counted import SPOKEN, measured

from rtcli.session.spread import spreads


def test_the_times_of_all_connections_are_put_together_and_what_never_was_is_left_out():
    one, other = measured(SPOKEN), measured(SPOKEN)
    told = {metric.id: aggregate.n for metric, aggregate in spreads([one, other])}
    assert told["voice_to_voice"] == 2
    assert "tool_client_ms" not in told
    assert list(spreads([])) == []
