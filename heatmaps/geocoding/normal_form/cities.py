"""Other ways of writing the names of large cities: short, foreign, and in another case."""

from __future__ import annotations

import csv
from importlib.resources import files

from heatmaps.geocoding.normal_form.fold import folded

_HARD = {"а": ("ы", "е", "у"), "ь": ("и",), "я": ("и", "е"), "ы": ("ах", "ов"), "й": ("я", "е")}
_VELAR = frozenset("гкхжчшщ")
_VOWELS = frozenset("аеиоуыэюя")
_ADJECTIVES = {"ий": ("ого", "ом", "ему"), "ый": ("ого", "ом"), "ая": ("ой",), "ое": ("ого", "ом")}
_FIRST_FORMS = {
    "нижний": ("нижнего", "нижнем"),
    "великий": ("великого", "великом"),
    "старый": ("старого", "старом"),
    "новый": ("нового", "новом"),
    "набережные": ("набережных",),
    "минеральные": ("минеральных",),
}


def city_aliases() -> dict[str, str]:
    """Give the short and foreign names of cities → the name that the gazetteer has, all folded."""
    aliases = {
        _plain(other): name for name, others in _rows() for other in others.split("|") if other
    }
    return {alias: name for alias, name in aliases.items() if alias != name}


def city_names() -> list[str]:
    """Give the names of cities of Cyrillic gazetteers, folded."""
    return [name for name, _ in _rows() if not name.isascii()]


def city_cases() -> dict[str, str]:
    """Give genitive, dative and prepositional of cities' names → the name, all folded."""
    cases = {form: name for name, _ in _rows() for form in _cases(name)}
    for name, _ in _rows():
        cases.pop(name, None)
    return cases


def _rows() -> list[tuple[str, str]]:
    text = files(__package__).joinpath("tables", "cities.csv").read_text(encoding="utf-8")
    return [(_plain(row["name"]), row["aliases"]) for row in csv.DictReader(text.splitlines())]


def _plain(name: str) -> str:
    return folded(name).replace("-", " ").replace(".", " ").strip()


def _cases(name: str) -> list[str]:
    """Give the genitive, dative and prepositional of a city's name; doubtful ones are left out."""
    *first, last = name.split()
    firsts = _FIRST_FORMS.get(first[0], (first[0],)) if len(first) == 1 else (" ".join(first),)
    return [f"{f} {form}".strip() for f in firsts for form in _last_cases(last)]


def _last_cases(word: str) -> tuple[str, ...]:
    if word[-2:] in _ADJECTIVES:
        return tuple(word[:-2] + ending for ending in _ADJECTIVES[word[-2:]])
    if word[-1] == "а" and word[-2] in _VELAR:
        return tuple(word[:-1] + ending for ending in ("и", "е", "у"))
    if word[-1] in _HARD:
        return tuple(word[:-1] + ending for ending in _HARD[word[-1]])
    if word[-1] not in _VOWELS:
        return tuple(word + ending for ending in ("а", "е", "у"))
    return ()
