"""Messages that no role can have: what the pages do not show."""

from __future__ import annotations

import json

from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.seeds import RULES


def said(item, kind="> conversation.item.create"):
    told = Check(RULES).run(entries_of(f"{kind} {json.dumps({'item': item})}"))
    return [one for one in told if one.code.startswith("SES")]


def message(role, *content, **more):
    return {"type": "message", "role": role, "content": list(content), **more}


def part(kind, **fields):
    return {"type": kind, **fields}


def test_it_is_told_which_part_is_wrong_and_what_could_stand_there_in_order():
    wrong = message("user", part("input_text", text="a"), part("output_text", text="b"))
    (one,) = said(wrong)
    assert (one.code, one.path) == ("SES14", "$.item.content[1].type")
    assert one.remedy == "use input_audio or input_image or input_text"


def test_of_a_message_with_faults_only_parts_that_say_what_they_are_are_looked_at():
    parts = [part("output_text", text="a"), {"text": 1}, part(["input_text"]), part("input_text", text="b")]
    assert [one.path for one in said(message("assistant", *parts))] == ["$.item.content[3].type"]
    assert said(message("nobody", part("output_text", text="a"))) == []
    assert said([]) == []


def test_what_the_server_tells_is_not_inserted_by_the_client():
    wrong = message("user", part("output_text", text="a"), status=5)
    assert [one.code for one in said(wrong)] == ["SES14"]
    assert said(wrong, "< conversation.item.added") == []


def test_audio_of_the_model_in_a_message_of_the_user_is_only_of_the_wrong_kind():
    spoken = part("output_audio", audio="AAAA")
    assert [one.code for one in said(message("user", spoken))] == ["SES14"]
    assert [one.code for one in said(message("assistant", spoken))] == ["SES15"]
