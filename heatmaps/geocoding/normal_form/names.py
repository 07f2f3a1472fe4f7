"""Which words of an address are the street, the settlement, the region."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.fold import LETTERED
from heatmaps.geocoding.normal_form.form import (
    ADJECTIVE_ENDINGS,
    FEMININE_TYPES,
    NEUTER_TYPES,
    Place,
    StreetName,
)
from heatmaps.geocoding.normal_form.house import is_part
from heatmaps.geocoding.normal_form.latin_types import parted
from heatmaps.geocoding.normal_form.numerals import KILOMETRE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

_SIZED = (
    "ая",
    "яя",
    "ья",
    "ий",
    "ый",
    "ое",
    "ее",
    "ье",
    "овка",
    "евка",
    "анка",
    "янка",
    "инка",
    "ынка",
)
_SHE = ("ая", "яя", "ья", "ка")
_IT = ("ое", "ее", "ье")
_OBLIQUE = {"he": ("ому", "ему", "ого", "его", "ом", "ем"), "she": ("ой", "ей", "ую", "юю")}
_LETTERED_NUMBER = re.compile(r"\d{1,2}-?[^\W\d_й]")
_NAME_LENGTH = 3
_LONGEST_NUMBER = 4


class Item(NamedTuple):
    """A word of a name (no class) or a type word with its class and full form."""

    of_class: str
    word: str


class Span(NamedTuple):
    """Words that belong together; `of_class` is empty where no type word says what they are."""

    of_class: str
    kind: str
    words: tuple[str, ...]


@lru_cache(maxsize=65_536)
def street_from(span: Span, pack: Pack) -> StreetName:
    """Give the street named by a span's words and type."""
    ordinals: list[str] = []
    words: list[str] = []
    tail = initials = ""
    for i, word in enumerate(span.words):
        if word in pack.tails:
            tail = pack.tails[word]
        elif word.isalpha():
            words.append(word)
        elif word[-1:] in {"", "."}:
            initials += word
        elif word.startswith(KILOMETRE) and word[-1].isdigit():
            tail = f"{word.removeprefix(KILOMETRE)}-й {KILOMETRE}"
        elif (number := _ordinal(word)) is None:
            words.append(word.replace(LETTERED, "-"))
        elif number:
            (words if _counts(span, i, pack) else ordinals).append(number)
    if ordinals and not any(word[0].isdigit() for word in words):
        _count(ordinals, words, pack)
    if tail and not (words or ordinals):
        words, tail = tail.split(), ""
    told = initials if words else ""
    return StreetName(span.kind, tuple(ordinals), _telling(words, pack), tail, told)


@lru_cache(maxsize=65_536)
def _ordinal(word: str) -> str | None:
    """Give the number of ``7-й``, ``7`` or ``11а``, empty for a long one, None for a word."""
    number = word.removesuffix("-й")
    if _LETTERED_NUMBER.fullmatch(number):
        return number.replace("-", "")
    if not (word.isdigit() or (number != word and word[0].isdigit())):
        return None
    return number if number != word or len(word) <= _LONGEST_NUMBER else ""


def _telling(words: Sequence[str], pack: Pack) -> tuple[str, ...]:
    """Leave out the words that names are equal without, unless there are no others."""
    if pack.weak.isdisjoint(words):
        return tuple(words)
    return tuple([word for word in words if word not in pack.weak] or words)


def _counts(span: Span, at: int, pack: Pack) -> bool:
    """Tell whether the number at a place belongs to the word behind it: ``8 марта``."""
    return at + 1 < len(span.words) and span.words[at + 1] in pack.units


def _count(ordinals: list[str], words: list[str], pack: Pack) -> None:
    """Bring the number of ``марта 8`` in front of the word that it counts."""
    for i, word in enumerate(words):
        if word in pack.units:
            words.insert(i, ordinals.pop(0))
            return


def place_from(span: Span, pack: Pack) -> Place:
    """Give the settlement named by a span, under its full name where it has a short one."""
    name = " ".join(span.words).replace(".", "")
    if name not in pack.settlement_aliases:
        words = (
            pack.tails.get(word, pack.rivers.get(word, word))
            for word in _initial_kept(span.words)
            if word[-1:] != "." or word in pack.rivers
        )
        name = " ".join(
            word[:-2] if i and word[0].isdigit() and word.endswith("-й") else word
            for i, word in enumerate(words)
        )
    if span.kind == "город":
        name = pack.settlement_cases.get(name, name)
    return Place(pack.settlement_aliases.get(name, name).replace(LETTERED, "-"), span.kind)


