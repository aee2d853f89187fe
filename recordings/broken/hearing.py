"""AUD and TIM: audio and time."""

from __future__ import annotations

import base64

from edits import change, drop, early, later
from row import Row, driven, edited
from sessions import COMMIT, RESPOND, interruption, press, text
from stage import Call, append, sound

_MOST_BYTES = 15 * 1024 * 1024
_WAV = b"RIFF" + (516).to_bytes(4, "little") + b"WAVEfmt " + bytes(28) + sound(60, loud=True)
"""The header of a WAVE file, and what is heard."""


def data_url(call: Call) -> None:
    """A client that sends a data URL where base64 is wanted."""
    press(call)
    call.send(append(sound(60, loud=True)) | {"event_id": "append_5", "audio": "data:audio/pcmu;base64,////"})
    call.send(COMMIT, RESPOND)
    call.wait()


def too_much(call: Call) -> None:
    """A client that sends a whole file at once."""
    press(call)
    call.send(append(bytes(_MOST_BYTES + 3)) | {"event_id": "append_5"})
    call.send(COMMIT, RESPOND)
    call.wait()


def nothing(call: Call) -> None:
    """A client that sends an empty piece."""
    press(call)
    call.send(append(b""), COMMIT, RESPOND)
    call.wait()


def wave(call: Call) -> None:
    """A client that sends a file's header."""
    press(call)
    call.send(append(_WAV), COMMIT, RESPOND)
    call.wait()


def too_short(call: Call) -> None:
    """A client that commits after 60 ms."""
    press(call, pieces=1)
    call.send(COMMIT)
    call.wait(0.2)


def cut_too_late(call: Call) -> None:
    """A client that truncates behind the end of the audio."""
    interruption(call, audio_end_ms=5000)


def cut_without_audio(call: Call) -> None:
    """A client that truncates a written answer."""
    text(call)
    answer = next(
        line["event"]["item_id"]
        for line in call.lines
        if line.get("event", {}).get("type") == "response.output_text.done"
    )
    cut = {"type": "conversation.item.truncate", "event_id": "cut_1", "item_id": answer, "content_index": 0}
    call.send(cut | {"audio_end_ms": 100})
    call.wait(0.2)


def clears_the_player(call: Call) -> None:
    """A client that takes a WebSocket for WebRTC."""
    text(call)
    call.send({"type": "output_audio_buffer.clear", "event_id": "clear_1"})
    call.wait(0.2)


ROWS: tuple[Row, ...] = (
    driven("AUD01", data_url, "The client sends a data URL, which the server refuses", also="ERR01"),
    edited(
        "AUD02",
        "transcription",
        "The second `input_audio_buffer.append` has one byte more",
        change("input_audio_buffer.append#2", audio=lambda _: base64.b64encode(bytes(1921)).decode()),
    ),
    driven(
        "AUD03",
        too_much,
        "The client appends 15 MiB and 3 bytes at once, which the server refuses; the file is compressed",
        also="ERR01",
    ),
    driven("AUD04", nothing, "The client appends an empty piece"),
    driven("AUD05", wave, "The client appends audio that begins with the header of a WAVE file"),
    driven("AUD06", too_short, "The client commits 60 ms, which the server refuses", also="ERR02"),
    driven(
        "AUD07",
        cut_too_late,
        "The client truncates the answer at 5000 ms, and it had 1400, which the server refuses",
        also="ERR01",
    ),
    driven(
        "AUD08",
        cut_without_audio,
        "The client truncates a written answer, which the server refuses",
        also="ERR01 REF06",
    ),
    driven(
        "AUD09",
        clears_the_player,
        "The client sends `output_audio_buffer.clear` on a WebSocket, which the server refuses",
        also="ERR01",
    ),
    edited(
        "AUD10",
        "heard",
        "The second `input_audio_buffer.speech_stopped` is at 9000 ms, and 1100 were appended",
        change("input_audio_buffer.speech_stopped#2", audio_end_ms=9000),
    ),
    edited(
        "AUD11",
        "spoken",
        "`response.created` says that the response is in text alone",
        change("response.created", response__output_modalities=["text"]),
    ),
    edited(
        "AUD12",
        "spoken",
        "Two of three `response.output_audio.delta` are left out",
        drop("response.output_audio.delta#2", "response.output_audio.delta#3"),
    ),
    edited(
        "TIM01",
        "text",
        "The fourth `response.output_text.delta` has a time 100 ms before its own",
        early("response.output_text.delta#4", 0.1),
    ),
    edited(
        "TIM02",
        "text",
        "All from `response.output_item.added` on comes 12 s later",
        later("response.output_item.added", 12),
    ),
    edited(
        "TIM03",
        "text",
        "All from the fourth `response.output_text.delta` on comes 6 s later",
        later("response.output_text.delta#4", 6),
    ),
    edited(
        "TIM04",
        "spoken",
        "All from the second `response.output_audio.delta` on comes 1 s later; a delta has 200 ms",
        later("response.output_audio.delta#2", 1),
    ),
    edited(
        "TIM05",
        "chat",
        "The second question and all that follows come 3400 s later",
        later("conversation.item.create#2", 3400),
    ),
)
