"""What is being waited for: what the server asked of the client, until the client has said something."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.session.ledgers import Ledgers
from rtcli.session.waiting import Wait, waiting

WISH = '{"type":"mcp_approval_request","id":"ask","server_label":"s","name":"f","arguments":"{}"}'
ASKED = f"""\
< session.created {{"session":{{"type":"realtime","id":"s"}}}}
< conversation.item.added {{"item":{WISH}}}
"""
ANSWER = '> conversation.item.create {"item":{"type":"mcp_approval_response","id":"yes","approval_request_id":"ask","approve":%s}}'
TAKEN = ANSWER.replace("> conversation.item.create", "< conversation.item.added")


def waited_for(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.apply(entry)
    return waiting(ledgers)


def test_the_server_waits_for_the_approval_that_it_has_asked_for():
    assert waited_for(ASKED) == [Wait("the approval of ask", "server", 2)]


@pytest.mark.parametrize("approve", ["true", "false"])
def test_whatever_the_client_answers_the_server_waits_for_the_approval_no_more(approve):
    answered = "\n".join((ANSWER % approve, TAKEN % approve))
    assert not any("approval" in wait.what for wait in waited_for(ASKED + answered))
