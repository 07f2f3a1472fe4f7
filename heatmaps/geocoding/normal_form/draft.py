"""An address on its way to the normal form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from heatmaps.geocoding.normal_form.pack import Pack


class Mark:
    """What a word may be part of, as bits; a step over words runs only where its bits were seen.

    Plain numbers, for they are joined for every word of every address.
    """

    JUNK = 1 << 0
    POSTCODE = 1 << 1
    TELEPHONE = 1 << 2
    DATE = 1 << 3
    ORDINAL = 1 << 4
    SPELLED = 1 << 5
    PHRASE = 1 << 6
    NOTE = 1 << 7
    FLAT = 1 << 8
    KILOMETRE = 1 << 9
    INITIAL = 1 << 10
    PART = 1 << 11
    ROMAN = 1 << 12
    MENDED = 1 << 13
    TYPE_TYPO = 1 << 14
    ODD_LAYOUT = 1 << 15
    PHRASE_END = 1 << 16
    TRUNK = 1 << 17
    AREA = 1 << 18
    LATIN = 1 << 19
    COUNTED = 1 << 20
    UNKNOWN = 1 << 21
    PERSON = 1 << 22
    ACCOUNT = 1 << 23
    TIME = 1 << 24


@dataclass(slots=True)
class Draft:
    """What the steps hand on: the text they clean, its words, and what they noticed about it.

    `tokens` are words, numbers and commas; `marks` the `Mark`s of all of them.
    """

    text: str
    tokens: list[str] = field(default_factory=list)
    marks: int = 0
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


Step = Callable[[Draft, Pack], None]
"""One named change of the draft; steps run in the order of `steps.STEPS`."""
