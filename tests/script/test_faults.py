"""Trouble that is made on purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from performed import FOLDER, body_of, said_by, script_of

from rtcli.errors import BadOption
from rtcli.recording import Close
from rtcli.script.faults import KINDS, Trouble, fault_of

LINES = [f'{{"type":"x","n":{number}}}' for number in range(200)]
WORDS = ["drop=30%", "duplicate=30%", "malformed=30%", "delay=200ms", "jitter=100ms", "stall@1s=2s", "rate-limit"]


def passed(words, lines=LINES, seed="1", step_s=0.01):
    trouble = Trouble([fault_of(word) for word in words], seed)
    return [one for number, line in enumerate(lines) for one in trouble.passing(line, number * step_s)]


def test_without_faults_everything_passes_at_once():
    assert passed([]) == [(number * 0.01, line) for number, line in enumerate(LINES)]


@pytest.mark.parametrize("word", WORDS)
def test_a_seed_makes_it_repeat(word):
    assert passed([word]) == passed([word])


@given(st.lists(st.sampled_from(WORDS), max_size=4), st.text(max_size=3))
def test_nothing_overtakes_and_nothing_leaves_before_its_time(words, seed):
    times = [at for at, _ in passed(words, seed=seed)]
    assert times == sorted(times)
    dropped = any(word.startswith(("drop", "duplicate")) for word in words)
    assert dropped or all(at >= number * 0.01 for number, at in enumerate(times))


def test_about_the_share_is_dropped_and_the_rest_is_whole():
    kept = [line for _, line in passed(["drop=30%"])]
    assert 100 < len(kept) < 180
    assert kept == [line for line in LINES if line in set(kept)]


@pytest.mark.parametrize(("word", "touched"), [("drop=100%", 3), ("duplicate=100%", 3), ("malformed=0%", 0)])
def test_what_was_not_sent_as_it_was_is_counted(word, touched):
    trouble = Trouble([fault_of(word)], "1")
    for _ in range(3):
        trouble.passing('{"type":"x"}', 0.0)
    assert trouble.touched == touched


def test_what_is_sent_twice_is_sent_twice_in_a_row():
    lines = [line for _, line in passed(["duplicate=30%"])]
    assert 20 < len(lines) - len(LINES) < 100
    assert list(dict.fromkeys(lines)) == LINES


def test_what_is_malformed_is_no_json():
    lines = [line for _, line in passed(["malformed=100%"])]
    assert len(lines) == len(LINES)
    assert all(body_of(line) == {} for line in lines)


def test_a_delay_is_as_long_as_it_is_said_to_be():
    assert [at for at, _ in passed(["delay=200ms"])] == [pytest.approx(number * 0.01 + 0.2) for number in range(200)]


def test_a_jitter_is_no_longer_and_not_always_the_same():
    late = {round(at - number * 0.01, 6) for number, (at, _) in enumerate(passed(["jitter=100ms"], step_s=0.01))}
    assert all(0 <= one <= 0.1 for one in late)
    assert len(late) > 10


def test_a_stall_holds_everything_until_it_is_over():
    times = [at for at, _ in passed(["stall@1s=2s"], step_s=0.02)]
    assert times[49] == pytest.approx(0.98)
    assert times[50:150] == [3.0] * 100
    assert times[151] == pytest.approx(3.02)


def test_a_fault_that_begins_later_leaves_what_is_before_alone():
    lines = [line for _, line in passed(["drop@1s=100%"])]
    assert lines == LINES[:100]


def test_a_limit_ends_a_response_and_nothing_of_it_follows():
    script = script_of(FOLDER / "clean" / "chat.jsonl")
    trouble = Trouble([fault_of("rate-limit")], "1")
    lines = [step.content for step in said_by(script, "server") if not isinstance(step.content, Close)]
    events = [body_of(line) for sent in lines for _, line in trouble.passing(sent, 0.0)]
    about = [event["type"] for event in events if "response" in event["type"]]
    assert about == ["response.created", "response.done"] * 2
    done = next(event["response"] for event in events if event["type"] == "response.done")
    assert (done["status"], done["status_details"]["error"]["code"]) == ("failed", "rate_limit_exceeded")
    items = [event["item"]["role"] for event in events if event["type"] == "conversation.item.added"]
    assert items == ["user", "user"]


def test_the_earliest_end_counts():
    trouble = Trouble([fault_of("close@12s=4000"), fault_of("vanish@3s")])
    assert (trouble.end.kind, trouble.end.after_s) == ("vanish", 3.0)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("rain=5%", "is no fault"),
        ("drop", "how often"),
        ("drop=5", "how often"),
        ("drop=500%", "how often"),
        ("delay", "how long"),
        ("delay=soon", "no time"),
        ("delay=-1s", "out of range"),
        ("stall=3s", "when"),
        ("close=1011", "when"),
        ("close@1s=1005", "no close code"),
        ("close@1s=99", "no close code"),
        ("vanish", "when"),
        ("", "is no fault"),
    ],
)
def test_what_cannot_be_meant_is_said(word, why):
    with pytest.raises(BadOption, match=why):
        fault_of(word)


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_explained_with_an_example_that_works(kind):
    examples = KINDS[kind].split(": ")[1].split(", ")
    assert {fault_of(word).kind for word in examples} == {kind}
