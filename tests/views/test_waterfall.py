"""What a call cost on a screen: bars whose parts are their shares, and plain signs where it is no terminal."""

from __future__ import annotations

import io

from counted import BEGIN, HEADER, committed, created, done, session_of, transcribed
from notation import entries_of
from rich.console import Console

from rtcli.session.measured import connections
from rtcli.session.prices import PRICES, parse
from rtcli.session.spending import bill_of
from rtcli.views.waterfall import print_waterfall

EVEN = parse('{"as_of":"2026-01-31","tokens":{"gpt-realtime":{"input":{"text":1000},"output":{"text":1000}}}}')
"""A thousandth of a dollar for each token."""


def answer(t, name, taken, given):
    used = (
        f',"usage":{{"input_tokens":{taken},"output_tokens":{given},'
        f'"input_token_details":{{"text_tokens":{taken}}},"output_token_details":{{"text_tokens":{given}}}}}'
    )
    return created(t, name) + done(t + 0.5, name, more=used)


def shown(script, prices=EVEN, width=140, terminal=False):
    paid = [(one, bill_of(one.metrics, one.kept)) for one in connections(entries_of(script), prices)]
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None, highlight=False)
    print_waterfall(console, "call.jsonl", paid, prices)
    return file.getvalue()


def bars(told, signs):
    return [word for line in told.splitlines() for word in line.split() if len(word) > 1 and set(word) <= set(signs)]


def test_the_dearest_turn_has_the_longest_bar_and_each_part_its_share():
    """30 new and 10 out; then 40 of 40 again and 40 out: the first bar is half as long as the second."""
    first, second = bars(shown(BEGIN + answer(1.0, "a", 30, 10) + answer(2.0, "b", 40, 40)), "+.#")
    assert len(second) == 2 * len(first)
    assert first.count("+") == round(len(first) * 3 / 4)
    assert second.count(".") == second.count("#") == len(second) // 2


def test_on_a_terminal_the_signs_are_blocks_and_elsewhere_they_are_ascii():
    script = BEGIN + answer(1.0, "a", 30, 10)
    assert bars(shown(script, terminal=True), "▓█")
    assert not set("▓░█▒") & set(shown(script))


def test_the_running_sum_ends_at_the_total():
    told = shown(BEGIN + answer(1.0, "a", 300, 100) + answer(2.0, "b", 400, 400)).splitlines()
    assert "$1.20 (prices of 2026-01-31)" in told[1]
    assert [line.split()[2:4] for line in told if line.strip()[:2] in {"1 ", "2 "}] == [
        ["$0.40", "$0.40"],
        ["$0.80", "$1.20"],
    ]


def test_where_nothing_has_a_price_bars_are_of_tokens():
    script = BEGIN.replace("gpt-realtime", "parrot") + answer(1.0, "a", 30, 10)
    told = shown(script, PRICES)
    assert "bars in tokens: + new input  # output" in told
    assert "$" not in told


def test_what_a_peer_calls_its_model_moves_no_cursor():
    script = BEGIN.replace("gpt-realtime", "\\u001b[2Jparrot") + answer(1.0, "a", 30, 10)
    assert "\x1b[2J" not in shown(script, terminal=True)


HEARS = '"transcription":{"model":"whisper-1"},"turn_detection":null'
MINUTE = '"transcript":"Hi","usage":{"type":"duration","seconds":60}'


def test_a_model_without_a_price_does_not_cost_nothing_because_a_transcript_has_one():
    """A minute of transcription for half a dollar; the parrot's 40 tokens are of an unknown price."""
    prices = parse('{"as_of":"2026-01-31","transcription":{"whisper-1":{"per_minute":0.5}}}')
    script = HEADER + session_of(HEARS, model="parrot-1") + committed(0.5, "u")
    told = shown(script + transcribed(0.8, "completed", more=MINUTE) + answer(1.0, "a", 30, 10), prices)
    amounts = [word.rstrip(",") for word in told.split() if word.startswith("$")]
    assert set(amounts) == {"$0.50"}
    assert "bars in tokens" in told
    assert "parrot-1: price or usage is not known" in told


def test_every_response_is_counted_and_not_only_those_with_a_usage():
    told = shown(BEGIN + created(0.5, "x") + done(0.6, "x", "failed") + answer(1.0, "a", 30, 10))
    assert "2 responses" in told.splitlines()[1]


def test_only_all_of_it_is_called_a_hundred_per_cent():
    """Of 300 responses the first takes in 100,000 tokens that are new: a third of a per cent of all."""
    many = BEGIN + "".join(answer(1.0 + n, f"r{n}", 100_000 + n, 1) for n in range(300))
    assert "re-sent (over 99%)" in shown(many)


def test_tokens_of_no_told_kind_are_not_told_for_a_fact():
    """Of 30 tokens in and 10 out nobody says whether they are text or audio, at prices that are not the same."""
    prices = parse(
        '{"as_of":"2026-01-31","tokens":{"gpt-realtime":'
        '{"input":{"text":1000,"audio":2000},"output":{"text":1000,"audio":2000}}}}'
    )
    guess = "what the usage does not tell is taken for the dearest that it can be"
    untold = ',"usage":{"input_tokens":30,"output_tokens":10}'
    script = BEGIN + created(1.0, "a") + done(1.5, "a", more=untold)
    told = shown(script, prices)
    assert "$0.0400 to $0.0800" in told
    assert guess in told
    assert guess not in shown(BEGIN + answer(1.0, "a", 30, 10), prices)
