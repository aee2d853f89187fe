"""What the rules about transcriptions say where their pages do not show it."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.transcription import RULES

COMMITTED = """
0 - {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}
0.1 < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}}
1 < input_audio_buffer.committed {"item_id": "a"}
"""


@pytest.mark.parametrize(("closed_at_s", "codes"), [(3.9, []), (4.1, ["TRN01"])])
def test_a_transcript_that_may_still_be_made_when_the_user_hangs_up_is_not_missed(closed_at_s, codes):
    close = f'{closed_at_s} - {{"from": "client", "close": {{"code": 1000}}}}'
    found = Check(RULES).run(entries_of(COMMITTED + close))
    assert [one.code for one in found] == codes
