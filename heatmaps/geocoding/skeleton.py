"""The skeleton of a word: one Latin form to which every way of transliterating it comes down.

``Курская``, ``Kurskaya``, ``Kurskaja`` and ``Kurskaia`` have the skeleton ``kurskaia``; so have
``Zhukova``, ``Žukova`` and ``Жукова`` the skeleton ``zukova``. Cyrillic is written in Latin by the
widest scheme, then what schemes write differently is folded into one, on both sides alike: voiced
and hushed letters lose their mark, since diacritics are often left out; ``y``, ``j`` and ``i`` are
one; double letters are single.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
        "з": "z", "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu",
        "я": "ia", "і": "i", "ї": "i", "ў": "u", "ґ": "g", "є": "ie",
        "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
        "ј": "i", "љ": "l", "њ": "n", "ћ": "ch", "ђ": "d", "џ": "zh", "’": "", "'": "",
    }
)  # fmt: skip

_FOLDED = (
    (re.compile(r"[yjı]"), "i"),
    (re.compile(r"shch|shh|sch|sh|sc(?=[^eik])"), "s"),
    (re.compile(r"zh"), "z"),
    (re.compile(r"ts|tz|cz|ch"), "c"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"q|ck"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"i[eo]"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """Give the skeleton of a folded word, Cyrillic or Latin; empty where none is left."""
    text = word.translate(_CYRILLIC)
    for pattern, folded in _FOLDED:
        text = pattern.sub(folded, text)
    return text
