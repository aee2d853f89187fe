"""A ZIP archive that is the same for the same content, with names that are safe wherever it is unpacked."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format can tell. Source: APPNOTE.TXT 6.3.10, section 4.4.6."""
_MODE: Final = 0o600
_UNIX: Final = 3
_LONGEST: Final = 80
_PIECE_BYTES: Final = 1 << 20
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED: Final = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
"""Names that are devices. Source: Microsoft, naming files, paths and namespaces."""


class Member(NamedTuple):
    """A file in the archive, once it is written."""

    name: str
    size_bytes: int
    sha256: str


class Archive:
    """Writes an archive, file by file; whoever wants the same bytes again adds them in the same order."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.members: list[Member] = []

    def add(self, name: str, content: Path | str) -> None:
        """Add a file, or a text."""
        info = zipfile.ZipInfo(name, _BEGINNING)
        info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, _UNIX
        info.external_attr = _MODE << 16
        if isinstance(content, Path):
            info.file_size = content.stat().st_size
        with self._zip.open(info, "w", force_zip64=info.file_size > zipfile.ZIP64_LIMIT) as target:
            sink = _Counting(target)
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, sink, _PIECE_BYTES)
            else:
                sink.write(content.encode("utf-8", "backslashreplace"))
        self.members.append(Member(name, sink.size_bytes, sink.digest.hexdigest()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the directory; an archive that failed is left as it is, for it would fail again."""
        if error is None:
            self._zip.close()
        else:
            self._zip.fp = None


class _Counting:
    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.size_bytes = 0
        self.digest = sha256()

    def write(self, data: Any) -> int:
        self.size_bytes += len(data)
        self.digest.update(data)
        return self._target.write(data)


def safe_names(names: Iterable[str]) -> list[str]:
    """For each name one without folders, in plain letters, that no system reserves; no two are the same."""
    safe: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = _UNSAFE.sub("-", name.replace("\\", "/").rpartition("/")[2]).strip(".-_ ")[:_LONGEST].rstrip(".-")
        plain = plain or "recording"
        if _RESERVED.fullmatch(plain):
            plain = f"recording-{plain}"
        candidate, number = plain, 1
        while candidate.lower() in taken:
            number += 1
            candidate = f"{plain}-{number}"
        taken.add(candidate.lower())
        safe.append(candidate)
    return safe
