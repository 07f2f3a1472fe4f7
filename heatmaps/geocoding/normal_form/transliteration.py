"""Russian written in Latin letters, back to Cyrillic, whatever the scheme was.

Which letters a scheme uses (GOST 7.79, ISO 9, BGN/PCGN, passports, everybody's own) need not be
known: combinations are read longest first, and a vowel letter by its neighbours. What comes out is
good enough to tell types, numbers and names apart; how near the names are is the matcher's affair.
"""

from __future__ import annotations

import re
from functools import lru_cache

from heatmaps.geocoding.normal_form.cities import city_aliases, city_names
from heatmaps.geocoding.normal_form.pack import read_table

_LETTERS = {
    "shch": "щ",
    "sch": "щ",
    "shh": "щ",
    "ŝ": "щ",
    "šč": "щ",
    "zh": "ж",
    "ž": "ж",
    "kh": "х",
    "ts": "ц",
    "tz": "ц",
    "cz": "ц",
    "ch": "ч",
    "č": "ч",
    "sh": "ш",
    "š": "ш",
    "yo": "е",
    "jo": "е",
    "ë": "е",
    "ye": "е",
    "je": "е",
    "yu": "ю",
    "ju": "ю",
    "û": "ю",
    "iu": "ю",
    "ya": "я",
    "ja": "я",
    "â": "я",
    "è": "э",
    "e`": "э",
    "y`": "ы",
    "a": "а",
    "b": "б",
    "v": "в",
    "w": "в",
    "g": "г",
    "d": "д",
    "e": "е",
    "z": "з",
    "i": "и",
    "j": "й",
    "k": "к",
    "l": "л",
    "m": "м",
    "n": "н",
    "o": "о",
    "p": "п",
    "q": "к",
    "r": "р",
    "s": "с",
    "t": "т",
    "u": "у",
    "f": "ф",
    "h": "х",
    "c": "ц",
    "x": "кс",
    "''": "ъ",
    "'": "ь",
    "”": "ъ",
    '"': "ъ",
    "ʺ": "ъ",
    "ʹ": "ь",
    "’": "ь",
    "ʼ": "ь",
    "`": "ь",
    "y": "ы",
}
_SPELLED = re.compile("|".join(re.escape(s) for s in sorted(_LETTERS, key=len, reverse=True)))
_ENDINGS = (
    (re.compile(r"(?:iy|ij|ii|yi|iĭ)\b"), "ий"),
    (re.compile(r"(?:yy|yj)\b"), "ый"),
    (re.compile(r"(?<=[sk]k)y\b"), "ий"),
    (re.compile(r"(?<=[bvdzlmnprst])y\b"), "ы"),
    (re.compile(r"(?<=[aeou])[yij](?![aeou])"), "й"),
    (re.compile(r"(?<=[aeou])ia\b"), "я"),
    (re.compile(r"(?<=[ndrtl])iya\b|(?<=[ndrtl])iia\b|(?<=[ndrtl])ija\b"), "ия"),
    (re.compile(r"(?<=[bvdzklmnprstgf])ia(?=[bvdzklmnprst])"), "я"),
)
_T = read_table("translit")
_CITIES = {alias: name for alias, name in city_aliases().items() if alias.isascii()}
_WORDS = {s: full for full, others in _T["types"].items() for s in others.split()} | _CITIES
_CITY = re.compile(
    r"\b(?:" + "|".join(c.replace(" ", r"[. -]+") for c in sorted(_CITIES, key=len)[::-1]) + r")\b"
)
_ORDINAL = re.compile(
    r"(?<=\d)(?:st|nd|rd|th)\b|(?<=\d)-(?:"
    r"(?P<he>[iyo]?[ijy])|(?P<she>a?(?:ya|ia|ja|â))|(?P<it>[oy]?[jy]?e)|o?go)(?![\w'’`])"
)
_LITERA = re.compile(r"lit(?!er)([^\W\d_]{1,2}|[sczk]h)")
_HOUSE_LETTER = re.compile(r"[^\W\d_]|[sczk]h|sh?ch|[yij][aue]|ts")
_PARTING = re.compile(r"[. -]+")
_CITY_WEIGHT = 3
_RUSSIAN_CITIES = frozenset(city_names())
_TELLING_LENGTH = 5
_LONGEST_LETTER = 4
_WEAK = frozenset(_T["weak"]["words"].split())
_FOREIGN = frozenset(_T["foreign"]["words"].split())
_STRONG = frozenset(_T["strong"]["words"].split()) | {
    word for word in _WORDS if len(word) >= _TELLING_LENGTH and word not in _WEAK | _FOREIGN
}
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюя")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’`ʹʺ\"][^\W\d_]+)*['’ʹʺ`]{0,2}")
_TELLING = re.compile(rf"(?<!\d){_WORD.pattern}")
_NAMELIKE = re.compile(
    r".{2,}(?:sk(?:y|aya|aja|aia|aâ|iy|ij|ii|oe|oye|oj|oy|ogo|oi)|n(?:aya|aja|aia|yy|yj)|[aeiy]v(?:a|skaya)"
    r"|ogo|ykh|yh|ovoy|evoy|inoy|[iy]na|enko|ovo|evo|[kgh]rad|[aeiouy][rnlv]?sk)"
    r"|.*(?:zh|kh|shch|yu|ya|yo).*|.*[ʹʺ`].*"
)
_UNRUSSIAN = re.compile(
    r".*(?:[äöüßłóąęńśźżæøåñçõãêôîğışţáéíýůřěňďť]|w|q|sz|cz|rz|th|ck|oo|ee|ph|gh).*"
)


