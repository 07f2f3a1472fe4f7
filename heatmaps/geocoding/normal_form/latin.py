"""The default pack: addresses of any country that writes in Latin or Greek letters."""

from __future__ import annotations

import re

from heatmaps.geocoding.normal_form.cities import city_aliases
from heatmaps.geocoding.normal_form.latin_types import LATIN_TYPES, TRAILING_TYPES
from heatmaps.geocoding.normal_form.pack import Pack, read_table, spellings, word_set

_T = read_table("latin")
_FLAT = "flat|apartment|appartement|apt|unit|suite|ste|floor|room|top|etage|stock|wohnung|whg|bte"

LATIN = Pack(
    name="latin",
    street_types=LATIN_TYPES,
    words=spellings(_T["words"]),
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
        re.compile(r"\b(?:near|opposite|next to|behind)\b[^,]*|\b(?:tel|phone)\b[ \d,-]*"),
        re.compile(
            r"\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b"
            r"|(?<![\w/-])[a-z]?-?\d{5}(?![\w/-])(?=[^,]*$|, [a-z])"
            r"|(?<![\w/-])\d{4,5} (?=[a-z]+(?:[ ,].*)?\d)|(?<=, )\d{4,5} (?=[a-z])"
        ),
        re.compile(rf"\b(?:{_FLAT}) ?#? ?\d+[a-z]?\b|\b\d+(?:st|nd|rd|th) floor\b"),
    ),
    rewrites=(
        (re.compile(r"(?:^|(?<=, )|(?<=\d )|(?<=\d[a-z] ))st (?=[a-z])"), "saint "),
        (
            re.compile(r"(?<=\d) [a-h] \d{1,3}\b(?! ?[a-z])|(?<=\d) [a-h] \d{1,3}\b(?= [a-z]{4})"),
            "",
        ),
        (re.compile(r"\b1ere?\b"), "premier"),
        (re.compile(r"(?<=\d) ?bis\b"), "bis"),
    ),
    house_first=True,
)
