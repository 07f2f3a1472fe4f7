"""Russian text in foreign letters: transliterated, on the wrong layout, with look-alikes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_COMMON = dict(zip("абвгдзиклмнопрстуфы", "abvgdziklmnoprstufy", strict=True))
_VOWELS = "аеёиоуыэюя"

SCHEMES: dict[str, dict[str, str]] = {
    # ISO 9:1995, the same as GOST 7.79-2000 system A.
    "iso9": {
        "е": "e", "ё": "ë", "ж": "ž", "й": "j", "х": "h", "ц": "c", "ч": "č", "ш": "š",
        "щ": "ŝ", "ъ": "ʺ", "ь": "ʹ", "э": "è", "ю": "û", "я": "â",
    },
    # GOST 7.79-2000 system B.
    "gost": {
        "е": "e", "ё": "yo", "ж": "zh", "й": "j", "х": "x", "ц": "cz", "ч": "ch", "ш": "sh",
        "щ": "shh", "ъ": "``", "ы": "y`", "ь": "`", "э": "e`", "ю": "yu", "я": "ya",
    },
    # ICAO Doc 9303, used in Russian passports since 2013.
    "passport": {
        "е": "e", "ё": "e", "ж": "zh", "й": "i", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
        "щ": "shch", "ъ": "ie", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    },
    # BGN/PCGN 1947; ye at a word's start and after vowels, ъ and ь is written below.
    "bgn": {
        "е": "e", "ё": "ë", "ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
        "щ": "shch", "ъ": "”", "ь": "’", "э": "e", "ю": "yu", "я": "ya",
    },
    # Signs of streets and highways: BGN without its quotes.
    "road": {
        "е": "e", "ё": "yo", "ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
        "щ": "shch", "ъ": "", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    },
    # As typed in chats.
    "chat": {
        "е": "e", "ё": "e", "ж": "j", "й": "y", "х": "h", "ц": "c", "ч": "ch", "ш": "sh",
        "щ": "sch", "ъ": "", "ь": "", "э": "e", "ю": "u", "я": "ya",
    },
}  # fmt: skip
_IOTATED = frozenset({"bgn", "road"})

_TYPED = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_UPPER_KEYS = 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'
_LAYOUT = str.maketrans(_TYPED + _TYPED.upper() + ".,№", _LATIN_KEYS + _UPPER_KEYS + "/?#")
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
_BY_SIGN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe"})


def has_cyrillic(text: str) -> bool:
    """Tell whether any letter is Cyrillic."""
    return any("Ѐ" <= letter <= "ӿ" for letter in text)


def transliterated(text: str, scheme: str) -> str:
    """Give Russian text in Latin letters by one of `SCHEMES`; other characters stay."""
    table = _COMMON | SCHEMES[scheme]
    letters = []
    for i, letter in enumerate(text):
        low = letter.lower()
        latin = table.get(low, letter)
        if low == "е" and scheme in _IOTATED and _starts_syllable(text[:i].lower()):
            latin = "ye"
        letters.append(latin.capitalize() if letter.isupper() else latin)
    return "".join(letters)


def _starts_syllable(before: str) -> bool:
    return not before or not before[-1].isalpha() or before[-1] in _VOWELS + "ъь"


def on_wrong_layout(text: str) -> str:
    """Give what appears when Russian text is typed on a keyboard switched to English."""
    return text.translate(_LAYOUT)


def with_look_alikes(rng: np.random.Generator, text: str) -> str:
    """Give the text with about half of the letters that look Latin being Latin, at least one."""
    there = [i for i, letter in enumerate(text) if ord(letter) in LOOK_ALIKES]
    if not there:
        return text
    kept = rng.random(len(there)) < 1 / 2
    kept[int(rng.integers(len(there)))] = True
    letters = list(text)
    for i, replaced in zip(there, kept, strict=True):
        letters[i] = text[i].translate(LOOK_ALIKES) if replaced else text[i]
    return "".join(letters)


def without_accents(text: str, *, spelled_out: bool) -> str:
    """Give Latin text in plain letters: ``Muenchen`` where spelled out, otherwise ``Munchen``."""
    text = text.translate(_BY_SIGN) if spelled_out else text.replace("ß", "ss")
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))
