"""Which sockets speak one of the dialects."""

from __future__ import annotations

import pytest

from rtcli.formats.sockets import socket_url, speaks


@pytest.mark.parametrize(
    ("texts", "ours"),
    [
        (['{"type":"response.create"}'], True),
        (["hello", '{"event_id":"e","type": "session.created"}'], True),
        (['{"type":"session.output_audio.delta"}'], True),
        (['{"type":"connected"}', '{"type":7}', "{}", "[]", '{"type":', '{"a":"\ud800"}'], False),
        (["ping"] * 50 + ['{"type":"response.create"}'], False),
        ([], False),
    ],
)
def test_it_is_told_by_an_event_among_the_first_messages(texts, ours):
    assert speaks(texts) is ours


@pytest.mark.parametrize(
    ("url", "socket"),
    [("https://x/y", "wss://x/y"), ("http://x", "ws://x"), ("wss://x", "wss://x"), ("", "")],
)
def test_a_request_that_became_a_socket_has_its_address(url, socket):
    assert socket_url(url) == socket
