"""Radio generations: what a sector transmits, where coverage is predicted, what a caller uses."""

from __future__ import annotations

from enum import StrEnum


class Technology(StrEnum):
    """Radio generation."""

    G2 = "2g"
    G3 = "3g"
    G4 = "4g"
    G5 = "5g"
