"""Items go by their ids until those are others'."""

from __future__ import annotations

import pytest
from notation import entries_of
from sounding import created, said

from rtcli.session.dialogue import dialogues


@pytest.mark.parametrize("is_answered", [True, False])
def test_an_id_that_comes_free_of_an_item_from_before_the_recording_is_the_next_ones_alone(is_answered):
    """Nothing goes by it here; the client may take it as soon as it has asked for the deletion."""
    item = {"type": "message", "role": "user", "id": "a", "content": [{"type": "input_text", "text": "Hello!"}]}
    script = [created(), said(1.0, "client", "conversation.item.delete", item_id="a")]
    script += [said(1.1, "server", "conversation.item.deleted", item_id="a")] * is_answered
    script += [said(1.2, "client", "conversation.item.create", item=item)]
    (one,) = dialogues(entries_of("\n".join(script)))
    assert (one.item_id, one.text, one.starts_s) == ("a", "Hello!", 1.2)
