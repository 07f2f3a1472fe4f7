"""Normal form of addresses: the one spelling that every honest spelling comes down to."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[\W_]+")


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _NOT_A_WORD.sub(" ", folded).strip()


def settlement_key(name: str) -> str:
    """Give the normal form of a settlement's or a region's name."""
    return _fold(name)


def street_key(name: str) -> str:
    """Give the normal form of a street's name."""
    return _fold(name)
