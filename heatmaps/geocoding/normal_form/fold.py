"""Folding of letters: one way of writing for case, accents, dashes and letters of neighbours.

Applied alike to addresses, to the gazetteer and to the packs' own tables, so that it need not be
right about a language, only the same on every side.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LETTERS = {
    **dict(zip("ёіїўєґәғқңөұүһҗҙҡҫѓќћђјљњџѕ", "еииуегагкноуухжзксгкчджлнцз", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ʹ": "'",
    "ʺ": "''",
    "’": "'",
    "ʼ": "'",
    "`": "'",
}
_SIGNS = {
    "№": " ",
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys(";|\n\r\t\v\f\u2028", ","),
}
LETTERED = "_"
"""Joins letter and number of a name as ``а-82`` while it is read, for a dash parts words."""
_TABLE = str.maketrans({**_LETTERS, **_SIGNS})
_SIMPLE = re.compile(r"[а-яa-z0-9 ,.()/\-\"'+:!?&#]*")
_USUAL = re.compile(r"[\x00-\x7f\u0400-\u045f\u0490-\u04ff№«»“”„‐-―−]*")
_DROPPED = frozenset({"Mn", "Me", "Cf"})


def folded(text: str) -> str:
    """``ПРОСПЕКТ`` → ``проспект``, ``ё`` → ``е``, ``і`` → ``и``, ``Straße`` → ``strasse``.

    Semicolons, tabs and line ends become commas, ``№`` a space.
    """
    text = text.lower().replace("ё", "е")
    if _SIMPLE.fullmatch(text):
        return text
    if _USUAL.fullmatch(text):
        return text.translate(_TABLE)
    text = unicodedata.normalize("NFKC", text.replace("№", " "))
    text = unicodedata.normalize("NFKC", text.casefold())
    return "".join(map(_bare, text.translate(_TABLE))).translate(_TABLE)


@lru_cache(maxsize=4_096)
def _bare(char: str) -> str:
    """Give a letter without its accent; a Cyrillic й is no accented и."""
    if _CYRILLIC.match(char):
        return char
    parts = unicodedata.normalize("NFD", char)
    return "".join(c for c in parts if unicodedata.category(c) not in _DROPPED)
