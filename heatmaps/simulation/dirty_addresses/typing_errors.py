"""Slips of the fingers: one letter of a word lost, added, replaced, doubled or changed about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    import numpy as np

SHORTEST = 4
"""Letters of the shortest word that is mistyped: in shorter ones a slip makes another word."""

_KEYBOARDS = (
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
)


def _neighbours() -> dict[str, str]:
    """Give for each letter those on the keys around it."""
    around: dict[str, str] = {}
    for rows in _KEYBOARDS:
        for r, row in enumerate(rows):
            for c, letter in enumerate(row):
                beside = row[max(c - 1, 0) : c] + row[c + 1 : c + 2]
                above = rows[r - 1][c : c + 2] if r else ""
                below = rows[r + 1][max(c - 1, 0) : c + 1] if r + 1 < len(rows) else ""
                around[letter] = beside + above + below
    return around


NEIGHBOURS = _neighbours()


def can_be_mistyped(word: str, shortest: int = SHORTEST) -> bool:
    """Tell whether a word is one of letters alone, at least `shortest` of them."""
    return word.isalpha() and len(word) >= shortest


def mistyped(rng: np.random.Generator, word: str, slips: int = 1) -> str:
    """Give the word with that many slips in it, none of which takes another back.

    So the optimal string alignment distance from the word is the number of slips.
    """
    while True:
        text = word
        for _ in range(slips):
            text = _slip(rng, text)
        if OSA.distance(word.casefold(), text.casefold()) == slips:
            return text


def _slip(rng: np.random.Generator, word: str) -> str:
    """Give the word with one slip; its first letter stays more often than not, as with people."""
    first = 0 if rng.random() < 1 / len(word) else 1
    i = int(rng.integers(first, len(word)))
    letter = word[i]
    match int(rng.integers(5)):
        case 0:
            return word[:i] + word[i + 1 :]
        case 1:
            return word[: i + 1] + _beside(rng, letter) + word[i + 1 :]
        case 2:
            return word[:i] + _beside(rng, letter) + word[i + 1 :]
        case 3:
            j = min(i, len(word) - 2)
            return word[:j] + word[j + 1] + word[j] + word[j + 2 :]
        case _:
            return word[: i + 1] + letter + word[i + 1 :]


def _beside(rng: np.random.Generator, letter: str) -> str:
    """Give a letter of a neighbouring key in the same case; the letter itself where none is."""
    around = NEIGHBOURS.get(letter.lower(), letter)
    other = around[int(rng.integers(len(around)))]
    return other.upper() if letter.isupper() else other
