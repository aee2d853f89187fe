"""The official models of every dialect's events, as the package ``openai`` has them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

from openai.types import live
from openai.types.beta import realtime as beta
from openai.types.live.connect_client_event import ConnectClientEvent
from openai.types.live.connect_server_event import ConnectServerEvent
from openai.types.live.fork_client_event import ForkClientEvent
from openai.types.live.fork_server_event import ForkServerEvent
from openai.types.realtime import (
    RealtimeClientEvent,
    RealtimeServerEvent,
    RealtimeTranslationClientEvent,
    RealtimeTranslationServerEvent,
)
from pydantic import BaseModel

UNIONS: dict[str, tuple[Any, ...]] = {
    "realtime": (RealtimeClientEvent, RealtimeServerEvent),
    "beta": (beta.RealtimeClientEvent, beta.RealtimeServerEvent),
    "translation": (RealtimeTranslationClientEvent, RealtimeTranslationServerEvent),
    "live": (
        live.ClientEvent,
        live.ServerEvent,
        ConnectClientEvent,
        ConnectServerEvent,
        ForkClientEvent,
        ForkServerEvent,
    ),
}


@cache
def models(dialect: str) -> dict[str, list[type[BaseModel]]]:
    """The models of each event type; one that travels in both directions can have several."""
    found: dict[str, dict[str, type[BaseModel]]] = {}
    for union in UNIONS[dialect]:
        for model in get_args(get_args(union)[0]):
            name = get_args(model.model_fields["type"].annotation)[0]
            shape = model.model_json_schema()
            shape.pop("description", None)
            found.setdefault(name, {}).setdefault(json.dumps(shape, sort_keys=True), model)
    return {name: list(shapes.values()) for name, shapes in found.items()}
