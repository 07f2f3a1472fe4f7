"""A country pack: the tables that the normalising steps read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from heatmaps.geocoding.normal_form.fold import folded

Phrase = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]
"""A pattern and what stands in its place."""

Table = dict[str, dict[str, str]]
"""A file of `tables/`: section → full word → its spellings."""

Sequences = Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]]
"""First words → the word sequences that begin so, the longest first, and what they mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Words and patterns of the addresses of one script or country, all folded.

    `street_types`, `place_types`, `region_types` and `district_types` lead every spelling to the
    full word. `numbered_types` are counted by number (7 линия); `area_types` yield to a street
    in the same address; `generic_types` yield to a more telling type in the same name; `postfix`
    types always follow their name; `town_districts` are named after their town; `region_names`
    leads a region's word to the street called so. `oblique` are type words in another case, with
    the gender they give to the adjectives before them.

    `rivers` are those that towns are told apart by (``н.д.``, на Дону).

    `letters` are one-letter words that are a type only in front of a name, `sizes` the forms of
    большой and the like by their initial. `words` are abbreviations inside names, `noise` words
    that say nothing, `countries` those of them that may be a name; names are equal without the
    `weak` words. `units` follow a number that belongs to a name (8 марта). `tails` are parts of
    town written behind a street's name, as one word by `phrases`, with the way they are shown.

    `parts` leads a building-part word to its short form. `flats` are words with a number before or
    behind them that stands for no house, those in `flats_either` on any side. `cuts` and
    `rewrites` are patterns of the text that are left out or replaced before it is parted into
    words. With `house_first` an address may start with its number (12 Main St).
    """

    name: str
    street_types: Mapping[str, str]
    place_types: Mapping[str, str] = field(default_factory=dict)
    region_types: Mapping[str, str] = field(default_factory=dict)
    region_names: Mapping[str, str] = field(default_factory=dict)
    district_types: Mapping[str, str] = field(default_factory=dict)
    town_districts: frozenset[str] = frozenset()
    letters: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    numbered_types: frozenset[str] = frozenset()
    area_types: frozenset[str] = frozenset()
    generic_types: frozenset[str] = frozenset()
    postfix: frozenset[str] = frozenset()
    oblique: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    noise: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    junk: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    house_words: frozenset[str] = frozenset()
    settlement_aliases: Mapping[str, str] = field(default_factory=dict)
    settlement_cases: Mapping[str, str] = field(default_factory=dict)
    towns: frozenset[str] = frozenset()
    tails: Mapping[str, str] = field(default_factory=dict)
    rivers: Mapping[str, str] = field(default_factory=dict)
    tens: Mapping[str, int] = field(default_factory=dict)
    years: Mapping[str, str] = field(default_factory=dict)
    cardinals: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    flats: frozenset[str] = frozenset()
    flats_either: frozenset[str] = frozenset()
    intercom: frozenset[str] = frozenset()
    telephone: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    before_times: frozenset[str] = frozenset()
    phrases: Sequences = field(default_factory=dict)
    notes: Sequences = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    postcode_digits: int = 0
    cuts: tuple[re.Pattern[str], ...] = ()
    rewrites: tuple[Phrase, ...] = ()
    house_first: bool = False
    types: Mapping[str, tuple[str, str]] = field(init=False)
    """Every spelling of every type word, with its class: street, place, region or district."""
    size_words: frozenset[str] = field(init=False)

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
        object.__setattr__(self, "size_words", frozenset(f for s in self.sizes.values() for f in s))


def read_table(*names: str) -> Table:
    """Give the tables of those names as one, the spellings of a word in two of them together."""
    whole: Table = {}
    for name in names:
        text = files(__package__).joinpath("tables", f"{name}.toml").read_text(encoding="utf-8")
        for section, entries in tomllib.loads(text).items():
            table = whole.setdefault(section, {})
            for full, others in entries.items():
                joint = "|" if section == "phrases" else " "
                table[full] = f"{table[full]}{joint}{others}" if full in table else others
    return whole


def word_set(*texts: str) -> frozenset[str]:
    """Give the words of some texts, folded."""
    return frozenset(word for text in texts for word in folded(text).split())


def spellings(table: Mapping[str, str]) -> dict[str, str]:
    """Give folded spelling → full word from full word → spellings, the full word among them."""
    return {folded(s): full for full, others in table.items() for s in (full, *others.split())}


def sequences(written: Mapping[str, str], first: int) -> Sequences:
    """Give what is written in several words, by the `first` words."""
    found: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
    for spelling, meaning in written.items():
        words = tuple(folded(spelling).split())
        found.setdefault(words[:first], []).append((words, meaning))
    return {
        words: tuple(sorted(group, key=lambda entry: -len(entry[0])))
        for words, group in found.items()
    }