def _initial_kept(words: Sequence[str]) -> Sequence[str]:
    """Give the words of a settlement's name, ``н. уренгой`` with the letter that opens it."""
    opened = len(words) > 1 and len(words[0]) == len("н.") and words[0][-1] == "."
    return (words[0][0], *words[1:]) if opened else words


def read_spans(
    tokens: tuple[str, ...], pack: Pack, *, whole_name: bool = False
) -> tuple[Span, ...]:
    """Take the words between two commas apart by their type words.

    With `whole_name` the words are known to be one street and all stay together.
    """
    items = _items(tokens, pack)
    spans: list[Span] = []
    at = 0
    while at < len(items):
        following = _next_type(items, at + 1)
        if items[at].of_class:
            found, at = _after_type(items, at, following, pack)
        else:
            found, at = _before_type(items, at, following, pack, whole_name=whole_name)
        spans += found
    return tuple([span for span in spans if _says(span)])


def _says(span: Span) -> bool:
    """Tell whether a span holds more than initials."""
    return any(word and word[-1] != "." for word in span.words)


def _items(tokens: Sequence[str], pack: Pack) -> list[Item]:
    words = _all_words(tokens, pack)
    items: list[Item] = []
    for i, word in enumerate(words):
        if word in pack.types and not _is_initial(words, i, pack):
            items.append(Item(*pack.types[word]))
        elif len(word) == 1 and _is_letter_name(words, i, pack):
            items.append(Item("", word))
        elif word in pack.region_names.values() and _opens_region(words, i, pack):
            items.append(Item(*pack.types[_region_word(word, pack)]))
        elif len(word) == 1 or word in pack.letters or word in pack.sizes:
            items += _short(word, words[i + 1] if i + 1 < len(words) else "", items, pack)
        else:
            items.append(Item("", pack.words.get(word, word)))
    if not pack.noise.isdisjoint(words):
        items = _without_noise(items, pack)
    if not pack.oblique.keys().isdisjoint(words):
        gender = next(pack.oblique[word] for word in words if word in pack.oblique)
        at = next(i for i, item in enumerate(items) if item.of_class == "street")
        items[:at] = [_nominative(item, gender) for item in items[:at]]
    if items and items[-1].word.isascii() and not any(item.of_class for item in items):
        return _parted(items)
    return _one_type(items, pack) if pack.postfix else items


def _without_noise(items: Sequence[Item], pack: Pack) -> list[Item]:
    """Leave out what says nothing; a country stays where it is what a type word names.

    ``улица казахстан`` is a street; ``республика казахстан`` goes with its type word.
    """
    kept: list[Item] = []
    for i, item in enumerate(items):
        if item.of_class == "region" and i and items[i - 1].word in pack.countries:
            continue
        if item.of_class or item.word not in pack.noise:
            kept.append(item)
        elif item.word in pack.countries:
            before = items[i - 1].of_class if i else ""
            if before in {"street", "place"} or _is_only_name(items, i):
                kept.append(item)
            elif before == "region" and kept:
                kept.pop()
    return kept


def _is_only_name(items: Sequence[Item], at: int) -> bool:
    """Tell whether a type word of a street follows and there is no other word: ``россия улица``."""
    return not at and [item.of_class for item in items] == ["", "street"]


