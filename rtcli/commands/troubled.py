"""The option that makes trouble on purpose."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Option

if TYPE_CHECKING:
    from rtcli.script.faults import Fault

Faulty = Annotated[
    list[str] | None,
    Option(
        "--fault",
        metavar="KIND[@TIME][=VALUE]",
        help="Make trouble on purpose, as listed above (repeatable; or RTCLI_FAULT, separated by spaces).",
    ),
]


def faults_of(words: list[str] | None) -> list[Fault]:
    """The faults that are asked for, on the command line or in the environment.

    Raises:
        BadOption: one of them is none.

    """
    from rtcli.script.faults import fault_of

    return [fault_of(word) for word in words or os.environ.get("RTCLI_FAULT", "").split()]
