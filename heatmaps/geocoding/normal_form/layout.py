"""Text typed with the keyboard in the wrong language: ``vjcrdf ktybyf 5``."""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS + '{}:"<>~', _RUSSIAN_KEYS + "хъжэбюё")
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_TYPED = re.compile(r"""[a-z\[\]{};:'"<>~`,.]*[a-z][a-z\[\]{};:'"<>~`,.]*""")
_CLOSING = re.compile(r"[,.;:]+$")
_SHORTEST = 3
_ODD_RUSSIAN = re.compile(
    r"^[ьъы]|^[^аеиоуыэюя]+$|[^аеиоуыэюя]{5}|[аеиоуыэюя][ьъ]|[йьъ][йьъы]|ы[ьъы]"
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


def as_russian_keys(text: str) -> str:
    """Give what the same keys write in the Russian layout.

    There a dot is on the key of ``/`` and a comma on that of ``?``; a comma or dot that closes a
    word was typed as such.
    """
    text = text.lower().replace("?", ", ")
    return re.sub(r"(?<=[a-z.,;'\[\]])/(?=\s|$)", ". ", _TYPED.sub(_russian_word, text))


def as_latin_keys(text: str) -> str:
    """Give what the same keys write in the Latin layout."""
    return text.lower().translate(_TO_LATIN)


def all_sayable(text: str) -> bool:
    """Tell whether no word of a text is an odd one."""
    return not any(is_odd(word) for word in _WORD.findall(text))


def _russian_word(match: re.Match[str]) -> str:
    closing = _CLOSING.search(match[0])
    end = closing.start() if closing else len(match[0])
    return match[0][:end].translate(_TO_RUSSIAN) + match[0][end:]
