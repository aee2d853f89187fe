"""The connections of a recording as one call on one time line."""

from __future__ import annotations

import pytest
from notation import entries_of
from sounding import append, began, created, delta, done, tone

from rtcli.session.clip import Coding
from rtcli.session.soundtrack import soundtracks
from rtcli.session.whole_call import MIXED, SIDES, Call

SECOND = bytes(48_000)
MODEL = tone(440, 500)
ASKED, SAID = append(1.0, SECOND), delta(2.0, MODEL)


def call(*lines):
    return Call(list(soundtracks(iter(entries_of("\n".join(lines))))))


def pieces(*lines):
    entries = entries_of("\n".join(lines))
    return list(Call(list(soundtracks(iter(entries)))).pieces(entries))


def test_a_call_lasts_from_the_first_record_to_the_last_sound():
    span = call(created(), ASKED, began(1.5), SAID, done(2.1)).span
    assert (span.since_s, span.until_s) == (0.0, 2.5)
    assert span.samples(8000) == 20_000


def test_where_nothing_is_heard_there_is_nothing_to_write():
    assert call(created(), began(1.0), done(1.1)).span.samples(24_000) == 0


@pytest.mark.parametrize(("cut", "since_s"), [("", 0.0), ('"cut": ["start"], ', 39.0)])
def test_a_part_of_a_call_begins_with_its_first_sound_where_that_comes_late(cut, since_s):
    header = f'- {{"rtcli": 1, {cut}"lossless": true}}'
    assert call(header, created(), append(40.0, SECOND)).span == (since_s, 40.0)


def test_one_connection_is_heard_behind_the_other():
    first, second = [created(), ASKED], [created(0.0, id="t"), append(1.0, SECOND)]
    (one, two) = pieces(*first, *second)
    assert (one[0].data, two[0].data) == (SECOND, SECOND)
    assert (one[1], two[1]) == (0.0, 1.0)
    assert call(*first, *second).span == (0.0, 2.0)


def test_what_was_sent_before_the_part_that_is_wanted_is_left_out():
    entries = entries_of("\n".join([created(), ASKED, append(2.0, tone(300, 1000))]))
    part = Call(list(soundtracks(iter(entries[2:]))))
    assert [piece.data for piece, _ in part.pieces(entries)] == [tone(300, 1000)]


def test_what_is_said_outside_the_conversation_is_not_heard_in_the_call():
    aside = call(created(), ASKED, began(1.5, conversation=None), SAID)
    assert aside.clips("model") == []
    assert aside.span.until_s == 1.0


def test_audio_that_the_log_has_shortened_is_of_no_length():
    shortened = call(created(), *[append(1 + n / 10, bytes(8)) for n in range(20)], began(3.5), delta(4.0, MODEL))
    assert shortened.shortened == {"user"}
    assert [len(shortened.clips(side)) for side in SIDES] == [0, 1]


def test_one_side_keeps_its_own_format_and_both_are_brought_to_one():
    telephone = call(created(0.0, "audio/pcmu"), append(1.0, bytes(8000)), began(1.5), delta(2.0, bytes(4000)))
    assert telephone.coding(("user",)) == Coding("audio/pcmu", 8000)
    assert telephone.coding(SIDES) == MIXED == Coding("audio/pcm", 24_000)
    assert call(created()).coding(("user",)) == MIXED
