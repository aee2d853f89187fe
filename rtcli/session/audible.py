"""When what was said was heard, and how much of it: sayings against the soundtrack of their connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rtcli.session.clip import Clip, Utterance
from rtcli.session.microphone import is_shortened
from rtcli.session.saying import Saying
from rtcli.session.soundtrack import Soundtrack
from rtcli.session.writing import Writing


class Playing(NamedTuple):
    """From when to when the server played a response to a caller elsewhere."""

    starts_s: float
    ends_s: float | None = None
    cleared: bool = False


def share_out(track: Soundtrack, one: Saying, index: int, writing: Writing) -> None:
    """Put the text of a part to its item, and estimate what of it was heard."""
    clips = [] if one.who == "user" else track.played(one.response_id, one.item_id, index)
    before, one.text = one.text, f"{one.text} {writing.text}" if one.text else writing.text
    cut_ms = track.playback.cuts.get((one.item_id, index))
    if not clips and cut_ms is None:
        return
    audio_ms, heard_ms = sum(clip.duration_ms for clip in clips), sum(clip.heard_ms for clip in clips)
    if heard_ms < audio_ms or not clips:
        one.interrupted = True
        one.heard_ms = heard_ms if clips else cut_ms
        if clips and one.heard_characters is None:
            offset = len(before) + 1 if before else 0
            one.heard_characters = offset + writing.heard(heard_ms, audio_ms)


def tell_times(track: Soundtrack, sayings: Mapping[str, Saying], playing: Mapping[str, Playing]) -> None:
    """Say of each when it was heard, and how long its audio is; of none, where nothing tells the time."""
    clips_of: dict[tuple[str, str], list[Clip]] = {}
    for clip in (*track.playback.clips, *track.microphone.clips):
        for response_id in {"", clip.response_id}:  # of an item whose response is not told, all that has its id
            clips_of.setdefault((response_id, clip.item_id), []).append(clip)
    is_timed = track.is_timed
    for one in sayings.values():
        item_id = one.item_id
        clips = clips_of.get((one.response_id, item_id), []) if item_id else []
        if not is_timed:
            one.starts_s = one.ends_s = None
        elif clips and not is_shortened(clips):
            one.starts_s, one.ends_s = clips[0].starts_s, max(clip.ends_s for clip in clips)
            one.audio_ms = sum(clip.duration_ms for clip in clips)
            one.transcribed = one.transcribed and bool(one.text)
        elif item_id in track.utterances:
            _tell_speech(one, track.utterances[item_id])
        elif one.response_id in playing and one.kind == "speech":
            played = playing[one.response_id]
            one.starts_s, one.ends_s = played.starts_s, one.ends_s if played.ends_s is None else played.ends_s
            one.interrupted = one.interrupted or played.cleared


def _tell_speech(one: Saying, utterance: Utterance) -> None:
    one.starts_s, one.ends_s = utterance.starts_s, utterance.ends_s
    if utterance.end_ms is not None and utterance.end_ms > utterance.start_ms:
        one.audio_ms = utterance.end_ms - utterance.start_ms
