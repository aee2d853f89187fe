"""What tokens and minutes cost, by the documented table and by one of the user's own."""

from __future__ import annotations

import json
import re

import pytest

from rtcli.errors import BadOption
from rtcli.events.billed import (
    CachedTokens,
    InputTokens,
    OutputTokens,
    TranscriptionDuration,
    TranscriptionInputTokens,
    TranscriptionTokens,
    Usage,
)
from rtcli.session.prices import PRICES, Cost, Prices, parse
from rtcli.session.tokens import tokens_of

PARROT = {
    "input": {"text": 1, "audio": 10, "image": 2},
    "cached": {"text": 0.5, "audio": 1, "image": 1},
    "output": {"text": 4, "audio": 40},
}
OWN = {"as_of": "2026-01-31", "tokens": {"parrot": PARROT}}


def own(**changes) -> Prices:
    return parse(json.dumps(OWN | changes))


def cost_of(usage: Usage, model: str = "parrot", prices: Prices | None = None) -> Cost | None:
    """In millionths of a dollar."""
    cost = (prices or own()).of_response(model, tokens_of(usage))
    return cost and Cost(round(cost.low * 1e6, 6), round(cost.high * 1e6, 6))


def used(taken: InputTokens, given: OutputTokens) -> Usage:
    return Usage(input_tokens=100, input_token_details=taken, output_tokens=10, output_token_details=given)


TEXT_OUT = OutputTokens(text_tokens=10, audio_tokens=0)
"""Costs 40 millionths of a dollar."""


# The table


def test_the_documented_prices_are_those_of_the_protocol(shared):
    documented = json.loads((shared / "protocol/metrics.json").read_text())["prices"]
    assert PRICES.as_of == documented["as_of"]
    assert parse(json.dumps(documented)).tokens == PRICES.tokens
    assert parse(json.dumps(documented)).transcription == PRICES.transcription
    assert parse(json.dumps(documented)).translation == PRICES.translation


def test_a_file_replaces_the_whole_table_and_keeps_its_date():
    prices = own()
    assert prices.as_of == "2026-01-31"
    assert set(prices.tokens) == {"parrot"}
    assert not prices.transcription
    assert cost_of(used(InputTokens(text_tokens=100), TEXT_OUT), "gpt-realtime", prices) is None


