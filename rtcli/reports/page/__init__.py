"""A recording as one web page for people who would rather look than read.

The page is a single file that needs no network. Whoever wants one makes `Stories`, feeds them every entry,
finishes, lets them listen to the entries once more for the audio, and calls `page` (the whole text) or
`pieces` (in parts, for a large one). `rtcli.commands.report.page_of` does all that for a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from rtcli.reports.page.document import document
from rtcli.reports.page.judged import Judged
from rtcli.reports.page.markup import pieces_of_page
from rtcli.reports.page.sound import Audio
from rtcli.reports.page.story import Stories
from rtcli.reports.page.words import Words


def pieces(name: str, stories: Stories) -> Iterator[str]:
    """The page of a recording in parts that are to be written one behind the other."""
    return pieces_of_page(document(name, stories))


def page(name: str, stories: Stories) -> str:
    """The page of a recording."""
    return "".join(pieces(name, stories))


__all__ = ["Audio", "Judged", "Stories", "Words", "page", "pieces"]
