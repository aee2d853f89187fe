"""The rules for people: a list of them, and the page of one.

Law: prose is broken between words, however narrow the terminal; an example is printed as it is
written, so that it can be copied.
"""

from __future__ import annotations

import inspect

from rich.console import Console
from rich.text import Text

from rtcli.rules import RULES, TITLES, Rule
from rtcli.views.findings import STYLES

_ALONE = "It is told by one line alone: rtcli schema TYPE shows what is expected."
_TITLE_COLUMN = 17


def print_rules(console: Console) -> None:
    """Print every rule with its severity and its title."""
    rows = [(code, severity, title) for code, (severity, title) in TITLES.items()]
    rows += [(rule.code, rule.severity, rule.title + " (extended)" * (rule.tier == "extended")) for rule in RULES]
    for code, severity, title in rows:
        head = Text.assemble(code, "  ", (f"{severity:8}", STYLES[severity]), "  ")
        for line in Text(title).wrap(console, max(console.width - _TITLE_COLUMN, 1)):
            line.rstrip()
            console.print(head.append_text(line), soft_wrap=True)
            head = Text(" " * _TITLE_COLUMN)


def print_page(console: Console, code: str) -> None:
    """Print what a rule means, why it happens, and how to fix it."""
    rule = next((rule for rule in RULES if rule.code == code), None)
    severity = rule.severity if rule else TITLES[code][0]
    console.print(Text.assemble((code, "bold"), "  ", (severity, STYLES[severity]), f", {rule.tier}" if rule else ""))
    for paragraph in _paragraphs(rule) if rule else (f"{TITLES[code][1]}.", _ALONE):
        console.print()
        if paragraph.startswith("    "):
            console.print(Text(paragraph, style="cyan"), soft_wrap=True)
        else:
            prose = "Example:" if paragraph == "::" else " ".join(paragraph.split())
            for line in Text(prose).wrap(console, console.width):
                line.rstrip()
                console.print(line, soft_wrap=True)


def _paragraphs(rule: Rule) -> list[str]:
    paragraphs = (inspect.getdoc(rule.judge) or "").replace("``", "").split("\n\n")
    return [*paragraphs, f"Needs: {', '.join(sorted(rule.needs))}."] if rule.needs else paragraphs
