"""Radio generations: what a sector transmits, where coverage is predicted, what a caller uses."""

from __future__ import annotations

from enum import StrEnum


class Technology(StrEnum):
    """Radio generation."""

    G2 = "2g"
    G3 = "3g"
    G4 = "4g"
    G5 = "5g"


STANDARDS = {
    "gsm": Technology.G2,
    "umts": Technology.G3,
    "lte": Technology.G4,
    "nr": Technology.G5,
}


def technology_of(text: str) -> Technology | None:
    """Give the generation a word means: 2g to 5g, GSM, UMTS, LTE, NR, in any case; else None."""
    word = text.strip().casefold()
    return STANDARDS.get(word) or next((each for each in Technology if each == word), None)
