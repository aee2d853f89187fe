"""Real samples of the forms in which people log their traffic import as their twins, which were kept as bare events."""

from __future__ import annotations

import json

import pytest

from rtcli.formats import Reading

TWINS = {
    "cassette.yaml": ("yaml", "realtime/text_in_audio_out.jsonl"),
    "cassette.jsonl": ("cassette", "live/text_only_session.jsonl"),
    "node_inspect.md": ("node", "beta/text_responses.jsonl"),
}


def bodies(reading):
    for entry in reading:
        line = json.loads(entry.raw)
        yield line if "type" in line else line["event"]


@pytest.mark.parametrize("name", TWINS)
def test_a_sample_has_the_events_of_its_twin_in_order(shared, name):
    form, twin = TWINS[name]
    reading = Reading(shared / "traffic" / "wrapped" / name)
    assert list(bodies(reading)) == list(bodies(Reading(shared / "traffic" / twin)))
    assert (reading.form, reading.dropped) == (form, 0)


def test_frames_as_strings_come_several_a_line_and_from_both_sides(shared):
    path = shared / "traffic" / "wrapped" / "frames_as_strings.jsonl"
    expected = []
    for line in map(json.loads, path.read_text().splitlines()):
        frames = line["frames"] if "frames" in line else [json.loads(line["frame"])]
        expected += [(line["dir"], frame["type"]) for frame in frames]
    reading = Reading(path)
    assert [(entry.sender, entry.event.type) for entry in reading] == expected
    assert (reading.form, reading.dropped) == ("frames", 0)


def test_a_script_with_blank_lines_stays_bare_and_with_comments_loses_nothing(shared, tmp_path):
    path = shared / "traffic" / "wrapped" / "client_script_with_comments.jsonl"
    events = [json.loads(line)["type"] for line in path.read_text().splitlines() if line.strip()]
    plain = Reading(path)
    assert [entry.event.type for entry in plain] == events
    assert plain.form == "rtcli"
    commented = tmp_path / "commented.jsonl"
    commented.write_text("// what the client says\n" + path.read_text())
    reading = Reading(commented)
    assert [entry.event.type for entry in reading] == events
    assert (reading.form, reading.dropped) == ("comments", 0)


def test_all_traffic_that_was_kept_bare_is_read_as_it_was(shared):
    for path in (shared / "traffic").glob("*/*.jsonl"):
        if path.parent.name != "wrapped":
            reading = Reading(path)
            assert len(list(reading)) == len(path.read_bytes().splitlines())
            assert (reading.form, reading.guess) == ("rtcli", ""), path
