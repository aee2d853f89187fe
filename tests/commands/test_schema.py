"""``rtcli schema`` as a process of its own."""

from __future__ import annotations

import json
import os
import sys

import program
import pytest
from jsonschema import Draft202012Validator

from rtcli.events import DIALECTS, Event, decode


def schema(*arguments, code=0, **environment):
    command = [sys.executable, "-m", "rtcli", "schema", *arguments]
    done = program.run(command, capture_output=True, text=True, timeout=60, env=os.environ | environment)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def test_without_a_type_all_types_are_listed_by_dialect_and_direction():
    told = schema(COLUMNS="200").stdout
    for dialect in DIALECTS.values():
        assert dialect.spoken_at in told
        assert all(f" {name} " in told for name in dialect.types)
    assert "from the client: 11" in told
    assert "from the server: 46" in told


def test_into_a_pipe_each_type_goes_on_one_line_and_onto_a_narrow_screen_whole():
    said = "An item stands in the conversation; if a response is writing it, its content is still empty"
    listed = [line.split(maxsplit=1) for line in schema(COLUMNS="").stdout.splitlines()]
    assert ["conversation.item.added", said] in listed
    shown = schema(COLUMNS="60").stdout
    assert max(map(len, shown.splitlines())) <= 60
    assert said in " ".join(shown.split())


def test_one_dialect_can_be_listed_alone():
    told = schema("--dialect", "translation").stdout
    assert "session.input_audio_buffer.append" in told
    assert "response.done" not in told


def test_a_type_is_shown_with_sender_fields_limits_what_follows_and_an_example():
    told = schema("input_audio_buffer.append", COLUMNS="100").stdout
    assert "sent by the client in realtime, the same in beta" in told
    assert "audio*" in told
    assert "string, at most 512 characters" in told
    assert '"audio": "AAAAAAAA"' in told
    assert "follows" in schema("response.create").stdout


def test_a_type_that_dialects_have_in_different_shapes_is_shown_in_each():
    told = schema("session.created").stdout
    assert [f"by the server in {name}\n" in told for name in ("realtime", "beta", "translation")] == [True] * 3
    assert "in beta" not in schema("session.created", "--dialect", "realtime").stdout


def test_output_to_a_pipe_is_plain():
    assert "\x1b" not in schema("response.done").stdout
    assert "\x1b" not in schema().stdout


def test_a_misspelt_type_is_one_line_with_what_was_meant():
    done = schema("respnse.done", code=2)
    assert done.stdout == ""
    assert done.stderr == "rtcli: TYPE: 'respnse.done' is no event of any dialect; did you mean response.done?\n"
    elsewhere = schema("response.done", "--dialect", "live", code=2).stderr
    assert elsewhere.endswith("is no event of the dialect live; it is one of realtime and beta\n")
    assert "did you mean response.done?" in schema("response.cancelled", code=2).stderr
    assert "rtcli schema lists them all" in schema("\x1b[2J", code=2).stderr
    assert "\x1b" not in schema("\x1b[2J", code=2).stderr


def test_json_names_its_schema_and_says_the_same():
    listed = json.loads(schema("--json").stdout)
    assert listed["schema"] == "rtcli.schema/1"
    assert len(listed["types"]) == sum(len(dialect.types) for dialect in DIALECTS.values())
    assert {one["sender"] for one in listed["types"]} == {"client", "server", "either"}
    (page,) = json.loads(schema("response.done", "--dialect", "beta", "--json").stdout)["types"]
    assert page["sender"] == "server"
    assert isinstance(decode(json.dumps(page["example"]), DIALECTS["beta"]), Event)


def test_json_names_every_part_of_a_field():
    (page,) = json.loads(schema("session.update", "--dialect", "realtime", "--json").stdout)["types"]
    fields = {field["name"]: field for field in page["fields"]}
    assert fields["event_id"] == {
        "name": "event_id",
        "kind": "string, at most 512 characters",
        "required": False,
        "nullable": True,
    }
    kinds = {variant["tag"]: variant for variant in fields["session"]["variants"]}
    assert set(kinds) == {"realtime", "transcription"}
    assert kinds["realtime"]["tag_required"]
    assert "audio" in {field["name"] for field in kinds["realtime"]["fields"]}


def test_json_schema_of_a_dialect_takes_its_events_only():
    validator = Draft202012Validator(json.loads(schema("--json-schema", "--dialect", "translation").stdout))
    assert validator.is_valid({"type": "session.close"})
    assert not validator.is_valid({"type": "response.cancel"})
    assert Draft202012Validator(json.loads(schema("--json-schema").stdout)).is_valid({"type": "response.cancel"})


def test_json_schema_of_a_type_is_a_schema_that_other_validators_take():
    written = json.loads(schema("response.done", "--dialect", "realtime", "--json-schema").stdout)
    Draft202012Validator.check_schema(written)
    assert written["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    validator = Draft202012Validator(written)
    assert validator.is_valid({"type": "response.done", "event_id": "e", "response": {"id": "r"}})
    assert not validator.is_valid({"type": "response.done", "event_id": "e"})
    assert not validator.is_valid({"type": "response.created", "event_id": "e", "response": {}})


def completed(words, shell="bash"):
    environment = {
        "_RTCLI_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    command = [sys.executable, "-m", "rtcli"]
    return program.run(command, capture_output=True, text=True, timeout=60, env=os.environ | environment).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_type_names_are_completed(shell):
    told = completed("rtcli schema response.output_a", shell)
    assert "response.output_audio.delta" in told
    assert "response.output_text.delta" not in told


def test_a_dialect_that_the_line_names_narrows_the_completion():
    assert completed("rtcli schema --dialect translation session.i").split() == [
        "session.input_audio_buffer.append",
        "session.input_transcript.delta",
    ]
    assert completed("rtcli schema --dialect live response.d").split() == []
