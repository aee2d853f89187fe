"""What tokens and minutes cost: a table with a date, and how a usage is priced with it.

The file of ``--prices`` replaces the whole table. It is a JSON object of this shape, in US dollars::

    {"as_of": "2026-11-20",
     "tokens": {"gpt-realtime": {"input": {"text": 4, "audio": 32, "image": 5},
                                 "cached": {"text": 0.4, "audio": 0.4, "image": 0.5},
                                 "output": {"text": 16, "audio": 64}}},
     "transcription": {"whisper-1": {"per_minute": 0.006},
                       "gpt-4o-transcribe": {"input": {"text": 2.5, "audio": 2.5}, "output": {"text": 10}}},
     "translation": {"gpt-realtime-translate": {"per_minute": 0.034}},
     "unpriced": ["gpt-4o-realtime-preview-2024-10-01"]}

Tokens are priced by the million. Only ``as_of`` is needed, and one model; other keys, such as a
source, are left alone. A model is looked for by its name, then without the date that it ends in, and
without Azure's ``-global-standard``; ``unpriced`` names snapshots that do not cost what their family does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from rtcli.errors import BadOption
from rtcli.events.billed import TranscriptionDuration
from rtcli.session.price_table import TABLE
from rtcli.session.tokens import Tokens, tokens_of

Order = tuple[str, ...]
Counts = tuple[tuple[str, int], ...]
"""Tokens by modality."""
_SHAPE: Final = 'it is a JSON object like {"as_of": "2026-11-20", "tokens": {"gpt-realtime": {"input": {"text": 4, "audio": 32}, "cached": {"text": 0.4, "audio": 0.4}, "output": {"text": 16, "audio": 64}}}}'
_DATE: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_AZURE: Final = "-global-standard"
_MILLION: Final = 1_000_000
_ORDERS: Final[tuple[Order, ...]] = (("text", "image", "audio"), ("audio", "image", "text"))
"""What is not told by modality is all of one or all of another: the cheapest and the dearest."""

Price = Annotated[float, Meta(ge=0)]
Row = TypeVar("Row")


class Cost(Struct, frozen=True, gc=False):
    """US dollars; the two differ where the usage does not tell all that the price depends on."""

    low: float
    high: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.low + other.low, self.high + other.high)


class Rates(Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for a million tokens of each modality; None where there is no price."""

    text: Price | None = None
    audio: Price | None = None
    image: Price | None = None


class TokenPrices(Struct, frozen=True):
    """What the tokens of a model cost."""

    input: Rates
    output: Rates
    cached: Rates = Rates()


class Reading(NamedTuple):
    """Tokens by modality, all of them placed, and what they cost by the million."""

    prices: TokenPrices
    taken: dict[str, int]
    cached: dict[str, int]
    """The part of what was taken that is cached."""
    given: dict[str, int]


class TranscriptionPrices(Struct, frozen=True):
    """What a transcription costs, by the minute of audio or by the token."""

    per_minute: Price | None = None
    input: Rates = Rates()
    output: Rates = Rates()


class TranslationPrices(Struct, frozen=True):
    """What a minute of a translation session costs."""

    per_minute: Price


class Prices(Struct, frozen=True):
    """A table of prices, as of one day."""

    as_of: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    tokens: dict[str, TokenPrices] = {}
    transcription: dict[str, TranscriptionPrices] = {}
    translation: dict[str, TranslationPrices] = {}
    unpriced: list[str] = []

    def of_response(self, model: str | None, used: Tokens | None) -> Cost | None:
        """What a response costs; None where the model has no price, or the usage is not told."""
        prices = self._row(self.tokens, model)
        return _cost(prices, used) if prices is not None and used is not None else None

    def reading(self, model: str | None, used: Tokens) -> Reading | None:
        """The dearest that a usage can mean, token by token; None where the model has no price."""
        prices = self._row(self.tokens, model)
        if prices is None or _cost(prices, used) is None:
            return None
        (_, taken, cached), (_, given) = max(_inputs(prices, used)), max(_outputs(prices, used))
        return Reading(prices, dict(taken), dict(cached), dict(given))

    def of_transcription(self, model: str | None, usage: Any) -> Cost | None:
        """What a transcription costs by its usage, which counts either tokens or seconds."""
        prices = self._row(self.transcription, model)
        if prices is None:
            return None
        if isinstance(usage, TranscriptionDuration):
            return _minutes(prices.per_minute, usage.seconds / 60)
        used = tokens_of(usage)
        return _cost(TokenPrices(prices.input, prices.output), used) if used is not None else None

    def of_translation(self, model: str | None, minutes: Sequence[float]) -> Cost | None:
        """What a translation session costs, where its length can be counted in several ways."""
        prices = self._row(self.translation, model)
        if prices is None or not minutes:
            return None
        return Cost(min(minutes) * prices.per_minute, max(minutes) * prices.per_minute)

    def _row(self, table: Mapping[str, Row], model: str | None) -> Row | None:
        for name in _names(model or ""):
            if name in table:
                return table[name]
            if name in self.unpriced:
                return None
        return None


