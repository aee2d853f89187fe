"""``rtcli connect``: talk to a Realtime server from the terminal, and record it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rtcli.commands.declared import Argument, Option
from rtcli.commands.marked import Marked, check_of
from rtcli.commands.numbers import finite

if TYPE_CHECKING:
    from rtcli.formats.writer import Mode
    from rtcli.links.connect import Outcome, Plan

NORMAL_CLOSES = {1000, 1001, None}
"""Codes that end a session in order; 1001 is the end of its longest duration."""


class Pace(StrEnum):
    """How fast audio is sent."""

    REALTIME = "realtime"
    FAST = "fast"


def connect(
    target: Annotated[
        str | None,
        Argument(
            help="demo (the built-in server), openai, azure, or a ws:// or wss:// URL. Default: RTCLI_URL, else openai."
        ),
    ] = None,
    model: Annotated[str | None, Option(help="The model; for azure the deployment.", envvar="RTCLI_MODEL")] = None,
    voice: Annotated[str | None, Option(help="The model's voice.", envvar="RTCLI_VOICE")] = None,
    instructions: Annotated[
        str | None, Option(metavar="TEXT|@FILE", help="The session's instructions.", envvar="RTCLI_INSTRUCTIONS")
    ] = None,
    session: Annotated[
        str | None,
        Option(metavar="JSON|@FILE", help="JSON that is merged into session.update.", envvar="RTCLI_SESSION"),
    ] = None,
    text: Annotated[bool, Option("--text", help="Ask for text only, no audio.", envvar="RTCLI_TEXT")] = False,
    header: Annotated[
        list[str] | None,
        Option(
            "--header",
            metavar="'K: V'",
            help="Send a header with the handshake (repeatable; or RTCLI_HEADER, a line each).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the recording goes; also .jsonl.gz and .jsonl.zst.",
            envvar="RTCLI_OUTPUT",
        ),
    ] = None,
    append: Annotated[bool, Option("--append", help="Add to a recording that exists.", envvar="RTCLI_APPEND")] = False,
    overwrite: Annotated[
        bool, Option("--overwrite", help="Replace a recording that exists.", envvar="RTCLI_OVERWRITE")
    ] = False,
    no_record: Annotated[bool, Option("--no-record", help="Do not record.", envvar="RTCLI_NO_RECORD")] = False,
    execute: Annotated[
        list[str] | None,
        Option(
            "--execute",
            "-x",
            metavar="TEXT",
            help="Say this, wait for the answer, go on, then leave (repeatable; or RTCLI_EXECUTE, a line each).",
        ),
    ] = None,
    audio_in: Annotated[
        Path | None,
        Option(
            metavar="FILE.wav",
            help="Send this speech, wait for the answer, then leave.",
            envvar="RTCLI_AUDIO_IN",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    audio_out: Annotated[
        Path | None, Option(metavar="FILE.wav", help="Write the model's speech there.", envvar="RTCLI_AUDIO_OUT")
    ] = None,
    pace: Annotated[Pace, Option(help="How fast audio is sent.", envvar="RTCLI_PACE")] = Pace.REALTIME,
    wait: Annotated[
        float,
        Option(
            min=0.1, metavar="SECONDS", help="The longest wait for an answer.", envvar="RTCLI_WAIT", callback=finite
        ),
    ] = 30.0,
    findings: Marked = True,
) -> int:
    """Talk to a Realtime server from the terminal, and record it.

    Lines that you type are messages; lines that begin with / are commands, and /help lists them.
    A pipe works the same way, and at its end what was asked for is still waited for. The recording
    goes to recordings/ in this folder (or to RTCLI_RECORDINGS), named by start time and session id.
    Ctrl-C closes the connection and leaves a whole file; a second Ctrl-C ends at once.

    Example:  rtcli connect demo -x "What is the weather in London?"

    Exit code: 0 done, 2 no connection, no answer or a bad close, 3 the recording is not whole.
    """
    from rtcli.errors import BadOption
    from rtcli.links.connect import Keep, Plan, hold
    from rtcli.links.target import header_of, target_of

    if append and overwrite:
        raise BadOption("--append", "it contradicts --overwrite")
    folder = Path(os.environ.get("RTCLI_RECORDINGS") or "recordings")
    mode: Mode = "append" if append else "overwrite" if overwrite else "new"
    config = _config(session, voice, instructions, text_only=text)
    intent = {"intent": "transcription"} if config.get("type") == "transcription" else {}
    plan = Plan(
        target=None if target == "demo" else target_of(target, os.environ, model, intent),
        query=intent,
        headers=[header_of(option) for option in header or _lines("RTCLI_HEADER")],
        keep=Keep(path=output, folder=folder, mode=mode, off=no_record),
        by=_by(),
        config=config,
        say=[_text("--execute", line) for line in execute or _lines("RTCLI_EXECUTE")],
        audio_in=audio_in,
        audio_out=audio_out,
        pace=pace.value,
        wait_s=wait,
    )
    return _leave(_hold(plan, hold, findings=findings), audio_out)


def _lines(variable: str) -> list[str]:
    """The lines of an environment variable, for an option that can be given several times."""
    return [line for line in os.environ.get(variable, "").splitlines() if line.strip()]


def _by() -> str:
    from rtcli import __version__

    return f"rtcli {__version__} connect"


def _hold(plan: Plan, hold: Any, *, findings: bool) -> Outcome:
    from rtcli.events import Listener
    from rtcli.session import Session
    from rtcli.views.console import patient_console
    from rtcli.views.face import TerminalFace

    interactive = sys.stdin.isatty() and not plan.scripted
    listener = Listener()
    check = check_of(listener, findings=findings)
    face = TerminalFace(patient_console(), Session(), listener, prompting=interactive, check=check)
    with face:
        outcome: Outcome = hold(plan, face)
    return outcome


def _leave(outcome: Outcome, audio_out: Path | None) -> int:
    """Say where the recording and the sound are and how it ended; gives back the exit code."""
    from rtcli.views.room import has_room

    if not outcome.told or has_room(sys.stderr):
        _tell(outcome, audio_out)
    if outcome.dropped:
        return 130
    if outcome.gave_up or outcome.vanished or outcome.unanswered or outcome.code not in NORMAL_CLOSES:
        return 2
    return 3 if outcome.failure else 0


def _tell(outcome: Outcome, audio_out: Path | None) -> None:
    from rtcli.commands.output import recorded, wrote
    from rtcli.views.text import said

    if outcome.path:
        recorded(outcome.path, outcome.events, outcome.failure)
    wrote(audio_out)
    if outcome.dropped:
        return
    if outcome.gave_up:
        code, reason = outcome.gave_up
        sys.stderr.write(f"rtcli: rtcli closed the connection with code {code}: {said(reason)}\n")
    elif outcome.vanished:
        sys.stderr.write("rtcli: the connection broke without a close frame\n")
    elif outcome.code not in NORMAL_CLOSES:
        sys.stderr.write(f"rtcli: the server closed with code {outcome.code} {said(outcome.reason)}\n")


def _config(session: str | None, voice: str | None, instructions: str | None, *, text_only: bool) -> dict[str, Any]:
    """The session's configuration as the options ask for it, the single ones over the file."""
    config = _read_json(session) if session else {}
    if instructions:
        config["instructions"] = (
            _read_text("--instructions", instructions[1:])
            if instructions.startswith("@")
            else _text("--instructions", instructions)
        )
    if voice:
        _text("--voice", voice)
        config = _merge(config, {"audio": {"output": {"voice": voice}}})
    if text_only:
        config["output_modalities"] = ["text"]
    return config


def _merge(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in more.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _text(option: str, text: str) -> str:
    """The text, which can be sent as UTF-8."""
    from rtcli.errors import BadOption

    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadOption(option, "it is no text", "its bytes are not UTF-8") from error
    return text


def _read_text(option: str, name: str) -> str:
    from rtcli.errors import BadOption

    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadOption(option, f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from error


def _read_json(option: str) -> dict[str, Any]:
    import json

    from rtcli.errors import BadOption

    text = _read_text("--session", option[1:]) if option.startswith("@") else option
    try:
        config = json.loads(text.removeprefix("\ufeff"))
        json.dumps(config, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BadOption("--session", f"{option} is not JSON: {error.msg} at line {error.lineno}") from error
    except RecursionError as error:
        raise BadOption("--session", "its JSON is nested too deep") from error
    except UnicodeEncodeError as error:
        raise BadOption("--session", "it has half of a pair of characters that stand for one") from error
    except ValueError as error:
        raise BadOption("--session", "it has a number of too many digits") from error
    if not isinstance(config, dict):
        raise BadOption("--session", f"{option} holds no JSON object")
    inner = config.get("session")
    return inner if isinstance(inner, dict) and config.get("type") == "session.update" else config
