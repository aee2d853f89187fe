"""The price table that a command reckons with: the documented one, or that of ``--prices``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Option
from rtcli.errors import BadOption

if TYPE_CHECKING:
    from rtcli.session.prices import Prices

Priced = Annotated[
    Path | None,
    Option("--prices", metavar="FILE", help="Reckon the cost by the prices in this JSON file.", envvar="RTCLI_PRICES"),
]


def prices_of(path: Path | None) -> Prices:
    """The table in a file; the documented one where there is none.

    Raises:
        BadOption: the file cannot be read, or holds no table.

    """
    from rtcli.session.prices import PRICES, parse

    if path is None:
        return PRICES
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadOption("--prices", f"cannot read {path}: {error.strerror or error}") from error
    return parse(content)
