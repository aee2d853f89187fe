"""The longest time in a call during which nobody speaks.

The user speaks as turn detection tells it, without the padding that it puts before speech and the silence that
it waited for, or for as long as the client's commits say; the model for as long as its audio could be heard. What is before the first word counts,
and what is behind the last. Where one side cannot be known, neither can this.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from math import isfinite
from typing import Final, NamedTuple

from rtcli.events.configuration import ServerVad
from rtcli.session.config import Config
from rtcli.session.listening import DEFAULT_SILENCE_MS
from rtcli.session.metrics import Metrics
from rtcli.session.soundtrack import Soundtrack

_LEAST_MS: Final = 1.0
_PADDING_MS: Final = 300
"""Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, for ``server_vad``."""


class Silence(NamedTuple):
    """A time in which nobody speaks."""

    ms: float
    at_s: float
    """When it begins, as the call was heard."""
    line: int
    """What was heard last, or the beginning of the session."""
    until_line: int
    """What is heard next, or the end of the recording."""


class _Sound(NamedTuple):
    starts_s: float
    ends_s: float
    line: int
    last_line: int


def longest_silence(track: Soundtrack, metrics: Metrics, kept: AbstractSet[str]) -> Silence | None:
    """The longest silence of a connection; None where it cannot be known who spoke when."""
    if "times" not in kept or metrics.began is None or metrics.last is None or not _is_known(track, metrics, kept):
        return None
    sounds = sorted((*_user(track, metrics), *_model(track, metrics)))
    start_s, line = metrics.began.t or 0.0, metrics.began.line
    longest = None
    for one in (*sounds, _end(track, metrics)):
        ms = round((one.starts_s - start_s) * 1000, 3)
        if isfinite(ms) and ms >= _LEAST_MS and (longest is None or ms > longest.ms):
            longest = Silence(ms, round(start_s, 6), line, one.line)
        if one.ends_s > start_s:
            start_s, line = one.ends_s, one.last_line
    return longest


def _end(track: Soundtrack, metrics: Metrics) -> _Sound:
    """The end of the recording, or of what is still heard then."""
    last_line = metrics.last.line if metrics.last is not None else 0
    return _Sound(track.duration_s, track.duration_s, last_line, last_line)


def _is_known(track: Soundtrack, metrics: Metrics, kept: AbstractSet[str]) -> bool:
    """Whether both sides can be told: all audio is here, or the server says when it plays it."""
    spoke, plays_here, unknown = False, False, False
    for row in metrics.responses:
        if row.speaks:
            spoke = True
            plays_here = plays_here or (row.first_audio is not None and row.playback_began is None)
            unknown = unknown or (row.audio_ms is None and row.playback_began is None)
    if unknown or (plays_here and not {"audio", "websocket"} <= kept):
        return False
    sent = metrics.listening.clock.first is not None
    if sent and not track.utterances:
        return track.config.turn_detection is not None and "audio" in kept
    return bool(track.utterances or spoke) and bool(metrics.responses or track.utterances)


def _user(track: Soundtrack, metrics: Metrics) -> Iterator[_Sound]:
    told = {row.item_id for row in metrics.speeches if row.stopped is not None}
    last = {row.item_id: row.stopped.line for row in metrics.speeches if row.stopped is not None}
    begun = {row.item_id for row in metrics.speeches if row.started is not None}
    padding_s, wait_s = _padding_s(track.config), _wait_s(track.config)
    before_ms = 0.0
    for one in track.utterances.values():
        ends_s = max(one.starts_s, one.ends_s - wait_s if one.item_id in told else one.ends_s)
        # Where something else ended, or all began, there was no room for all of the padding.
        is_padded = one.item_id in begun and one.start_ms > before_ms
        starts_s = min(ends_s, one.starts_s + padding_s) if is_padded else one.starts_s
        before_ms = one.end_ms if one.end_ms is not None else one.start_ms
        yield _Sound(starts_s, ends_s, one.line, last.get(one.item_id, one.line))


def _padding_s(config: Config) -> float:
    """How much of what turn detection tells lies before the speech that it heard.

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_started_event.py``: ``audio_start_ms`` includes it.
    """
    detection = config.turn_detection
    if not isinstance(detection, ServerVad):
        return 0.0
    padding_ms = detection.prefix_padding_ms
    return (padding_ms if isinstance(padding_ms, int) else _PADDING_MS) / 1000


def _wait_s(config: Config) -> float:
    """How much silence ends speech, which is no speech."""
    detection = config.turn_detection
    if not isinstance(detection, ServerVad):
        return 0.0
    silence_ms = detection.silence_duration_ms
    return (silence_ms if isinstance(silence_ms, int) else DEFAULT_SILENCE_MS) / 1000


def _model(track: Soundtrack, metrics: Metrics) -> Iterator[_Sound]:
    for clip in track.playback.clips:
        if clip.heard_ms:
            yield _Sound(clip.starts_s, clip.ends_s, clip.line, clip.last_line)
    for row in metrics.responses:
        began, ended = row.playback_began, row.playback_ended or metrics.last
        if began is not None and began.t is not None and ended is not None and ended.t is not None:
            yield _Sound(track.heard_s(began.t), track.heard_s(ended.t), began.line, ended.line)
