"""The default pack: addresses of any country that writes in Latin or Greek letters."""

from __future__ import annotations

import re

from heatmaps.geocoding.normal_form.cities import city_aliases
from heatmaps.geocoding.normal_form.latin_types import LATIN_TYPES, TRAILING_TYPES
from heatmaps.geocoding.normal_form.pack import Pack, read_table, spellings, word_set

_T = read_table("latin")
_FLAT = (
    "flat|apartment|appartement|apt|unit|suite|ste|floor|room|top|etage|stock|wohnung|whg|bte|lok"
)
_FLAT_BEHIND = "m|as|krs|kv|mieszkanie|lejl|int"
_ONES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SIDES = {"n": "north", "s": "south", "e": "east", "w": "west"}


def _in_digits(match: re.Match[str]) -> str:
    """Give ``42th`` for ``forty second``."""
    return f"{_TENS[match[1]] + _ONES.index(match[2]) + 1}th"


_ENGLISH_TYPES = "st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|ct|court|pl"
"""Behind a name whose side of town is told by a letter: ``N Main St``."""

LATIN = Pack(
    name="latin",
    street_types=LATIN_TYPES,
    words=spellings(_T["words"])
    | {form: f"{n}-й" for n, forms in _T["ordinals"].items() for form in forms.split()},
    generic_types=TRAILING_TYPES,
    postfix=TRAILING_TYPES,
    units=word_set(*_T["units"].values()),
    noise=word_set(_T["noise"]["words"]),
    junk=word_set(_T["junk"]["words"]),
    weak=word_set(_T["weak"]["words"]),
    house_words=word_set(_T["house_words"]["words"]),
    settlement_aliases={alias: name for alias, name in city_aliases().items() if alias.isascii()},
    parts=spellings(_T["parts"]),
    cuts=(
        re.compile(
            rf"\b(?:{_FLAT}) ?#? ?\d+ ?[a-z]?\b|\b\d+(?:st|nd|rd|th) floor\b"
            rf"|(?<=\d)(?: [a-z])?,? (?:{_FLAT_BEHIND}) \d+[a-z]?\b|\b\d+ (?:krs|etg|et)\b"
        ),
        re.compile(r"\b(?:near|opposite|next to|behind)\b[^,]*|\b(?:tel|phone)\b[ \d,-]*"),
        re.compile(
            r"\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b|\b[a-z]{1,2}-\d{4,5}\b"
            r"|(?<![\w/-])\d\d-\d{3}(?= [a-z]{3})"
            r"|(?<![\w/-])[a-z]?-?\d{5}(?![\w/-])(?=[^,]*$|, [a-z])"
            r"|(?<![\w/-])\d{4,5} (?=[a-z]+(?:[ ,].*)?\d)|(?<=, )\d{4,5} (?=[a-z])"
        ),
    ),
    rewrites=(
        (re.compile(r"(?:^|(?<=, )|(?<=\d )|(?<=\d[a-z] ))st (?=[a-z])"), "saint "),
        (
            re.compile(r"(?<=\d) [a-h] \d{1,3}\b(?! ?[a-z])|(?<=\d) [a-h] \d{1,3}\b(?= [a-z]{4})"),
            "",
        ),
        (re.compile(r"\bst-(?=[a-z])"), "saint "),
        (re.compile(r"\b(?:1|i)ere?\b"), "premier"),
        (re.compile(rf"\b({'|'.join(_TENS)})[ -]({'|'.join(_ONES)})\b"), _in_digits),
        (re.compile(r"\b([nsew]) (?=\d+(?:st|nd|rd|th)\b)"), lambda match: f"{_SIDES[match[1]]} "),
        (
            re.compile(rf"\b([nsew]) (?=[a-z]{{3,}} (?:{_ENGLISH_TYPES})\b)"),
            lambda match: f"{_SIDES[match[1]]} ",
        ),
        (re.compile(r"(?<=[a-z]{4})(?=\d)"), " "),
        (re.compile(r"(?<=\d) ?bis\b"), "bis"),
    ),
    house_first=True,
)
