"""``rtcli rule``: what is checked, and what each finding means."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def _known(incomplete: str) -> list[str]:
    """The codes that begin so, for a shell."""
    from rtcli.rules import RULES

    return [rule.code for rule in RULES if rule.code.startswith(incomplete.upper())]


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A rule, such as FUN10.", autocompletion=_known)
    ] = None,
) -> int:
    """List the rules, or print the page of one: what it means, why it happens, and how to fix it.

    Example:  rtcli rule FUN10

    Exit code: 0 done, 2 there is no such rule.
    """
    from rtcli.rules import RULES
    from rtcli.rules.schema import TITLES

    if code is None:
        for name, (severity, title) in TITLES.items():
            sys.stdout.write(f"{name}  {severity:8} {title}\n")
        for known in RULES:
            more = "  (extended)" if known.tier == "extended" else ""
            sys.stdout.write(f"{known.code}  {known.severity:8} {known.title}{more}\n")
        return 0
    sys.stdout.write(_page(code.upper()))
    return 0


def _page(code: str) -> str:
    import inspect

    from rtcli.errors import BadOption
    from rtcli.events.wording import nearest
    from rtcli.rules import RULES
    from rtcli.rules.schema import TITLES

    for known in RULES:
        if known.code == code:
            needs = f"Needs: {', '.join(sorted(known.needs))}.\n" if known.needs else ""
            text = (inspect.getdoc(known.judge) or "").replace("\n::\n", "\nExample:\n").replace("``", "")
            return f"{code}  {known.severity}, {known.tier}\n\n{text}\n{needs}"
    if code in TITLES:
        severity, title = TITLES[code]
        return (
            f"{code}  {severity}\n\n{title}. It is told by one line alone: rtcli schema TYPE shows what is expected.\n"
        )
    near = nearest(code, [*TITLES, *(one.code for one in RULES)], cutoff=0.6)
    raise BadOption(
        "CODE", f"there is no rule {code!r}", f"did you mean {near}?" if near else "rtcli rule lists them all"
    )
