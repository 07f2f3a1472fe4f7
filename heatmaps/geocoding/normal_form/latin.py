"""The default pack: street words of Latin-script countries, and no more than that."""

from __future__ import annotations

import re

from heatmaps.geocoding.normal_form.form import TRAILING_TYPES
from heatmaps.geocoding.normal_form.pack import Pack, spellings, word_set

_STREET_TYPES = {
    "street": "str st",
    "road": "rd",
    "avenue": "ave av",
    "boulevard": "blvd bd bvd",
    "lane": "ln",
    "drive": "dr",
    "square": "sq",
    "court": "ct",
    "terrace": "ter",
    "highway": "hwy",
    "rue": "",
    "chemin": "ch",
    "quai": "",
    "allee": "",
    "impasse": "imp",
    "via": "",
    "viale": "vle",
    "piazza": "pza",
    "corso": "cso",
    "calle": "c",
    "ulica": "ul",
    "aleja": "al",
}
LATIN = Pack(
    name="latin",
    street_types=spellings(_STREET_TYPES),
    place_types={},
    region_types={},
    district_types={},
    letters={},
    words={"saint": "saint", "ste": "sainte", "mt": "mount"},
    numbered_types=frozenset(),
    area_types=frozenset(),
    generic_types=frozenset(),
    units=word_set(
        "january february march april may june july august september october november december"
        " janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
        " th st nd rd"
    ),
    sizes=frozenset(),
    noise=frozenset({"no", "nr", "number"}),
    weak=frozenset({"de", "la", "du", "des", "le", "les", "of", "the", "l", "d"}),
    house_words=frozenset({"no", "nr", "number", "house"}),
    settlement_aliases={},
    tails={},
    postcode=re.compile(
        r"\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b|(?<![\w/-])\d{5}(?![\w/-])(?=[^,]*$|, [a-z])"
        r"|(?<![\w/-])\d{4,5} (?=[a-z]+(?:[ ,].*)?\d)|(?<=, )\d{4,5} (?=[a-z])"
    ),
    notes=re.compile(r"\b(?:near|opposite|next to|behind)\b[^,]*|\b(?:tel|phone)\b[ \d,-]*"),
    flats=(
        re.compile(r"\b(?:flat|apartment|apt|unit|suite|ste|floor|room|top) ?#? ?\d+[a-z]?\b"),
        re.compile(r"\b\d+(?:st|nd|rd|th) floor\b"),
    ),
    phrases=(
        (re.compile(r"(?:^|(?<=, )|(?<=\d )|(?<=\d[a-z] ))st (?=[a-z])"), "saint "),
        (re.compile(r"\b1ere?\b"), "premier"),
        (re.compile(r"(?<=\d) ?bis\b"), "bis"),
        (re.compile(r"(?<=[a-z]{3})str\b"), "strasse"),
    ),
    parts=dict.fromkeys(("building", "bldg", "block", "blk"), "block"),
    house_first=True,
    postfix=TRAILING_TYPES,
)