def parse(text: str | bytes) -> Prices:
    """The table that the file of ``--prices`` holds."""
    try:
        prices = msgspec.json.decode(text, type=Prices)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as refusal:
        raise BadOption("--prices", f"this is no table of prices: {refusal}", _SHAPE) from None
    if not _is_day(prices.as_of):
        raise BadOption("--prices", f"{prices.as_of} is no day", _SHAPE)
    if not (prices.tokens or prices.transcription or prices.translation):
        raise BadOption("--prices", "the table has no price", _SHAPE)
    return prices


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _names(model: str) -> Iterator[str]:
    """The names under which a model may stand in the table, the most exact first."""
    yield model
    everywhere = model.removesuffix(_AZURE)
    yield everywhere
    yield _DATE.sub("", everywhere)


def _cost(prices: TokenPrices, used: Tokens) -> Cost | None:
    """What tokens cost, from the cheapest to the dearest that the usage can mean."""
    if _is_missing(used.input, used.text_in, used.audio_in) or _is_missing(used.output, used.text_out, used.audio_out):
        return None
    ins, outs = _inputs(prices, used), _outputs(prices, used)
    if not ins or not outs:
        return None
    low, high = min(ins)[0] + min(outs)[0], max(ins)[0] + max(outs)[0]
    return Cost(low / _MILLION, high / _MILLION)


def _is_missing(*told: int | None) -> bool:
    return all(count is None for count in told)


def _inputs(prices: TokenPrices, used: Tokens) -> list[tuple[float, Counts, Counts]]:
    """What the input can cost, with all of it and what was cached by modality; none where a price is missing."""
    every = _orders(used.input, used, "in"), _orders(used.cached, used, "cached")
    found = []
    for fresh, cached in product(*every):
        taken, kept = _taken(prices, used, fresh, cached)
        full = _times({kind: count - kept[kind] for kind, count in taken.items()}, prices.input)
        less = _times(kept, prices.cached)
        if full is None or less is None:
            return []
        found.append((full + less, tuple(taken.items()), tuple(kept.items())))
    return found


def _outputs(prices: TokenPrices, used: Tokens) -> list[tuple[float, Counts]]:
    """What the output can cost, with its tokens by modality."""
    found = []
    for order in _orders(used.output, used, "out"):
        given = _spread(used.output, _told(used, "out"), order, prices.output)
        dollars = _times(given, prices.output)
        if dollars is None:
            return []
        found.append((dollars, tuple(given.items())))
    return found


def _taken(prices: TokenPrices, used: Tokens, fresh: Order, cached: Order) -> tuple[dict[str, int], dict[str, int]]:
    """The input, and what of it was cached, if what is not told is of the first modality that can be."""
    taken = _spread(used.input, _told(used, "in"), fresh, prices.input)
    kept = {kind: min(count, taken[kind]) for kind, count in _told(used, "cached").items()}
    loose = max(0, (used.cached or 0) - sum(kept.values()))
    for kind in cached:
        fits = min(loose, taken[kind] - kept[kind])
        kept[kind] += fits
        loose -= fits
    return taken, kept


def _spread(whole: int | None, told: dict[str, int], order: Order, rates: Rates) -> dict[str, int]:
    """Tokens by modality; those that are not told are of one that the model has a price for."""
    priced = next((kind for kind in order if getattr(rates, kind) is not None), order[0])
    told[priced] += max(0, (whole or 0) - sum(told.values()))
    return told


def _orders(whole: int | None, used: Tokens, where: str) -> tuple[Order, ...]:
    """The orders that make a difference: where all is told by modality, none does."""
    return _ORDERS if (whole or 0) > sum(_told(used, where).values()) else _ORDERS[:1]


def _told(used: Tokens, where: str) -> dict[str, int]:
    return {kind: max(0, getattr(used, f"{kind}_{where}", None) or 0) for kind in _ORDERS[0]}


def _times(counts: Mapping[str, int], rates: Rates) -> float | None:
    """The price of tokens by modality; None where one that is there has none."""
    dollars = 0.0
    for kind, count in counts.items():
        rate: float | None = getattr(rates, kind)
        if count and rate is None:
            return None
        dollars += count * (rate or 0.0)
    return dollars


def _minutes(per_minute: float | None, minutes: float) -> Cost | None:
    return Cost(per_minute * minutes, per_minute * minutes) if per_minute is not None else None


PRICES: Final = msgspec.convert(TABLE, Prices)
"""The documented prices."""
