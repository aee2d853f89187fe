"""What is sent over a connection while its configuration changes."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

from rtcli.events import input_audio_buffer
from rtcli.formats.wav import read_speech
from rtcli.links.client import open_client
from rtcli.links.server import serving
from rtcli.links.talk import Talk
from rtcli.links.tap import Tap
from rtcli.links.target import Target
from rtcli.session import Session

HELLO = Path(__file__).parents[2] / "recordings/speech/hello.wav"
BYTES_PER_MS = {"audio/pcm": 48, "audio/pcmu": 8}


def test_each_piece_of_speech_is_in_the_format_that_is_in_force_when_it_is_sent():
    """The format is changed behind the third piece; all that is sent lasts as long as the speech, and the silence."""
    state, sent = Session(), []
    wanted = {"audio": {"input": {"format": {"type": "audio/pcmu"}}}}
    speech = read_speech(HELLO)

    async def hold():
        changing = []

        def seen(entry):
            state.apply(entry)
            if isinstance(entry.event, input_audio_buffer.Append):
                sent.append((len(base64.b64decode(entry.event.audio)), state.config.input_format))
                if len(sent) == 3:
                    changing.append(asyncio.get_running_loop().create_task(talk.update(wanted, 10)))
            talk.seen(entry)

        async with serving(pace=0) as url:
            tap = Tap(seen)
            client = await open_client(Target(url), tap, ())
            talk = Talk(client, state)
            client.announce()
            receiving = asyncio.create_task(client.receive())
            await talk.begin(10)
            await talk.speak(speech, "fast", 10)
            assert await changing[0]
            await client.close()
            await receiving

    asyncio.run(hold())
    assert {name for _, name in sent} == {"audio/pcm", "audio/pcmu"}
    assert all(size == 100 * BYTES_PER_MS[name] for size, name in sent[:-1])
    lasts_ms = sum(size / BYTES_PER_MS[name] for size, name in sent)
    assert abs(lasts_ms - len(speech.data) / 48 - 900) < 1
