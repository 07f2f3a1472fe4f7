"""How CRMs name columns and values: stems of Russian, Kazakh and English, in a table of data."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from heatmaps.complaints.profiles import COLUMNS, EXTRA_COLUMNS, Kind, folded

TABLE = Path(__file__).with_name("vocabulary.toml")

MIN_COVERAGE = 0.3
"""Share of a header's words that a phrase must explain."""

_WHOLE_WORD = 3
"""Stems of so few letters must be the whole word."""

_ALONE = "="
_PHRASE_WORD = 0.25
_OWN_NAME = 0.2
_INNER = 0.9
_SHORT = dict.fromkeys(("dt", "ts", "dttm", "datetime", "timestamp", "tstamp", "дт"), "date")
_RANK = 1e-4
_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])")
_WORD = re.compile(r"[^\W_]+")
_NEGATION = frozenset(("не", "not", "non", "емес"))


class Word(NamedTuple):
    """What a value says: our word for it, or the words between which it leaves the choice."""

    ours: str | None
    others: tuple[str, ...] = ()


class _Phrase(NamedTuple):
    stems: tuple[str, ...]
    alone: bool


def words_of(text: str) -> list[str]:
    """Give the words of a text, in the form in which stems are compared."""
    plain = text.casefold().replace("ё", "е").replace("№", " номер ").replace("#", " номер ")
    return [_SHORT.get(word, word) for word in _WORD.findall(plain)]


def header_scores(name: str, kind: Kind) -> dict[str, float]:
    """Give how well a header names each of our columns; those it does not name are left out.

    The share of its words that the best phrase explains, and a quarter more for each further word
    of the phrase: "Номер телефона" is rather a phone than a number. Our own name says it best.
    """
    inner = name.rpartition(".")[2].strip()
    outer = _scores(name, kind)
    if not inner or inner == name:
        return outer
    # What lies in an object is called by its own name before that of what it lies in.
    lying = {ours: score * _INNER for ours, score in _scores(inner, kind).items()}
    return {ours: max(outer.get(ours, 0), lying.get(ours, 0)) for ours in outer | lying}


def word_for(ours: str, value: str) -> Word:
    """Give the word of ours that a value stands for, as far as its own words tell."""
    words = words_of(value)
    scores = {
        word: max(len(phrase.stems) for phrase in fitting)
        for word, phrases in _phrases("words", ours).items()
        if (fitting := [phrase for phrase in phrases if _matches(phrase, words)])
    }
    if not scores:
        return Word(None)
    best = [word for word, score in scores.items() if score == max(scores.values())]
    negated = _NEGATION & set(words) and not _negates(_phrases("words", ours)[best[0]], words)
    if len(best) > 1 or negated:
        return Word(None, tuple(best))
    return Word(best[0])


def has_words(ours: str) -> bool:
    """Say whether the table knows the words of a column."""
    return ours in _table()["words"]


def _scores(name: str, kind: Kind) -> dict[str, float]:
    words = words_of(_CAMEL.sub(" ", name))
    scores = {}
    for ours, phrases in _columns(kind).items():
        if folded(name) == ours:
            scores[ours] = 1 + _OWN_NAME
            continue
        if any(_hits(stem, words) for stem in _avoided(ours)):
            continue
        found = [
            _share(phrase, words) + _PHRASE_WORD * (len(phrase.stems) - 1) - _RANK * rank
            for rank, phrase in enumerate(phrases)
            if _share(phrase, words) >= (1.0 if phrase.alone else MIN_COVERAGE)
        ]
        if found:
            scores[ours] = max(found)
    return scores


def _negates(phrases: list[_Phrase], words: list[str]) -> bool:
    """Say whether a matching phrase holds the negation itself: "не ловит"."""
    return any(_NEGATION & set(phrase.stems) and _matches(phrase, words) for phrase in phrases)


def _share(phrase: _Phrase, words: list[str]) -> float:
    return len(phrase.stems) / len(words) if words and _matches(phrase, words) else 0.0


def _matches(phrase: _Phrase, words: list[str]) -> bool:
    """Say whether each stem begins a word of its own."""
    left = list(words)
    for stem in phrase.stems:
        hit = next((word for word in left if _begins(stem, word)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def _hits(stem: str, words: list[str]) -> bool:
    return any(_begins(stem, word) for word in words)


def _begins(stem: str, word: str) -> bool:
    return word == stem if len(stem) <= _WHOLE_WORD else word.startswith(stem)


@cache
def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _phrases(part: str, of: str) -> dict[str, list[_Phrase]]:
    listed = _table()[part].get(of, {})
    return {
        ours: [_Phrase(tuple(words_of(each)), each.startswith(_ALONE)) for each in phrases]
        for ours, phrases in listed.items()
    }


@cache
def _columns(kind: Kind) -> dict[str, list[_Phrase]]:
    """Give the phrases of a kind's columns; those that complaints have too are called alike."""
    known = _phrases("columns", Kind.COMPLAINTS.value) | _phrases("columns", kind.value)
    ours = dict.fromkeys([*COLUMNS[kind], *EXTRA_COLUMNS[kind]])
    return {name: known.get(name, []) for name in ours}


@cache
def _avoided(ours: str) -> tuple[str, ...]:
    avoid: dict[str, list[str]] = _table()["avoid"]  # type: ignore[assignment]  # this part is flat
    return tuple(avoid.get(ours, ()))
