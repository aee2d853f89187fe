"""A transcript as subtitles: SubRip and WebVTT.

Cues follow each other and never overlap: one that is not over when the next begins ends there. Long sayings
are several cues, with the time shared out by their characters.

Source: WebVTT, W3C Candidate Recommendation of 4 April 2019, section 4; SubRip has no specification, and is
read as players read it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct

from rtcli.reports.wording import flat, heard, name, remark
from rtcli.session.saying import Saying

_LEAST_S: Final = 0.2
"""A cue is shown at least so long, wherever the next begins."""
_READING_S: Final = 0.06
"""What a character of a text that is not spoken takes to read."""
_CHARACTERS: Final = 84
"""Two lines of 42, which is what subtitles have."""
_ARROW: Final = re.compile(r"-{2,}>")
_SUBRIP_TAG: Final = re.compile(r"<(?=[/a-zA-Z])|\{(?=\\)")


class Cue(Struct):
    """What is shown from when to when."""

    starts_s: float
    ends_s: float
    who: str
    heard: str
    unheard: str = ""


def cues(sayings: Iterable[Saying]) -> list[Cue]:
    """The cues in order, without overlaps; a saying without a time follows the one before it."""
    found: list[Cue] = []
    at_s = 0.0
    for one in sayings:
        at_s = one.starts_s if one.starts_s is not None else at_s
        found += _split(one, at_s)
    found.sort(key=lambda cue: cue.starts_s)
    for before, cue in pairwise(found):
        cue.starts_s = max(cue.starts_s, before.starts_s + _LEAST_S)
        before.ends_s = min(before.ends_s, cue.starts_s)
    for cue in found:
        cue.ends_s = max(cue.ends_s, cue.starts_s + _LEAST_S)
    for before, cue in pairwise(found):
        before.ends_s = min(before.ends_s, cue.starts_s)
    return found


def _split(one: Saying, starts_s: float) -> Iterator[Cue]:
    """A saying as cues of a length that can be read."""
    unheard = flat(one.unheard)
    told = f"[{remark(one)}]" if remark(one) and not unheard else ""
    words = flat(f"{heard(one)} {told}")
    pieces = textwrap.wrap(words, _CHARACTERS, break_on_hyphens=False) or [""]
    ends_s = one.ends_s if one.ends_s is not None else starts_s
    if ends_s - starts_s < _LEAST_S:
        ends_s = starts_s + max(1.0, len(words) * _READING_S)
    per_character = (ends_s - starts_s) / max(1, sum(map(len, pieces)))
    for number, piece in enumerate(pieces, 1):
        last = number == len(pieces)
        until_s = ends_s if last else starts_s + len(piece) * per_character
        yield Cue(starts_s, until_s, name(one), piece, unheard if last else "")
        starts_s = until_s


def srt(found: list[Cue]) -> Iterator[str]:
    """SubRip; what was not heard stands in brackets."""
    for number, cue in enumerate(found, 1):
        words = f"{cue.who}: {cue.heard}" + (f" [not heard: {cue.unheard}]" if cue.unheard else "")
        shown = _SUBRIP_TAG.sub(lambda sign: {"<": "＜", "{": "｛"}[sign[0]], _ARROW.sub("→", words))
        yield f"{number}\n{_time(cue.starts_s, ',')} --> {_time(cue.ends_s, ',')}\n{shown}\n\n"


def vtt(found: list[Cue]) -> Iterator[str]:
    """WebVTT with voices; what was not heard has a class of its own, and brackets."""
    yield "WEBVTT\n\nSTYLE\n::cue(.unheard) { text-decoration: line-through; opacity: 0.6; }\n\n"
    for number, cue in enumerate(found, 1):
        unheard = f" <c.unheard>[not heard: {_escaped(cue.unheard)}]</c>" if cue.unheard else ""
        yield f"{number}\n{_time(cue.starts_s, '.')} --> {_time(cue.ends_s, '.')}\n"
        yield f"<v {cue.who}>{_escaped(cue.heard)}{unheard}</v>\n\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, point: str) -> str:
    ms = round(max(0.0, seconds) * 1000)
    hours, ms = divmod(ms, 3_600_000)
    minutes, ms = divmod(ms, 60_000)
    return f"{hours:02}:{minutes:02}:{ms // 1000:02}{point}{ms % 1000:03}"