def test_a_file_may_say_more_than_is_read():
    prices = own(currency="USD", tokens={"parrot": {**PARROT, "source": "a page"}})
    assert cost_of(used(InputTokens(text_tokens=100), TEXT_OUT), prices=prices) == Cost(140, 140)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "truncated"),
        ("prices", "malformed"),
        ("[]", "Expected `object`, got `array`"),
        (b"\xff", "no table of prices"),
        ('{"tokens":{}}', "missing required field `as_of`"),
        (json.dumps(OWN | {"as_of": "yesterday"}), "as_of"),
        (json.dumps(OWN | {"as_of": "2026-13-01"}), "2026-13-01 is no day"),
        ('{"as_of":"2026-01-31"}', "the table has no price"),
        (json.dumps(OWN | {"tokens": {"parrot": {"input": {"text": 1}}}}), "missing required field `output`"),
        (json.dumps(OWN | {"tokens": {"parrot": {**PARROT, "input": {"words": 1}}}}), "unknown field `words`"),
        (json.dumps(OWN | {"tokens": {"parrot": {**PARROT, "input": {"text": -1}}}}), ">= 0"),
        (json.dumps(OWN | {"tokens": {"parrot": {**PARROT, "input": {"text": "1"}}}}), "got `str`"),
        (json.dumps(OWN | {"translation": {"parrot": {}}}), "missing required field `per_minute`"),
        ("[" * 100_000, "no table of prices"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_table_to_look_at(text, why):
    with pytest.raises(BadOption, match=re.escape(why)) as refusal:
        parse(text)
    assert refusal.value.option == "--prices"
    example = refusal.value.remedy.partition("like ")[2]
    assert parse(example).tokens


# Names


@pytest.mark.parametrize(
    "name",
    [
        "gpt-realtime",
        "gpt-realtime-2025-08-28",
        "gpt-realtime-global-standard",
        "gpt-realtime-2025-08-28-global-standard",
    ],
)
def test_a_model_is_found_without_its_date_and_without_the_kind_of_its_deployment(name):
    assert cost_of(used(InputTokens(text_tokens=100), TEXT_OUT), name, PRICES) == Cost(560, 560)


@pytest.mark.parametrize("name", [None, "", "gpt-realtime-9", "my-deployment", "gpt-4o-realtime-preview-2024-10-01"])
def test_an_unknown_model_has_no_cost(name):
    assert cost_of(used(InputTokens(text_tokens=100), TEXT_OUT), name, PRICES) is None


def test_the_exact_name_comes_before_the_family():
    prices = own(tokens={"parrot": PARROT, "parrot-2026-01-01": {**PARROT, "input": {"text": 3}}})
    usage = used(InputTokens(text_tokens=100), TEXT_OUT)
    assert cost_of(usage, "parrot-2026-01-01", prices) == Cost(340, 340)
    assert cost_of(usage, "parrot-2026-02-02", prices) == Cost(140, 140)


# Responses


def test_each_modality_has_its_price_and_what_is_cached_another():
    cached = CachedTokens(text_tokens=20, audio_tokens=10, image_tokens=5)
    taken = InputTokens(
        text_tokens=60, audio_tokens=30, image_tokens=10, cached_tokens=35, cached_tokens_details=cached
    )
    fresh, less, given = 40 * 1 + 20 * 10 + 5 * 2, 20 * 0.5 + 10 * 1 + 5 * 1, 4 * 4 + 6 * 40
    whole = fresh + less + given
    assert cost_of(used(taken, OutputTokens(text_tokens=4, audio_tokens=6))) == Cost(whole, whole)


def test_cached_tokens_of_an_untold_modality_make_a_range():
    """20 of 60 text tokens cached save 10; 20 of 40 audio tokens save 180."""
    taken = InputTokens(text_tokens=60, audio_tokens=40, cached_tokens=20)
    whole = 60 * 1 + 40 * 10 + 40
    assert cost_of(used(taken, TEXT_OUT)) == Cost(whole - 180, whole - 10)


def test_more_cached_tokens_than_one_modality_has_are_partly_of_the_other():
    """Of 90, all 60 text tokens and 30 of audio, or all 40 of audio and 50 of text."""
    taken = InputTokens(text_tokens=60, audio_tokens=40, cached_tokens=90)
    text_first, audio_first = 60 * 0.5 + 30 * 1 + 10 * 10, 40 * 1 + 50 * 0.5 + 10 * 1
    assert cost_of(used(taken, TEXT_OUT)) == Cost(audio_first + 40, text_first + 40)


def test_the_cheapest_and_the_dearest_reading_need_not_have_all_of_one_modality():
    """The least: the cached tokens were audio and the answer text; the most: the other way round."""
    usage = Usage(
        input_tokens=100,
        input_token_details=InputTokens(text_tokens=60, audio_tokens=40, cached_tokens=20),
        output_tokens=10,
    )
    whole = 60 * 1 + 40 * 10
    assert cost_of(usage) == Cost(whole - 180 + 40, whole - 10 + 400)


def test_a_usage_without_details_lies_between_all_text_and_all_audio():
    assert cost_of(Usage(input_tokens=100, output_tokens=10)) == Cost(100 + 40, 1000 + 400)


@pytest.mark.parametrize("usage", [None, Usage(), Usage(total_tokens=5), Usage(input_tokens=5), Usage(output_tokens=5)])
def test_a_usage_that_does_not_tell_both_sides_has_no_cost(usage):
    assert own().of_response("parrot", tokens_of(usage)) is None


def test_a_modality_without_a_price_has_no_cost_unless_it_was_not_used():
    prices = own(tokens={"parrot": {"input": {"text": 1}, "output": {"text": 4}}})
    assert cost_of(used(InputTokens(text_tokens=100, audio_tokens=0), TEXT_OUT), prices=prices) == Cost(140, 140)
    assert cost_of(used(InputTokens(text_tokens=60, audio_tokens=40), TEXT_OUT), prices=prices) is None
    assert cost_of(used(InputTokens(text_tokens=100, cached_tokens=9), TEXT_OUT), prices=prices) is None


def test_nothing_used_costs_nothing():
    empty = Usage(input_tokens=0, output_tokens=0)
    assert cost_of(empty) == Cost(0, 0)


def test_numbers_that_cannot_be_true_are_not_told():
    assert tokens_of(Usage(input_tokens=10**400, output_tokens=2**63)) is None


def test_costs_add_up_at_both_ends():
    assert Cost(1, 2) + Cost(10, 20) == Cost(11, 22)


# Transcriptions and translations


def test_a_transcription_is_priced_by_the_minute_or_by_the_token_as_its_usage_counts():
    tokens = TranscriptionTokens(
        total_tokens=140,
        input_tokens=100,
        output_tokens=40,
        input_token_details=TranscriptionInputTokens(text_tokens=10, audio_tokens=90),
    )
    by_token = PRICES.of_transcription("gpt-4o-transcribe", tokens)
    assert by_token.low == by_token.high == pytest.approx((100 * 2.5 + 40 * 10) / 1e6)
    by_minute = PRICES.of_transcription("whisper-1", TranscriptionDuration(seconds=30))
    assert by_minute == Cost(0.003, 0.003)


def test_a_transcription_counted_in_what_its_model_has_no_price_for_has_no_cost():
    assert PRICES.of_transcription("gpt-4o-transcribe", TranscriptionDuration(seconds=30)) is None
    assert PRICES.of_transcription("whisper-1", None) is None
    assert PRICES.of_transcription("gpt-4o-transcribe-diarize", TranscriptionDuration(seconds=30)) is None
    assert PRICES.of_transcription("parrot", TranscriptionDuration(seconds=30)) is None


def test_a_translation_costs_between_the_shorter_and_the_longer_of_its_lengths():
    assert PRICES.of_translation("gpt-realtime-translate", [1, 0.5]) == Cost(0.017, 0.034)
    assert PRICES.of_translation("gpt-realtime-translate", []) is None
    assert PRICES.of_translation("gpt-realtime", [1]) is None


def test_audio_that_is_said_and_has_no_price_has_no_cost():
    prices = own(tokens={"parrot": {"input": {"text": 1}, "output": {"text": 4}}})
    spoken = OutputTokens(text_tokens=0, audio_tokens=10)
    assert cost_of(used(InputTokens(text_tokens=100, audio_tokens=0), spoken), prices=prices) is None
