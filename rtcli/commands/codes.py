"""The codes of rules on the command line: which are meant, and which a shell may offer."""

from __future__ import annotations


def chosen(option: str, given: list[str] | None) -> list[str]:
    """The codes and families, of which each must begin one that there is."""
    from rtcli.errors import BadOption
    from rtcli.events.wording import nearest
    from rtcli.rules import TITLES

    wanted = [code.strip().upper() for several in given or [] for code in several.split(",") if code.strip()]
    if all(any(one.startswith(code) for one in TITLES) for code in wanted):
        return wanted
    from rtcli.rules import titles

    known = titles()
    for code in wanted:
        if not any(one.startswith(code) for one in known):
            near = nearest(code, [*map(_family, known), *known], cutoff=0.6)
            raise BadOption(
                option,
                f"no rule begins with {code!r}",
                f"did you mean {near}?" if near else "rtcli rule lists them all",
            )
    return wanted


def offered(incomplete: str) -> list[str]:
    """The codes that begin so, in small letters where that is how it is typed."""
    from rtcli.rules import titles

    found = [code for code in titles() if code.startswith(incomplete.upper())]
    return [code.lower() for code in found] if incomplete.islower() else found


def offered_prefixes(incomplete: str) -> list[str]:
    """The same after the last comma: families first, and the codes of one when its name is whole."""
    before, comma, last = incomplete.rpartition(",")
    codes = offered(last)
    found = list(dict.fromkeys(map(_family, codes)))
    if len(found) == 1 and len(last) >= len(found[0]):
        found = codes if len(last) > len(found[0]) else found + codes
    return [before + comma + one for one in found]


def _family(code: str) -> str:
    return code.rstrip("0123456789")
