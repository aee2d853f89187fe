"""The official models of every dialect's events, as the package ``openai`` has them; it is loaded when one is asked for."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import BaseModel


def _unions(dialect: str) -> tuple[Any, ...]:
    if dialect == "live":
        from openai.types import live
        from openai.types.live.connect_client_event import ConnectClientEvent
        from openai.types.live.connect_server_event import ConnectServerEvent
        from openai.types.live.fork_client_event import ForkClientEvent
        from openai.types.live.fork_server_event import ForkServerEvent

        forked = (ForkClientEvent, ForkServerEvent)
        return (live.ClientEvent, live.ServerEvent, ConnectClientEvent, ConnectServerEvent, *forked)
    if dialect == "beta":
        from openai.types.beta import realtime as beta

        return (beta.RealtimeClientEvent, beta.RealtimeServerEvent)
    from openai.types import realtime

    if dialect == "translation":
        return (realtime.RealtimeTranslationClientEvent, realtime.RealtimeTranslationServerEvent)
    return (realtime.RealtimeClientEvent, realtime.RealtimeServerEvent)


@cache
def models(dialect: str) -> dict[str, list[type[BaseModel]]]:
    """The models of each event type; one that travels in both directions can have several."""
    found: dict[str, list[type[BaseModel]]] = {}
    for union in _unions(dialect):
        for model in get_args(get_args(union)[0]):
            found.setdefault(get_args(model.model_fields["type"].annotation)[0], []).append(model)
    return {name: _different(alike) if len(alike) > 1 else alike for name, alike in found.items()}


def _different(alike: list[type[BaseModel]]) -> list[type[BaseModel]]:
    """One model of each shape."""
    shapes: dict[str, type[BaseModel]] = {}
    for model in alike:
        shape = model.model_json_schema()
        shape.pop("description", None)
        shapes.setdefault(json.dumps(shape, sort_keys=True), model)
    return list(shapes.values())
