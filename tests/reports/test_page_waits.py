"""How long answers took, as the page tells it: by the names that the commands have for it, and never from what is not known."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import program
import pytest
from paged import spoken

RECORDINGS = Path(__file__).parents[2] / "recordings"


def rtcli(*arguments):
    done = program.run([sys.executable, "-m", "rtcli", *map(str, arguments)], capture_output=True, timeout=60)
    assert done.returncode in {0, 1, 3}, done.stderr.decode()
    return done.stdout.decode()


def lanes(path):
    """The lanes of each connection, out of the page."""
    page = rtcli("report", path, "-o", "-", "--no-audio")
    data = page.partition('<script type="application/json" id="data">')[2].partition("</script>")[0]
    return [connection["lanes"] for connection in json.loads(data)["connections"]]


def saved(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def typed(after_s):
    """A turn that the user typed, answered with audio, as lines from `after_s` on."""
    item = {"id": "item_t", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "So?"}]}
    response = {"id": "resp_t", "object": "realtime.response", "output": [], "conversation_id": "conv_1"}
    place = {"response_id": "resp_t", "item_id": "item_a", "output_index": 0, "content_index": 0}
    events = [
        (0.0, "client", {"type": "conversation.item.create", "item": item}),
        (0.1, "client", {"type": "response.create"}),
        (0.2, "server", {"type": "response.created", "response": {**response, "status": "in_progress"}}),
        (0.9, "server", {"type": "response.output_audio.delta", **place, "delta": "/////w=="}),
        (1.0, "server", {"type": "response.done", "response": {**response, "status": "completed"}}),
    ]
    return [
        json.dumps(
            {"t": after_s + t, "from": sender, "event": event | ({"event_id": f"e{t}"} if sender == "server" else {})}
        )
        for t, sender, event in events
    ]


@pytest.fixture
def mixed(tmp_path):
    """Six spoken turns and a typed one."""
    lines = spoken(6)
    return saved(tmp_path / "mixed.jsonl", [*lines, *typed(json.loads(lines[-1])["t"] + 1)])


def test_both_waits_are_told_as_the_turns_command_tells_them(mixed):
    (told,) = lanes(mixed)
    spread = {one["metric"]: one for one in json.loads(rtcli("turns", mixed, "--json"))["spread"]}
    assert [one["name"] for one in told["waits"]] == ["TTFA", "voice to voice"]
    for wait, metric in zip(told["waits"], ("ttfa", "voice_to_voice"), strict=True):
        for name in ("n", "p50", "p95"):
            assert wait[name] == pytest.approx(spread[metric][name], abs=0.001)
    first, second = told["waits"]
    assert (first["n"], second["n"]) == (7, 6)
    assert first["worst"] == pytest.approx(800)
    assert first["turn"] == 7


def test_a_typed_turn_has_no_voice_to_voice(mixed):
    (told,) = lanes(mixed)
    *heard, last = told["turns"]
    assert last["waits"] == [pytest.approx(800), None]
    assert last["from"] == "turn"
    for turn in heard:
        assert turn["from"] == "speech"
        assert sum(ms for _, ms, _ in turn["stages"]) == pytest.approx(turn["waits"][1])


def test_where_sound_is_missing_nothing_is_counted_from_the_end_of_speech(tmp_path):
    whole = spoken(6)
    header = json.loads(whole[0]) | {"lossless": False}
    (told,) = lanes(saved(tmp_path / "part.jsonl", [json.dumps(header), *whole[1:]]))
    assert [one["name"] for one in told["waits"]] == ["TTFA"]
    for turn in told["turns"]:
        assert turn["from"] == "turn"
        assert turn["waits"][1] is None
        assert "turn detection" not in [name for name, _, _ in turn["stages"]]
        assert sum(ms for _, ms, _ in turn["stages"]) == pytest.approx(turn["waits"][0])


def test_what_was_spoken_and_answered_in_writing_is_counted_from_the_end_of_the_turn(tmp_path):
    lines = [line.replace("response.output_audio.delta", "response.output_text.delta") for line in spoken(6)]
    events = [json.loads(line) for line in lines[1:]]
    stops = [one["t"] for one in events if one["event"]["type"] == "input_audio_buffer.speech_stopped"]
    writes = [one["t"] for one in events if one["event"]["type"] == "response.output_text.delta"][::2]
    (told,) = lanes(saved(tmp_path / "written.jsonl", lines))
    (wait,) = told["waits"]
    assert (wait["name"], wait["n"]) == ("first text", 6)
    assert wait["worst"] == pytest.approx(max(b - a for a, b in zip(stops, writes, strict=True)) * 1000)
    assert {turn["from"] for turn in told["turns"]} == {"speech"}


def test_an_answer_in_writing_is_told_as_such():
    for told in lanes(RECORDINGS / "text.jsonl"):
        assert [one["name"] for one in told["waits"]] == ["first text"]
        assert all(turn["waits"] == [None, None] for turn in told["turns"])
