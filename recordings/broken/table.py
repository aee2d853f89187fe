"""All rows, family by family."""

from __future__ import annotations

import configuration
import costs
import hearing
import names
import order
import shapes
import tools
import turns
import words
from row import Row

ROWS: tuple[Row, ...] = (
    *shapes.ROWS,
    *order.ROWS,
    *names.ROWS,
    *hearing.ROWS,
    *turns.ROWS,
    *configuration.ROWS,
    *tools.ROWS,
    *costs.ROWS,
    *words.ROWS,
)
"""A code may stand here before its rule does; then nothing is found in its recording yet."""
