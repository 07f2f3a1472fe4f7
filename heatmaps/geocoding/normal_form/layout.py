"""Text typed with the keyboard in the wrong language: ``vjcrdf ktybyf 5``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюе"
_TO_RUSSIAN = str.maketrans(
    _LATIN_KEYS + '{}:"<>~' + "/?$^&#@", _RUSSIAN_KEYS + "хъжэбюе" + '.,;:?№"'
)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS[:-1], _LATIN_KEYS[:-1])
_COMMA = re.compile(r"([^ ,?]*),(?=[ \d])")
_HAND_TYPED_DOT = re.compile(r"(?<=[a-z,;'\[\]])\.(?= |\d)|(?<=\d)\.")
_KEPT = {"\ue000": ",", "\ue001": ".", "\ue002": "/"}
_NUMBER_SLASH = re.compile(r"(?<=\d)/(?=\d)")
_SHORTEST = 3
_ODD_RUSSIAN = re.compile(
    r"^[ьъы]|^[^аеиоуыэюя]+$|[^аеиоуыэюяь]{6}|[аеиоуыэюя][ьъ]|[йьъ][йьъы]|ы[ьъы]"
)
_ODD_LATIN = re.compile(r"^[^aeiouy]+$|^[^aeiou]{5,}$|[^aeiouy]{5}")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=65_536)
def is_odd(word: str) -> bool:
    """Tell whether a word of letters could hardly be said aloud in the language of its script."""
    if len(word) < _SHORTEST or not word.isalpha():
        return False
    odd = _ODD_LATIN if word.isascii() else _ODD_RUSSIAN
    return odd.search(word) is not None


def as_russian_keys(text: str, known: Callable[[str], bool] = lambda _: False) -> str:
    """Give what the same keys write in the Russian layout.

    There a dot is on the key of ``/`` and a comma on that of ``?``, while ``,`` and ``.`` are the
    letters б and ю. A comma before a space was typed as such behind a word that is `known`, and
    where there is no ``?``; a dot where there is no ``/``.
    """
    text = text.lower().rstrip(". ")
    text = _COMMA.sub(lambda match: _comma(match, known), text)
    if not _NUMBER_SLASH.sub("", text).count("/"):
        text = _HAND_TYPED_DOT.sub("\ue001", text)
    text = _NUMBER_SLASH.sub("\ue002", text).translate(_TO_RUSSIAN)
    for kept, sign in _KEPT.items():
        text = text.replace(kept, sign)
    return text


def _comma(match: re.Match[str], known: Callable[[str], bool]) -> str:
    word = match[1].translate(_TO_RUSSIAN)
    is_letter = known(word + "б") or ("?" in match.string and not known(word))
    return match[0] if is_letter else f"{match[1]}\ue000"


def as_latin_keys(text: str) -> str:
    """Give what the same keys write in the Latin layout."""
    return text.lower().translate(_TO_LATIN)


def all_sayable(text: str) -> bool:
    """Tell whether no word of a text is an odd one."""
    return not any(is_odd(word) for word in _WORD.findall(text))