def as_cyrillic(text: str) -> str:
    """Give Latin text, in lower case, as the Russian that it may be a transliteration of."""
    text = _ORDINAL.sub(_ordinal, text)
    text = _CITY.sub(lambda match: _CITIES[_PARTING.sub(" ", match[0])], text)
    return _WORD.sub(_in_place, text)


def _ordinal(match: re.Match[str]) -> str:
    return "-я" if match["she"] else "-е" if match["it"] else "-й"


def _in_place(match: re.Match[str]) -> str:
    """Give a word in Cyrillic; beside a digit it may be a letter of a house: ``74g``, ``5 s1``."""
    word = match[0]
    if len(word) > _LONGEST_LETTER:
        return _word(word)
    text, start, end = match.string, match.start(), match.end()
    if word == "j" and start and text[start - 1].isdigit():
        return "ж"
    if word == "c" and text[end : end + 1].isdigit():
        return "с"
    if start and text[start - 1].isdigit() and _HOUSE_LETTER.fullmatch(word):
        return _letters(word)
    return _word(word)


def _letters(word: str) -> str:
    return _SPELLED.sub(lambda match: _LETTERS[match[0]], word)


@lru_cache(maxsize=65_536)
def _word(word: str) -> str:
    if not word[0].isascii() and word[0] in _CYRILLIC:
        return word
    if len(word) == 1:
        return _LETTERS.get(word, word)
    litera = _LITERA.fullmatch(word)
    if litera:
        return f"лит{_letters(litera[1])}"
    known = _WORDS.get(word.replace("'", "").replace("’", ""))
    if known:
        return known
    if word.startswith("al-"):
        return "аль-" + _word(word[3:])
    for pattern, letters in _ENDINGS:
        word = pattern.sub(letters, word)
    return _letters(word)


def evidence(text: str) -> int:
    """Tell how a Latin text, in lower case, reads: above 0 as Russian, below 0 as foreign.

    Words that only addresses of one side have weigh most, then the look of names.
    """
    cities = _CITY_WEIGHT if _CITY.search(text) else 0
    return cities + sum(_weight(word) for word in _TELLING.findall(text))


@lru_cache(maxsize=65_536)
def _weight(word: str) -> int:
    if word in _STRONG:
        return 4
    if word in _FOREIGN:
        return -4
    if word in _WEAK:
        return 1
    if _word(word) in _RUSSIAN_CITIES:
        return _CITY_WEIGHT
    return 2 * bool(_NAMELIKE.fullmatch(word)) - 2 * bool(_UNRUSSIAN.fullmatch(word))
