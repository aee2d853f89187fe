"""``rtcli rule``: what is checked, and what each finding means."""

from __future__ import annotations

from typing import Annotated

from rtcli.commands.codes import offered
from rtcli.commands.declared import Argument


def rule(
    code: Annotated[
        str | None, Argument(metavar="[CODE]", help="A rule, such as FUN10.", autocompletion=offered)
    ] = None,
) -> int:
    """List the rules, or print the page of one: what it means, why it happens, and how to fix it.

    Example:  rtcli rule FUN10

    Exit code: 0 done, 2 there is no such rule.
    """
    from rtcli.views.console import console
    from rtcli.views.rule import print_page, print_rules

    if code is None:
        print_rules(console())
    else:
        print_page(console(), _wanted(code.upper()))
    return 0


def _wanted(code: str) -> str:
    """The code, if there is such a rule."""
    from rtcli.errors import BadOption
    from rtcli.events.wording import nearest
    from rtcli.rules import titles

    known = titles()
    if code not in known:
        near = nearest(code, known, cutoff=0.6)
        raise BadOption(
            "CODE", f"there is no rule {code!r}", f"did you mean {near}?" if near else "rtcli rule lists them all"
        )
    return code
