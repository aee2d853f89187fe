"""The sound of a call as one WAV file an item, in the format in which it travelled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from rtcli.errors import RecordingExists
from rtcli.formats.wav import WavWriter
from rtcli.session.clip import Coding, Side
from rtcli.session.soundtrack import Piece, Soundtrack

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST: Final = 60


class Cutting(Struct):
    """What becomes one file: a stretch of bytes of some clips."""

    side: Side
    item_id: str
    starts_s: float
    stretches: dict[int, tuple[int, int]]
    """By clip, by its identity, the first byte and the one behind the last."""
    coding: Coding
    name: str = ""
    left_bytes: int = 0
    writer: WavWriter | None = None

    def write(self, folder: Path, piece: Piece) -> None:
        """Take from a piece what belongs to this file; the last of it closes the file."""
        first, behind = self.stretches[id(piece.clip)]
        data = piece.data[max(0, first - piece.offset_bytes) : max(0, behind - piece.offset_bytes)]
        if not data:
            return
        if self.writer is None:
            self.writer = WavWriter(folder / self.name, self.coding.name, self.coding.rate_hz, new=True)
        self.writer.write(data)
        self.left_bytes -= len(data)
        if self.left_bytes <= 0:
            self.writer.close()


class Cuttings:
    """All files of a recording, named before the first is written."""

    def __init__(self, tracks: Iterable[Soundtrack], sides: Collection[Side], *, delivered: bool = False) -> None:
        self.all: list[Cutting] = []
        self._folder = Path()
        for track in tracks:
            found = (*_of_user(track), *_of_model(track, delivered=delivered))
            self.all += sorted((one for one in found if one.side in sides), key=lambda one: one.starts_s)
        width = max(3, len(str(len(self.all))))
        self._by_clip: dict[int, list[Cutting]] = {}
        for number, one in enumerate(self.all, 1):
            one.name = f"{number:0{width}}-{one.side}-{fit(one.item_id)}.wav".replace("-.wav", ".wav")
            one.left_bytes = sum(behind - first for first, behind in one.stretches.values())
            for clip in one.stretches:
                self._by_clip.setdefault(clip, []).append(one)

    def begin(self, folder: Path) -> None:
        """Take a folder for the files.

        Raises:
            RecordingExists: one of them is there already.

        """
        self._folder = folder
        for one in self.all:
            if (folder / one.name).exists():
                raise RecordingExists(str(folder / one.name), "name a folder without it")

    def put(self, piece: Piece) -> None:
        """Write a piece to the files that it belongs to."""
        for one in self._by_clip.get(id(piece.clip), ()):
            one.write(self._folder, piece)

    def close(self) -> None:
        """End the files that are open."""
        for one in self.all:
            if one.writer is not None and one.left_bytes > 0:
                one.writer.close()


def fit(item_id: str) -> str:
    """A peer's id as a piece of a file's name."""
    return _UNFIT.sub("_", item_id)[:_LONGEST].strip("_")


def _of_user(track: Soundtrack) -> Iterable[Cutting]:
    for clip in track.microphone.clips:
        if clip.item_id:
            yield Cutting("user", clip.item_id, clip.starts_s, {id(clip): (0, clip.heard_bytes)}, clip.coding)
    for one in track.utterances.values():
        stretches, coding = {}, None
        for clip in track.microphone.during(one):
            first = clip.coding.bytes_of(max(0.0, one.start_ms - clip.offset_ms))
            end_ms = clip.offset_ms + clip.duration_ms if one.end_ms is None else one.end_ms
            behind = min(clip.heard_bytes, clip.coding.bytes_of(max(0.0, end_ms - clip.offset_ms)))
            coding = coding or clip.coding
            if first < behind and clip.coding == coding:
                stretches[id(clip)] = (first, behind)
        if stretches and coding is not None:
            yield Cutting("user", one.item_id, one.starts_s, stretches, coding)
    if not track.utterances:
        for clip in track.microphone.stream:
            yield Cutting("user", "", clip.starts_s, {id(clip): (0, clip.heard_bytes)}, clip.coding)


def _of_model(track: Soundtrack, *, delivered: bool) -> Iterable[Cutting]:
    for (_, item_id, index), clips in track.playback.parts.items():
        stretches = {id(clip): (0, clip.delivered_bytes if delivered else clip.heard_bytes) for clip in clips}
        heard = {clip: stretch for clip, stretch in stretches.items() if stretch[1]}
        if heard:
            name = f"{item_id}_{index}" if index else item_id
            yield Cutting("model", name, clips[0].starts_s, heard, clips[0].coding)
