"""A recording that is served to clients, and what is said of them."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rtcli.views.backlog import Backlog
from rtcli.views.room import outlet

if TYPE_CHECKING:
    from rtcli.commands.source import Source
    from rtcli.links.replay_server import Plan
    from rtcli.script.outcome import Outcome
    from rtcli.script.performance import Script

_PATH = "/v1/realtime"


class Performed:
    """A recording as a server."""

    def __init__(self, source: Source, plan: Plan, *, json: bool) -> None:
        self._source = source
        self._plan = plan
        self._json = json
        self._path = _PATH
        self._diverged = False
        self._printed = Backlog(outlet(sys.stdout))

    def at(self, address: str, *, allow_remote: bool, origins: list[str] | None = None) -> int:
        """Serve at an address, to the pages of `origins` too, until told to stop; gives back the exit code."""
        from msgspec.structs import replace

        from rtcli.commands.address import address_of, taken
        from rtcli.commands.welcome import visitors_of
        from rtcli.errors import BadOption
        from rtcli.links.replay_server import serve_script

        host, port = address_of("--serve", address, allow_remote=allow_remote)
        plan = replace(self._plan, visitors=visitors_of(host, origins))
        script = self._script()
        if not script.speaks:
            raise BadOption(str(self._source.path), "there is nothing in it that a server said")
        try:
            serve_script(script, host, port, self._announce, self._left, plan)
        except OSError as error:
            raise taken("--serve", address, error) from error
        finally:
            with suppress(OSError):
                self._printed.close(patient=False)
        return self._source.code(1 if self._diverged else 0)

    def _script(self) -> Script:
        from rtcli.recording import Header
        from rtcli.script.performance import Script
        from rtcli.script.steps import steps_of

        entries = list(self._source)
        self._source.tell()
        header = next((entry.event for entry in entries if isinstance(entry.event, Header)), None)
        self._path = (urlsplit(header.url).path if header else "") or _PATH
        return Script(steps_of(entries))

    def _announce(self, url: str) -> None:
        if self._json:
            from rtcli.views.kept import SCHEMA

            self._write({"schema": SCHEMA, "url": url + self._path})
        else:
            self._print(f"{url}{self._path}\n")

    def _left(self, number: int, outcome: Outcome) -> None:
        from rtcli.views.console import console
        from rtcli.views.kept import kept, kept_as_json

        self._diverged = self._diverged or outcome.diverged
        if self._json:
            self._write(kept_as_json(number, outcome))
        else:
            shown = console()
            with shown.capture() as told:
                shown.print(kept(number, outcome), soft_wrap=True)
            self._print(told.get())

    def _write(self, body: object) -> None:
        import msgspec

        self._print(msgspec.json.encode(body).decode() + "\n")

    def _print(self, lines: str) -> None:
        """Print for whoever reads; a reader who pauses, or is gone, ends no call and holds up none."""
        with suppress(OSError):
            self._printed.say(lines)
