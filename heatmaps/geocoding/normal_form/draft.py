"""An address on its way to the normal form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag

from heatmaps.geocoding.normal_form.pack import Pack


class Mark(IntFlag):
    """What a word may be part of; a step over words runs only where its mark was seen."""

    JUNK = 1
    POSTCODE = 2
    TELEPHONE = 4
    DATE = 8
    ORDINAL = 16
    SPELLED = 32
    PHRASE = 64
    NOTE = 128
    FLAT = 256
    KILOMETRE = 512
    INITIAL = 1024
    PART = 2048
    ROMAN = 4096
    MENDED = 8192
    TYPE_TYPO = 16384
    ODD_LAYOUT = 32768
    PHRASE_END = 65536
    TRUNK = 131072
    AREA = 262144
    LATIN = 524288


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
