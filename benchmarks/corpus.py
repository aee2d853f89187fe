"""Makes recordings to measure with: seeded, of any size, in the proportions of real sessions."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
AUDIO_CHUNK_BYTES = 2400
"""50 ms of PCM16 at 24 kHz: 3.2 kB as base64, about what microphones send and servers stream."""

_IDS = {
    "response_id": "resp_E6U0utdfn8rQdwHYPNrmv",
    "item_id": "item_E6U0uHIVQSnuTXndsNjl4",
    "output_index": 0,
    "content_index": 0,
}


def audio_heavy(size_bytes: int, seed: int = 1) -> Path:
    """Mostly appends and audio deltas of 3 kB, with a transcript delta now and then."""
    return _make(f"audio-{size_bytes // 10**6}MB-{seed}.jsonl", size_bytes, _audio(random.Random(seed)))


def text_heavy(size_bytes: int, seed: int = 1) -> Path:
    """Mostly text deltas of a few characters, with the whole objects that frame a response."""
    return _make(f"text-{size_bytes // 10**6}MB-{seed}.jsonl", size_bytes, _text(random.Random(seed)))


def small() -> Path:
    """A recording of 40 events."""
    return _make("small.jsonl", 12_000, _text(random.Random(1)))


def _make(name: str, size_bytes: int, events: Iterator[tuple[str, dict[str, object]]]) -> Path:
    path = DATA / name
    if path.exists():
        return path
    DATA.mkdir(exist_ok=True)
    written = 0
    with path.with_suffix(".part").open("w") as file:
        header = {"rtcli": 1, "started_at": "2026-11-20T19:00:00.000000Z", "url": "ws://localhost", "by": "benchmark"}
        file.write(json.dumps(header | {"transport": "websocket", "handshake": True, "lossless": True}) + "\n")
        for number, (sender, event) in enumerate(events):
            line = f'{{"t":{number * 0.01:.6f},"from":"{sender}","event":{json.dumps(event, separators=(",", ":"))}}}\n'
            written += file.write(line)
            if written >= size_bytes:
                break
    path.with_suffix(".part").rename(path)
    return path


def _audio(chance: random.Random) -> Iterator[tuple[str, dict[str, object]]]:
    chunks = [base64.b64encode(chance.randbytes(AUDIO_CHUNK_BYTES)).decode() for _ in range(64)]
    number = 0
    while True:
        number += 1
        yield "client", {"type": "input_audio_buffer.append", "audio": chunks[number % 64]}
        yield "server", _delta("response.output_audio", number, chunks[(number + 7) % 64])
        if number % 8 == 0:
            yield "server", _delta("response.output_audio_transcript", number, " word")


def _text(chance: random.Random) -> Iterator[tuple[str, dict[str, object]]]:
    number = 0
    while True:
        words = [f" word{chance.randrange(1000)}" for _ in range(30)]
        for word in words:
            number += 1
            yield (
                "server",
                _delta("response.output_text", number, word) | {"obfuscation": "x" * chance.randrange(1, 16)},
            )
        yield (
            "server",
            {"type": "response.output_text.done", "event_id": f"event_d{number}", **_IDS, "text": "".join(words)},
        )
        item = {"id": _IDS["item_id"], "type": "message", "status": "completed", "role": "assistant"}
        item["content"] = [{"type": "output_text", "text": "".join(words)}]
        yield (
            "server",
            {"type": "conversation.item.done", "event_id": f"event_i{number}", "previous_item_id": None, "item": item},
        )
        yield "server", {"type": "response.done", "event_id": f"event_r{number}", "response": _response(item)}


def _delta(kind: str, number: int, delta: str) -> dict[str, object]:
    return {"type": f"{kind}.delta", "event_id": f"event_E6U0u{number:016}", **_IDS, "delta": delta}


def _response(item: dict[str, object]) -> dict[str, object]:
    tokens = {"text_tokens": 16, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 0}
    usage = {"total_tokens": 40, "input_tokens": 16, "output_tokens": 24, "input_token_details": tokens}
    usage["output_token_details"] = {"text_tokens": 24, "audio_tokens": 0}
    return {
        "object": "realtime.response",
        "id": _IDS["response_id"],
        "status": "completed",
        "status_details": None,
        "output": [item],
        "conversation_id": "conv_E6U0tQE9YCxDzNHVI8JCO",
        "output_modalities": ["text"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
        "usage": usage,
        "metadata": None,
    }
