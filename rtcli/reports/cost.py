"""What a recording cost, for programs: ``{"schema": "rtcli.cost/1", …}``, or a row for each thing that was paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from rtcli.session.measured import Connection
from rtcli.session.prices import Cost, Prices
from rtcli.session.spending import Bill, Cell, Spending, Transcribed, by_turn_of, cost_of, dollars_in, tokens_in
from rtcli.session.totals import unpriced

SCHEMA: Final = "rtcli.cost/1"
_MODALITIES: Final = ("text", "audio", "image", "untold")
_AMOUNTS: Final = (
    "input_tokens",
    "new_tokens",
    "resent_tokens",
    "cached_tokens",
    *(f"{kind}_in_tokens" for kind in _MODALITIES),
    "output_tokens",
    *(f"{kind}_out_tokens" for kind in _MODALITIES),
    "new_usd",
    "resent_usd",
    "cached_usd",
    "text_out_usd",
    "audio_out_usd",
)
COLUMNS: Final = (
    "connection",
    "turn",
    "line",
    "kind",
    "id",
    "model",
    "status",
    *_AMOUNTS,
    "unheard_tokens",
    "unheard_usd",
    "cost_low_usd",
    "cost_high_usd",
)
"""The columns of the table; `cost_rows` says what they hold."""

Paid = tuple[Connection, Bill]


def cost(name: str, paid: Sequence[Paid], prices: Prices) -> dict[str, Any]:
    """The document: by connection the turns with their responses, what belongs to no turn, and the sums."""
    return {
        "schema": SCHEMA,
        "file": name,
        "prices_as_of": prices.as_of,
        "connections": [_connection(number, *one) for number, one in enumerate(paid, 1)],
    }


def _connection(number: int, connection: Connection, bill: Bill) -> dict[str, Any]:
    early = [one for one in bill.spendings if one.ended_early]
    cells = list(bill.cells)
    return {
        "connection": number,
        "model": connection.config.model or connection.metrics.course.translator,
        "turns": list(_turns(connection, bill)),
        "outside_of_turns": _what(bill, 0),
        "translation_usd": _range(bill.translation),
        "total": {
            **amounts(cells, is_priced=_is_priced(cells, bill.total)),
            "transcription_usd": _range(cost_of([one.cost for one in bill.transcriptions])),
            "cost_usd": {"low": bill.total["low"], "high": bill.total["high"]} if bill.total else None,
            "unpriced": unpriced(connection.metrics),
            "resent_share": _share(tokens_in(cells, what="re-sent"), cells),
            "cached_share": _share(tokens_in(cells, cached=True), cells),
            "ended_early": len(early),
            "ended_early_usd": _range(cost_of([one.cost for one in early])),
            "unheard_tokens": sum(one.unheard_tokens for one in bill.spendings),
            "unheard_usd": sum(one.unheard_usd or 0.0 for one in bill.spendings)
            if _is_priced(cells, bill.total)
            else None,
        },
    }


def _is_priced(cells: Sequence[Cell], otherwise: object) -> bool:
    """Whether any of the tokens has a price: a transcript that has one does not make an answer cost nothing."""
    return any(cell.usd is not None for cell in cells) if cells else bool(otherwise)


def _share(part: int, cells: Sequence[Cell]) -> float | None:
    taken = tokens_in(cells) - tokens_in(cells, what="output")
    return round(part / taken, 4) if taken else None


def _turns(connection: Connection, bill: Bill) -> Iterator[dict[str, Any]]:
    by_turn = by_turn_of(bill)
    for turn in connection.metrics.turns:
        spendings, _ = by_turn.get(turn.number, ([], []))
        cells = [cell for one in spendings for cell in one.cells]
        yield {
            "turn": turn.number,
            "line": turn.line,
            "interrupted": turn.interrupted,
            **amounts(cells, is_priced=_is_priced(cells, turn.cost)),
            "cost_usd": _range(turn.cost),
            "unpriced": turn.unpriced,
            **_things(by_turn, turn.number),
        }


def _what(bill: Bill, turn: int) -> dict[str, Any]:
    return _things(by_turn_of(bill), turn)


def _things(by_turn: dict[int, tuple[list[Spending], list[Transcribed]]], turn: int) -> dict[str, Any]:
    spendings, transcriptions = by_turn.get(turn, ([], []))
    return {
        "responses": [_response(one) for one in spendings],
        "transcriptions": [
            {"item_id": one.item_id, "line": one.line, "model": one.model, "cost_usd": _range(one.cost)}
            for one in transcriptions
        ],
    }


def _response(one: Spending) -> dict[str, Any]:
    return {
        "response_id": one.response_id,
        "line": one.line,
        "model": one.model,
        "status": one.status,
        "reason": one.reason,
        "in_conversation": one.in_conversation,
        **amounts(one.cells, is_priced=one.cost is not None),
        "cells": [cell._asdict() for cell in one.cells],
        "unheard_tokens": one.unheard_tokens,
        "unheard_usd": one.unheard_usd,
        "cost_usd": _range(one.cost),
    }


def amounts(cells: Sequence[Cell], *, is_priced: bool) -> dict[str, Any]:
    """The tokens and the dollars of cells, by what they are; the dollars of all parts add up to the upper cost."""
    taken = [cell for cell in cells if cell.what != "output"]
    given = [cell for cell in cells if cell.what == "output"]
    tokens = {
        "input_tokens": tokens_in(taken),
        "new_tokens": tokens_in(taken, what="new"),
        "resent_tokens": tokens_in(taken, what="re-sent"),
        "cached_tokens": tokens_in(taken, cached=True),
        **{f"{kind}_in_tokens": tokens_in(taken, modality=kind) for kind in _MODALITIES},
        "output_tokens": tokens_in(given),
        **{f"{kind}_out_tokens": tokens_in(given, modality=kind) for kind in _MODALITIES},
    }
    dollars = {
        "new_usd": dollars_in(taken, what="new", cached=False),
        "resent_usd": dollars_in(taken, what="re-sent", cached=False),
        "cached_usd": dollars_in(taken, cached=True),
        "text_out_usd": dollars_in(given, modality="text"),
        "audio_out_usd": dollars_in(given, modality="audio"),
    }
    return {**tokens, **(dollars if is_priced else dict.fromkeys(dollars))}


def cost_rows(paid: Sequence[Paid]) -> Iterator[dict[str, Any]]:
    """A flat row for each response, transcription and translation."""
    for number, (connection, bill) in enumerate(paid, 1):
        for one in bill.spendings:
            yield {
                "connection": number,
                "turn": one.turn or None,
                "line": one.line,
                "kind": "response",
                "id": one.response_id,
                "model": one.model,
                "status": one.status,
                **amounts(one.cells, is_priced=one.cost is not None),
                "unheard_tokens": one.unheard_tokens,
                "unheard_usd": one.unheard_usd,
                **_ends(one.cost),
            }
        for text in bill.transcriptions:
            place = {"connection": number, "turn": text.turn or None, "line": text.line, "id": text.item_id}
            yield {**place, "kind": "transcription", "model": text.model, **_ends(text.cost)}
        if bill.translation is not None:
            model = connection.metrics.course.translator
            yield {"connection": number, "kind": "translation", "model": model, **_ends(bill.translation)}


def _ends(cost: Cost | None) -> dict[str, float | None]:
    return {"cost_low_usd": cost.low if cost else None, "cost_high_usd": cost.high if cost else None}


def _range(cost: Cost | None) -> Any:
    return msgspec.to_builtins(cost)
