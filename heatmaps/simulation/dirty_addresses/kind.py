"""The kinds of trouble an address comes with."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is odd about an address; the truth of the last four is that no house may be given."""

    CLEAN = "clean"
    ABBREVIATED = "abbreviated"
    SWAPPED = "swapped"
    CAPITALS = "capitals"
    NO_TYPE = "no type"
    ONE_TYPO = "one typo"
    TWO_TYPOS = "two typos in a word"
    TRANSLITERATED = "transliterated"
    WRONG_LAYOUT = "wrong layout"
    LOOK_ALIKE = "look-alike letters"
    CITY_COLUMN = "city in its column"
    DEFAULT_CITY = "city by default"
    NO_CITY = "no city, one fits"
    SEVERAL_FIT = "no city, several fit"
    STREET_ABSENT = "street absent"
    HOUSE_ABSENT = "house absent"
    JUNK = "junk"

    @property
    def means_a_house(self) -> bool:
        """Tell whether the address means one house of the gazetteer."""
        return self not in _MEANS_NONE


_MEANS_NONE = frozenset({Kind.SEVERAL_FIT, Kind.STREET_ABSENT, Kind.HOUSE_ABSENT, Kind.JUNK})