def _is_initial(words: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell ``улица ш руставели`` from ``ш революции``."""
    if len(words[at]) > 1 or not at or not _is_street_type(words[at - 1], pack):
        return False
    following = words[at + 1] if at + 1 < len(words) else ""
    return len(following) >= _NAME_LENGTH and following.isalpha() and following not in pack.types


def _is_letter_name(words: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell whether a letter is all of a street's name: ``улица и``."""
    return at + 1 == len(words) and at > 0 and _is_street_type(words[at - 1], pack)


def _opens_region(words: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell ``республики татарстан`` from ``тюмень республики`` and ``улица республики``."""
    following = words[at + 1 : at + 2]
    if not following or not following[0].isalpha() or following[0] in pack.types:
        return False
    return not (at and _is_street_type(words[at - 1], pack))


def _region_word(word: str, pack: Pack) -> str:
    return next(kind for kind, name in pack.region_names.items() if name == word)


def _all_words(tokens: Sequence[str], pack: Pack) -> list[str]:
    """Give the words of names among the tokens, those with a dash in them taken apart."""
    words: list[str] = []
    for token in tokens:
        if token.isalpha() and token[0].islower():
            words.append(token)
        elif not is_part(token):
            words += _words(token, pack)
    return words


def _nominative(item: Item, gender: str) -> Item:
    """Give the adjective of ``невскому проспекту`` or ``на тверской улице`` as it is called."""
    word = item.word
    for ending in _OBLIQUE[gender] if not item.of_class else ():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _NAME_LENGTH:
            return Item("", stem + _ending(stem, gender, soft=ending[0] in "ие"))
    return item


def _ending(stem: str, gender: str, *, soft: bool) -> str:
    if gender == "she":
        return "яя" if soft else "ая"
    return "ий" if soft or stem[-1] in "кгх" else "ый"


def _parted(items: list[Item]) -> list[Item]:
    """Part a type from the name it has grown onto: ``hauptstrasse``."""
    name, kind = parted(items[-1].word)
    return [*items[:-1], Item("", name), Item("street", kind)] if kind else items


def _one_type(items: list[Item], pack: Pack) -> list[Item]:
    """Leave one word a type: a leading one (``rue du parc``), else the last (``park road``)."""
    places = [i for i, item in enumerate(items) if item.of_class]
    if not places:
        return items
    leads = places[0] == 0 and items[0].word not in pack.postfix
    kept = 0 if leads else places[-1]
    return [
        Item("", item.word) if item.of_class and item.word and i != kept else item
        for i, item in enumerate(items)
    ]


def _short(word: str, following: str, before: Sequence[Item], pack: Pack) -> list[Item]:
    """Give what a very short word means: a type of place, a size, or somebody's initial."""
    named = len(following) >= _NAME_LENGTH and following[0].isalpha()
    if word in pack.sizes and (following.endswith(_SIZED) or _is_street_type(following, pack)):
        return [Item("", _size(pack.sizes[word], following))]
    typed = bool(before) and before[-1].of_class == "street"
    if word in pack.letters and named and typed:
        return [Item("", f"{word}.")] if following not in pack.types else []
    if word in pack.letters and (following or _may_close(word, before)):
        return [Item("place", pack.letters[word])]
    if word.isdigit():
        return [Item("", word)]
    if word == "р" and following and not (typed and before[-1].word != "набережная"):
        return [Item("", "реки")]
    return [Item("", f"{word}.")] if named and following not in pack.types else []


def _is_street_type(word: str, pack: Pack) -> bool:
    return pack.types.get(word, ("",))[0] == "street"


def _size(forms: tuple[str, ...], following: str) -> str:
    """Give the form of большой and the like that goes with the word behind it."""
    he, she, it = forms
    return she if following.endswith(_SHE) else it if following.endswith(_IT) else he


def _may_close(word: str, before: Sequence[Item]) -> bool:
    """Tell whether ``химки г`` names a town; ``ул ленина д`` has lost its number."""
    if not before or before[-1].of_class:
        return False
    return word != "д" or all(not item.of_class for item in before)


@lru_cache(maxsize=65_536)
def _split(token: str) -> tuple[str, ...]:
    parts = [part for part in token.replace("/", "-").split("-") if part]
    if len(parts) > 1 and len(parts[0]) == 1 and len(parts[1]) >= _NAME_LENGTH:
        parts[0] += "."
    return tuple(parts)


def _words(token: str, pack: Pack) -> tuple[str, ...]:
    if token.isalpha() or token in pack.types or token[0].isdigit() or token[-1] == ".":
        return (token,)
    return _split(token)


def _next_type(items: Sequence[Item], start: int) -> int:
    for i in range(start, len(items)):
        if items[i].of_class:
            return i
    return len(items)


def _between(items: Sequence[Item], start: int, end: int) -> tuple[str, ...]:
    return tuple([item.word for item in items[start:end]])


def _after_type(
    items: Sequence[Item], at: int, following: int, pack: Pack
) -> tuple[list[Span], int]:
    """Read what a type word opens: ``улица`` ленина."""
    of_class, kind = items[at]
    words = _between(items, at + 1, following)
    if not words:
        return _bare_type(items, at, pack)
    if following == len(items) - 1:
        return [_closed_by(Span(of_class, kind, words), items[following], pack)], len(items)
    return [Span(of_class, kind, words)], following


def _bare_type(items: Sequence[Item], at: int, pack: Pack) -> tuple[list[Span], int]:
    """Read a type word with no name behind it: ``улица набережная`` or ``набережная`` alone."""
    of_class, kind = items[at]
    last = items[at + 1] if at + 2 == len(items) else None
    if last and {of_class, last.of_class} == {"street", "region"}:
        street, name = (items[at], last.word) if of_class == "street" else (last, kind)
        return [Span("street", street.word, (pack.region_names.get(name, name),))], at + 2
    if len(items) == 1 and kind in pack.region_names:
        return [Span("", "", (pack.region_names[kind],))], at + 1
    if of_class != "street":
        return [], at + 1
    if at + 1 == len(items):
        return [Span("street", "", (kind,))], at + 1
    other = items[at + 1]
    if other.of_class != "street" or at + 2 < len(items):
        return [], at + 1
    name, type_word = (kind, other.word) if other.word in pack.generic_types else (other.word, kind)
    return [Span("street", type_word, (name,))], at + 2


def _closed_by(span: Span, last: Item, pack: Pack) -> Span:
    """Join a name that stands between two type words: ``ул ореховый бульвар``."""
    if last.of_class == "street" and span.of_class == "street":
        if span.kind in pack.generic_types:
            return Span("street", last.word, span.words)
        if last.word in pack.generic_types:
            return span
        return Span("street", span.kind, (*span.words, last.word))
    if last.of_class == "street":
        return Span("street", last.word, span.words)
    if last.of_class == "place" and span.of_class == "street":
        return Span("street", span.kind, (*span.words, last.word))
    return span


def _before_type(
    items: Sequence[Item], at: int, type_at: int, pack: Pack, *, whole_name: bool
) -> tuple[list[Span], int]:
    """Read words with a type word behind them: ленина ``улица``, or a name before another."""
    left = _between(items, at, type_at)
    if type_at == len(items):
        return [Span("", "", left)], type_at
    of_class, kind = items[type_at]
    following = _next_type(items, type_at + 1)
    right = _between(items, type_at + 1, following)
    closing = items[type_at + 1] if type_at + 1 == len(items) - 1 else None
    if closing and closing.of_class == "street" == of_class and closing.word in pack.generic_types:
        cut = _name_start(left, pack)
        aside = [Span("", "", left[:cut])] if cut else []
        return [*aside, Span("street", closing.word, (*left[cut:], kind))], len(items)
    if not right or of_class in {"region", "district"}:
        return [Span(of_class, kind, left)], type_at + 1
    if of_class == "street":
        return _street_amid(left, kind, right, type_at, following, pack, whole_name=whole_name)
    closes_street = following == len(items) - 1 and items[following].of_class == "street"
    if closes_street:
        return [Span("place", kind, left)], type_at + 1
    return [Span("", "", left), Span("place", kind, right)], following


def _name_start(words: Sequence[str], pack: Pack) -> int:
    """Give from where on the words before a type word are a size or a number of its name."""
    start = len(words)
    while start and (words[start - 1] in pack.size_words or words[start - 1][0].isdigit()):
        start -= 1
    return start


def _street_amid(  # noqa: PLR0913, PLR0917, the two sides of a type word and where they end
    left: tuple[str, ...],
    kind: str,
    right: tuple[str, ...],
    type_at: int,
    following: int,
    pack: Pack,
    *,
    whole_name: bool,
) -> tuple[list[Span], int]:
    """Tell ``большой проспект в о`` from ``москва улица ленина`` and ``невский проспект спб``."""
    if whole_name:
        return [Span("street", kind, left + right)], following
    cut = _name_start(left, pack)
    if cut < len(left):
        return [Span("", "", left[:cut]), Span("street", kind, left[cut:] + right)], following
    if right[0] in pack.tails or right[0].startswith(KILOMETRE):
        rest = [Span("", "", right[1:])] if right[1:] else []
        return [Span("street", kind, (*left, right[0])), *rest], following
    if right[0].isdigit() and not (pack.postfix or (right[1:2] and right[1] in pack.units)):
        rest = [Span("", "", right[1:])] if right[1:] else []
        return [Span("street", kind, (*left, right[0])), *rest], following
    if kind in pack.postfix or _describes(left, kind, right, pack):
        return [Span("street", kind, left)], type_at + 1
    return [Span("", "", left), Span("street", kind, right)], following


def _describes(left: Sequence[str], kind: str, right: Sequence[str], pack: Pack) -> bool:
    """Tell ``невский проспект спб`` from ``грозный улица мира`` and ``волжский проспект мира``."""
    word = left[-1]
    if not word.endswith(ADJECTIVE_ENDINGS) or not _agrees(word, kind):
        return False
    return " ".join(left) not in pack.towns or " ".join(right) in pack.towns


def _agrees(adjective: str, kind: str) -> bool:
    """Tell whether an adjective, or a name in the genitive, has the gender of a type word."""
    if kind in FEMININE_TYPES:
        return adjective.endswith(("ая", "яя", "ой"))
    return adjective.endswith(("ое", "ее") if kind in NEUTER_TYPES else ("ый", "ий", "ой"))
