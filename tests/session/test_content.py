from __future__ import annotations

from notation import told

ADDED = '< conversation.item.%s {"item":{"id":"i","type":"message","role":"%s","content":[%s]}}\n'
PCM = '< session.created {"session":{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcm"}}}}}\n'


def item(script):
    return told(script).connections[0].children[-1]


def user(script):
    return item(script).children[0]


def test_an_image_is_counted_by_its_bytes():
    image = '{"type":"input_image","image_url":"data:image/png;base64,AAAAAAA="}'
    (part,) = user(ADDED % ("added", "user", image)).children
    assert (part.kind, part.size_bytes) == ("image", 5)


def test_an_image_that_is_only_named_has_no_size():
    assert user(ADDED % ("added", "user", '{"type":"input_image","image_url":"file"}')).children[0].size_bytes == 0


def test_audio_that_is_brought_back_is_measured_in_its_own_format():
    audio = '{"type":"output_audio","audio":"%s","transcript":"Hi"}' % ("A" * 6400)
    streams = item(PCM + ADDED % ("retrieved", "assistant", audio)).streams
    assert (streams[0, "audio"].audio_ms, streams[0, "transcript"].text) == (100.0, "Hi")


def test_a_whole_object_does_not_change_what_was_said():
    said, other = '{"type":"input_text","text":"Hi"}', '{"type":"input_text","text":"Bye"}'
    assert user(ADDED % ("added", "user", said) + ADDED % ("done", "user", other)).streams[0, "text"].text == "Hi"


def test_an_item_that_is_being_written_settles_nothing():
    writing = ADDED.replace('"role"', '"status":"in_progress","role"') % (
        "added",
        "assistant",
        '{"type":"output_text","text":"H"}',
    )
    whole = ADDED % ("done", "assistant", '{"type":"output_text","text":"Hi"}')
    assert item(writing + whole).streams[0, "text"].text == "Hi"


def test_an_answer_to_a_wish_for_approval_says_whether_and_why():
    answer = (
        '{"type":"mcp_approval_response","id":"yes","approval_request_id":"ask","approve":false,"reason":"not now"}'
    )
    asked = item('> conversation.item.create {"item":%s}' % answer)
    (why,) = asked.children
    assert (asked.kind, asked.approve, why.kind, why.text) == ("mcp_approval_response", False, "reason", "not now")
