"""The file of ``--baseline``: read before a run, written after it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rtcli.errors import BadOption

if TYPE_CHECKING:
    from rtcli.rules import Finding
    from rtcli.rules.baseline import Baseline

_OPTION = "--baseline"


class Known:
    """What is known of each file; the file's name counts from the folder of the baseline."""

    def __init__(self, path: Path | None, *, write: bool) -> None:
        """Read the baseline, or begin one that replaces what is there.

        Raises:
            BadOption: there is none, it is none, or it is to be written and has no name.

        """
        if write and path is None:
            raise BadOption("--write-baseline", "no file is named", "add --baseline FILE")
        self._path = path
        self._write = write
        self._baseline = _opened(path, write=write) if path else None

    def hides(self, name: str, finding: Finding) -> bool:
        """Whether a finding is known, so that it is neither told nor counted."""
        return self._baseline is not None and self._baseline.hides(self._relative(name), finding)

    def save(self) -> None:
        """Write the baseline if that is asked for, and say so."""
        from rtcli.commands.output import writing, wrote

        if not self._write or self._baseline is None:
            return
        with writing(self._path, _OPTION, overwrite=True) as out:
            out.write(self._baseline.text())
        wrote(self._path)

    def _relative(self, name: str) -> str:
        if name == "-" or self._path is None:
            return name
        try:
            return Path(os.path.relpath(name, self._path.parent)).as_posix()
        except ValueError:
            return Path(name).as_posix()


def _opened(path: Path, *, write: bool) -> Baseline:
    from rtcli.rules.baseline import Baseline

    try:
        known = Baseline.read(path.read_bytes())
    except FileNotFoundError as error:
        if write:
            return Baseline(learning=True)
        raise BadOption(_OPTION, f"there is no {path}", "--write-baseline makes it") from error
    except OSError as error:
        raise BadOption(_OPTION, f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        remedy = "name another file" if write else "--write-baseline makes one"
        raise BadOption(_OPTION, f"{path} is no baseline: {error}", remedy) from error
    return Baseline(learning=True) if write else known
