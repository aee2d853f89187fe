"""What is said of an error: nothing of a key, whatever the error quotes, and nothing that a terminal obeys.

That goes for the trace of a bug of ours too, which Python would print as it stands.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Final

from rtcli.recording.assigned import is_credential
from rtcli.recording.secrets import keys_of, without_keys
from rtcli.views.text import said

_SHORTEST_KEY: Final = 8
"""What is shorter stands in too many sentences to be taken out of them."""
_HEADERS: Final = "RTCLI_HEADER"
_TARGETS: Final = ("RTCLI_URL", "RTCLI_TO", "RTCLI_UPSTREAM", "OPENAI_BASE_URL")
_FOLDERS: Final = frozenset({"PWD", "OLDPWD"})
"""Named as if they held passwords."""


def discreet(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text as it may be shown, in one line."""
    return said(_unkeyed(text, environment))


def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the trace of an error that nobody expected."""
    for piece in traceback.format_exception(kind, error, trace):
        is_ours = piece.startswith((" ", "\n", "Traceback"))  # a place in the code, or what joins two errors
        lines = piece.split("\n") if is_ours else [piece.removesuffix("\n"), ""]
        sys.stderr.write("\n".join(discreet(line) for line in lines))


def _unkeyed(text: str, environment: Mapping[str, str]) -> str:
    return without_keys(text, [key for key in _keys(environment) if len(key) >= _SHORTEST_KEY])


def _keys(environment: Mapping[str, str]) -> Iterator[str]:
    """The keys that were given in the environment, and in the URLs of the command line, of whatever shape."""
    for name, value in environment.items():
        if is_credential(name) and name not in _FOLDERS:
            yield value.strip()
    for line in environment.get(_HEADERS, "").splitlines():
        yield from line.split()[-1:]
    for word in (*sys.argv, *(environment.get(name, "") for name in _TARGETS)):
        if "://" in word:
            yield from keys_of(word, ())
