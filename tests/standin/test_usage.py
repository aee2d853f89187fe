"""Token counts and the budget."""

from __future__ import annotations

import pytest

from rtcli.events.billed import Usage
from rtcli.standin.answer import output_tokens, text_tokens
from rtcli.standin.usage import LIMIT, TokenBudget


def spend(budget, tokens, now):
    (limit,) = budget.spend(Usage(total_tokens=tokens), now)
    return limit.remaining


def test_a_budget_goes_down_and_fills_again_within_a_minute():
    budget = TokenBudget()
    assert spend(budget, 30_000, 0.0) == LIMIT - 30_000
    assert spend(budget, 0, 30.0) == LIMIT - 10_000
    assert spend(budget, 0, 300.0) == LIMIT, "it is never more than full"


def test_a_budget_is_never_overdrawn_and_says_when_it_is_full():
    budget = TokenBudget()
    (limit,) = budget.spend(Usage(total_tokens=10 * LIMIT), 0.0)
    assert (limit.remaining, limit.reset_seconds) == (0, 60.0)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("four", 1), ("fives", 2)])
def test_four_characters_are_a_token(text, tokens):
    assert text_tokens(text) == tokens


def test_a_second_of_speech_is_twenty_tokens():
    assert output_tokens("", 1000) == 20
    assert output_tokens("word", 1000) == 21
