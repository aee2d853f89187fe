"""What a typed line means: a message to the model, or a command that begins with a slash."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from rtcli.errors import RtcliError
from rtcli.events.wording import nearest
from rtcli.formats.wav import read_speech
from rtcli.links.talk import Pace, Talk

HELP: Final = """\
TEXT            say it to the model
/audio FILE     send a WAV file as speech
/tool OUTPUT    answer the last function call, and let the model go on
/commit         make the audio sent so far a message
/cancel         stop the answer that is under way
/update {json}  change the session, e.g. /update {"instructions": "Be brief."}
/event {json}   send a text as it is, e.g. /event {"type": "response.create"}
/close          close the connection and leave (also /quit, /exit, Ctrl-C, Ctrl-D)
/help           this list"""

_WORDS: Final = ("/audio", "/tool", "/commit", "/cancel", "/update", "/event", "/close", "/quit", "/exit", "/help")


class Slash(Enum):
    """What became of a line."""

    DONE = "done"
    UNANSWERED = "unanswered"
    LEAVE = "leave"


class _Pacing(Protocol):
    @property
    def pace(self) -> Pace: ...
    @property
    def wait_s(self) -> float: ...


async def perform(line: str, talk: Talk, note: Callable[[str], None], pacing: _Pacing) -> Slash:
    """Do what the line says; a line that cannot be done is answered with a note."""
    if not line.strip():
        return Slash.DONE
    if not line.startswith("/"):
        return Slash.DONE if await talk.say(line, pacing.wait_s) else Slash.UNANSWERED
    word, _, rest = line.partition(" ")
    try:
        return await _command(word, rest.strip(), talk, note, pacing)
    except UnicodeEncodeError:
        note(f"{word}: it has half of a pair of characters that stand for one")
    except RecursionError:
        note(f"{word}: that is nested too deep")
    except (RtcliError, ValueError) as error:
        note(f"{word}: {error}")
    return Slash.DONE


async def _command(word: str, rest: str, talk: Talk, note: Callable[[str], None], pacing: _Pacing) -> Slash:
    match word:
        case "/event":
            await talk.event(rest)
        case "/update":
            if not await talk.update(_object(rest), pacing.wait_s):
                note("the session was not updated")
        case "/audio" if not rest:
            note("/audio: name a WAV file behind it")
        case "/audio":
            answered = await talk.speak(read_speech(Path(rest)), pacing.pace, pacing.wait_s)
            return Slash.DONE if answered else Slash.UNANSWERED
        case "/tool":
            return Slash.DONE if await talk.answer_call(rest, pacing.wait_s) else Slash.UNANSWERED
        case "/commit":
            await talk.commit()
        case "/cancel":
            await talk.cancel()
        case "/close" | "/quit" | "/exit" | "/q":
            return Slash.LEAVE
        case "/help" | "/?":
            note(HELP)
        case _:
            near = nearest(word, _WORDS, cutoff=0.6)
            note(f"{word} is no command; " + (f"did you mean {near}? " if near else "") + "/help lists them")
    return Slash.DONE


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"that is not JSON: {error.msg} at character {error.pos}"
        raise ValueError(message) from error
    if not isinstance(value, dict):
        message = "that is JSON, but not an object"
        raise ValueError(message)  # noqa: TRY004 - the text is wrong, not its type
    return value
