"""A country pack: the tables that the normalising steps read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


Phrase = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]
"""A pattern and what stands in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Words and patterns of the addresses of one script or country, all folded.

    `street_types`, `place_types`, `region_types` and `district_types` lead every spelling to the
    full word. `numbered_types` are counted by number (7 линия); `area_types` yield to a street
    in the same address; `generic_types` yield to a more telling type in the same name.
    `letters` are one-letter words that are a type only in front of a name. `words` are
    abbreviations inside names, `noise` words that say nothing. `units` follow a number that
    belongs to a name (8 марта). Patterns in `notes` and `flats` are cut out; `phrases` replaced.
    `tails` are parts of town written behind a street's name, as one word by `phrases`, with the
    way they are shown. `parts` leads a building-part word to its short form. `postfix` types
    always follow their name; with `house_first` an address may start with its number (12 Main St).
    """

    name: str
    street_types: Mapping[str, str]
    place_types: Mapping[str, str]
    region_types: Mapping[str, str]
    district_types: Mapping[str, str]
    letters: Mapping[str, str]
    words: Mapping[str, str]
    numbered_types: frozenset[str]
    area_types: frozenset[str]
    generic_types: frozenset[str]
    units: frozenset[str]
    sizes: frozenset[str]
    noise: frozenset[str]
    weak: frozenset[str]
    house_words: frozenset[str]
    settlement_aliases: Mapping[str, str]
    tails: Mapping[str, str]
    postcode: re.Pattern[str]
    notes: re.Pattern[str]
    flats: tuple[re.Pattern[str], ...]
    phrases: tuple[Phrase, ...]
    parts: Mapping[str, str]
    house_first: bool
    postfix: frozenset[str]
    types: Mapping[str, tuple[str, str]] = field(init=False)
    """Every spelling of every type word, with its class: street, place, region or district."""

    def __post_init__(self) -> None:
        """Bring the four tables of type words together."""
        tables = {
            "district": self.district_types,
            "region": self.region_types,
            "place": self.place_types,
            "street": self.street_types,
        }
        types = {
            spelling: (of_class, full)
            for of_class, table in tables.items()
            for spelling, full in table.items()
        }
        object.__setattr__(self, "types", types)


def word_set(text: str) -> frozenset[str]:
    """Give the words of a text."""
    return frozenset(text.split())


def spellings(table: Mapping[str, str]) -> dict[str, str]:
    """Give folded spelling → full word from full word → spellings, the full word among them."""
    return {_folded(s): full for full, others in table.items() for s in (full, *others.split())}


def _folded(word: str) -> str:
    return word.replace("ё", "е").replace("і", "и").replace("ў", "у")


def literal_phrases(table: Mapping[str, str]) -> Phrase:
    """Give one pattern for many phrases: what is written → its spellings, split by ``|``."""
    written = {spelling: full for full, others in table.items() for spelling in others.split("|")}
    longest_first = sorted(written, key=len, reverse=True)
    firsts = "".join(sorted({phrase[0] for phrase in written}))
    return re.compile(rf"\b(?=[{firsts}])(?:{'|'.join(longest_first)})\b"), lambda match: written[
        match[0]
    ]
