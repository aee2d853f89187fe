"""Numbers that options take."""

from __future__ import annotations

import math


def finite(value: float | None) -> float | None:
    """The number of an option, which typer lets be ``nan`` whatever its limits are.

    Raises:
        typer.BadParameter: it is none that can be counted with.

    """
    if value is not None and not math.isfinite(value):
        import typer

        raise typer.BadParameter(f"{value} is not a finite number.")
    return value
