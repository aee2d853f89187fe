"""What the built-in server says its answers cost: counts that add up, and a budget that fills again."""

from __future__ import annotations

from typing import Any, Final

from rtcli.events.billed import CachedTokens, InputTokens, OutputTokens, Usage
from rtcli.events.objects import RateLimit
from rtcli.standin.answer import OUTPUT_MS_A_TOKEN, Answer, text_tokens
from rtcli.standin.conversation import Conversation

LIMIT: Final = 40_000


def usage_of(talk: Conversation, session: dict[str, Any], answer: Answer) -> Usage:
    """The tokens of a response: the whole conversation goes in, what was said comes out."""
    instructions = session.get("instructions") or ""
    text_in = talk.text_tokens + text_tokens(instructions)
    text_out = text_tokens(answer.text)
    audio_out = answer.audio_ms // OUTPUT_MS_A_TOKEN
    total_in, total_out = text_in + talk.audio_tokens, text_out + audio_out
    cached = CachedTokens(text_tokens=0, audio_tokens=0, image_tokens=0)
    return Usage(
        total_tokens=total_in + total_out,
        input_tokens=total_in,
        output_tokens=total_out,
        input_token_details=InputTokens(
            text_tokens=text_in,
            audio_tokens=talk.audio_tokens,
            image_tokens=0,
            cached_tokens=0,
            cached_tokens_details=cached,
        ),
        output_token_details=OutputTokens(text_tokens=text_out, audio_tokens=audio_out),
    )


class TokenBudget:
    """A limit of tokens a minute."""

    def __init__(self) -> None:
        self._left = float(LIMIT)
        self._at: float | None = None

    def spend(self, usage: Usage, now: float) -> list[RateLimit]:
        """Take a response's tokens; gives back what is left."""
        refill = LIMIT / 60 * (now - self._at) if self._at is not None else 0.0
        spent = usage.total_tokens if isinstance(usage.total_tokens, int) else 0
        self._left = max(0.0, min(float(LIMIT), self._left + refill) - spent)
        self._at = now
        reset = round((LIMIT - self._left) * 60 / LIMIT, 3)
        return [RateLimit(name="tokens", limit=LIMIT, remaining=int(self._left), reset_seconds=reset)]
