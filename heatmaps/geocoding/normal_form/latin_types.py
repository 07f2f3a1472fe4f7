"""Street types of languages in Latin and Greek letters, and those that grow onto the name.

They are chosen from libpostal's dictionaries: `tables/street_types.csv`, `tables/NOTICE`.
"""

from __future__ import annotations

import csv
import re
from importlib.resources import files

from heatmaps.geocoding.normal_form.fold import folded
from heatmaps.geocoding.normal_form.pack import word_set

_BEHIND = word_set("en de nl da sv nb fi et lt lv hu tr is af az")
"""Languages that write the type behind the name."""
_SURE = {"st": "street", "ave": "avenue", "dr": "drive", "ct": "court", "ul": "ulica"}
_NOT_TYPES = word_set("la au hi to ro all pass exp de do na le put tie gate")
"""Words and abbreviations of one language that are plain words in another."""
_GROWN_WORDS = word_set(
    "weg gasse platz allee damm chaussee ufer straat laan plein gracht kade singel",
    "gatan gata vagen vej gade veien vei katu kuja polku tie strasse",
)
_GROWN = {word: word for word in sorted(_GROWN_WORDS)} | {"str": "strasse"}
_STEM = 3
_SUFFIX = re.compile(rf"(?P<stem>[^\W\d_]{{{_STEM},}}?)(?P<kind>{'|'.join(_GROWN)})")
_FINNISH_ROAD = "tie"


def _read() -> tuple[dict[str, str], frozenset[str]]:
    meant: dict[str, set[str]] = {}
    full_words: set[str] = set()
    behind: set[str] = set()
    text = files(__package__).joinpath("tables", "street_types.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        full = folded(row["type"])
        full_words.add(full)
        if row["language"] in _BEHIND:
            behind.add(full)
        for spelling in row["spellings"].split():
            meant.setdefault(spelling, set()).add(full)
    types = {spelling: full.pop() if len(full) == 1 else "" for spelling, full in meant.items()}
    types |= {full: full for full in full_words} | _SURE
    return {t: full for t, full in types.items() if t not in _NOT_TYPES}, frozenset(behind)


LATIN_TYPES, TRAILING_TYPES = _read()
"""Spelling → full type word, empty where it means several; the types written behind a name."""


def parted(word: str) -> tuple[str, str]:
    """Give name and type of ``hauptstrasse``, the type empty where none has grown onto the name."""
    match = _SUFFIX.fullmatch(word)
    if match is None or (match["kind"] == _FINNISH_ROAD and match["stem"][-1] != "n"):
        return word, ""
    return match["stem"], _GROWN[match["kind"]]


def joined(word: str, kind: str) -> str:
    """Give name and type as one word where `parted` would part it so again, else nothing."""
    return word + kind if parted(word + kind) == (word, kind) else ""
