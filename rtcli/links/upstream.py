"""Where ``rtcli proxy`` connects to: what its word stands for, and what is added to what the app says.

The app's own path and query are appended as they came. The key stays out of every text made here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from rtcli.errors import BadOption
from rtcli.links.target import OPENAI_BASE_URL, key_in
from rtcli.recording.secrets import harmless_url

WORDS: Final = ("openai", "azure", "demo")
"""Upstreams that have a name."""

_PORTS: Final = {"ws": 80, "wss": 443}
_SCHEMES: Final = {"https": "wss", "http": "ws", "wss": "wss", "ws": "ws"}


class Upstream(Struct, frozen=True):
    """An origin, and how the app's path is put behind it."""

    secure: bool
    host: str
    port: int
    base_path: str = ""
    overlapping: bool = False
    """The app's path may begin with what the base path ends with."""
    credentials: tuple[str, str] | None = None
    """The header that carries the key, in the place of what the app sends."""

    def __repr__(self) -> str:
        return f"Upstream({self.origin!r}, {self.base_path!r})"

    @property
    def origin(self) -> str:
        """The URL without a path."""
        scheme = "wss" if self.secure else "ws"
        return f"{scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What a ``Host`` header says; the usual port goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["wss" if self.secure else "ws"] else f"{host}:{self.port}"

    def path(self, asked: str) -> str:
        """The path and query to ask for when the app asks for `asked`."""
        base = self.base_path
        if self.overlapping:
            shared = [at for at in range(len(base)) if base[at] == "/" and f"{asked}/".startswith(f"{base[at:]}/")]
            base = base[: shared[0]] if shared else base
        return base + asked

    def url(self, asked: str) -> str:
        """The whole URL, as it may be shown and recorded."""
        # The library for HTTP gives bytes beyond ASCII as what no text can hold.
        path = self.path(asked).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return harmless_url(self.origin + path)


def upstream_of(word: str, environment: Mapping[str, str], *, demo: str = "", add_key: bool = False) -> Upstream:
    """The upstream that `word` names; `demo` is the URL of the built-in server, where there is one.

    Raises:
        BadOption: it names none, or an endpoint or a key is missing.

    """
    if word == "demo":
        return _origin("demo", demo.removesuffix("/v1/realtime"))
    if word == "openai":
        base, source = environment.get("OPENAI_BASE_URL") or OPENAI_BASE_URL, "OPENAI_BASE_URL"
        key = _bearer(environment) if add_key else None
        return _origin(source, base, overlapping=True, credentials=key)
    if word == "azure":
        source = "AZURE_OPENAI_ENDPOINT"
        if not environment.get(source):
            raise BadOption("azure", f"{source} is not set", "it is the URL of your resource")
        key = ("api-key", _key("AZURE_OPENAI_API_KEY", environment)) if add_key else None
        parts = urlsplit(environment[source])
        return _origin(source, f"{parts.scheme}://{parts.netloc}", credentials=key)
    if word.partition("://")[0] not in _PORTS:
        known = ", ".join(f"`{name}`" for name in WORDS)
        raise BadOption("UPSTREAM", "it names no upstream", f"it is {known} or begins with ws:// or wss://")
    return _origin("UPSTREAM", word, credentials=_bearer(environment) if add_key else None)


def _origin(
    source: str, url: str, *, overlapping: bool = False, credentials: tuple[str, str] | None = None
) -> Upstream:
    try:
        parts = urlsplit(url)
        host, port, scheme = _ascii(parts.hostname or ""), parts.port, _SCHEMES[parts.scheme]
    except (ValueError, KeyError) as error:
        raise BadOption(source, "it is no URL", "write it as wss://host/path") from error
    if not host:
        raise BadOption(source, "it names no host", "write it as wss://host/path")
    if parts.query or parts.fragment:
        raise BadOption(source, "it has a query", "leave it out: the app's own goes upstream")
    if parts.username is not None and credentials is None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = ("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    base = parts.path.rstrip("/")
    return Upstream(scheme == "wss", host, port or _PORTS[scheme], base, overlapping, credentials)


def _ascii(host: str) -> str:
    """The name as it is looked up and as a header says it. Raises UnicodeError where it is none."""
    return host.encode("idna").decode()


def _bearer(environment: Mapping[str, str]) -> tuple[str, str]:
    return "Authorization", f"Bearer {_key('OPENAI_API_KEY', environment)}"


def _key(name: str, environment: Mapping[str, str]) -> str:
    key = key_in(environment, name, "--key-from-env")
    if not key:
        raise BadOption("--key-from-env", f"{name} is not set", "put the key there, or let the app bring its own")
    return key
