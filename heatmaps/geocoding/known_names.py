"""What an address that could not be read holds of names known to the gazetteer, in any place.

A search of last resort: settlements are looked for among all words, in any case of theirs, then
each stretch of words between them, numbers and commas is taken for a street. What stays unread is
told, for it makes the answer doubtful.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form import StreetName, street_name
from heatmaps.geocoding.normal_form.house import find_house, is_number, is_part
from heatmaps.geocoding.normal_form.normalise import pack_for
from heatmaps.geocoding.normal_form.pack import word_set
from heatmaps.geocoding.normal_form.spellings import spellings_of
from heatmaps.geocoding.normal_form.steps import clean
from heatmaps.geocoding.regions import names_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from heatmaps.geocoding.normal_form import NormalForm
    from heatmaps.geocoding.normal_form.pack import Pack
    from heatmaps.geocoding.town_table import Towns
    from heatmaps.geocoding.towns_named import TownsNamed

MOST_WORDS = 40
"""So many words of a text are read; what is longer is a letter."""

_LONGEST_NAME = 4
_SHORTEST = 3
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ADJECTIVE = ("ая", "яя", "ий", "ый", "ой", "ое", "ые")
_IN_TOWN = frozenset({"в", "во", "из", "под", "близ", "г"})
_PREPOSITIONS = _IN_TOWN | word_set(
    "на с со по у от до около возле напротив и или а the at in on near of"
)


class Role:
    """What a word of the text is to a reading: one letter each."""

    WORD, TYPE, TAIL, NUMBER, ASIDE, COMMA, TOWN, READ = "wtn#-,TR"


class Reading(NamedTuple):
    """Where an address may lie, on which street, at which house, and the words that say neither.

    `towns` is None where the address names no settlement.
    """

    towns: Towns | None
    street: StreetName
    house: str
    unread: tuple[str, ...]


class _Named(NamedTuple):
    """The tokens, `start` to `end`, that name a settlement."""

    start: int
    end: int
    towns: Towns


class _Text(NamedTuple):
    """The tokens of a text, what each is, and the pack they are read with."""

    tokens: list[str]
    roles: list[str]
    pack: Pack

    def told(self, start: int, end: int) -> Iterator[tuple[str, str]]:
        """Give tokens with their roles."""
        return zip(self.tokens[start:end], self.roles[start:end], strict=True)


class KnownNames:
    """Finds the names of settlements in a text, and what may be streets beside them."""

    def __init__(self, towns: TownsNamed) -> None:
        self._named_in = towns
        self._towns = towns.table

    def readings(self, address: str, form: NormalForm) -> Iterator[Reading]:
        """Give what the text may say; `form` is how it was read before, with the city's column.

        A reading without street tells of a settlement, and of a house that stands on no street.
        """
        for spelt in _spelt(address):
            pack = pack_for(spelt)
            tokens = clean(spelt, pack).tokens[:MOST_WORDS]
            text = _Text(tokens, _roles(tokens, pack), pack)
            places: list[_Named | None] = [*self._named(text)]
            for named in places or [None]:
                yield from self._around(text, named, form)

    def _around(self, text: _Text, named: _Named | None, form: NormalForm) -> Iterator[Reading]:
        """Give the readings with one of the settlements named, or with none."""
        tokens, roles, pack = text.tokens, list(text.roles), text.pack
        if named is not None:
            roles[named.start : named.end] = [Role.TOWN] * (named.end - named.start)
            self._read_regions(tokens, roles, named.towns)
        elif self._named_in.named(form).settlements:
            _read_column(tokens, roles, form)
        text = _Text(tokens, roles, pack)
        towns = named.towns if named else None
        for start, end in _stretches(roles):
            for first, last in _cuts(roles, start, end):
                rest = tokens[start:first] + tokens[last:end]
                if not any(_is_ordinal(word) or word in pack.size_words for word in rest):
                    yield from _on_street(text, towns, first, last)
        house = find_house(tokens, pack)
        used = _areas(text) | set(range(house.start, house.end))
        yield Reading(towns, StreetName(), house.number, _unread(text, used))

    def _read_regions(self, tokens: Sequence[str], told: list[str], towns: Towns) -> None:
        """Mark other settlements that only say in which region this one lies."""
        regions = {self._towns.region_key(town) for town in towns.settlements or ()}
        for i, token in enumerate(tokens):
            if told[i] == Role.WORD and token in regions:
                told[i] = Role.READ

    def _named(self, text: _Text) -> list[_Named]:
        """Give the settlements named, the longest names first, no word in two of them."""
        found: list[_Named] = []
        taken: set[int] = set()
        for length in range(min(_LONGEST_NAME, len(text.tokens)), 0, -1):
            for start in range(len(text.tokens) - length + 1):
                end = start + length
                if taken.isdisjoint(range(start, end)) and Role.COMMA not in text.roles[start:end]:
                    one = self._town_at(text, start, end)
                    if one is not None:
                        found.append(one)
                        taken.update(range(one.start, one.end))
        return found

    def _town_at(self, text: _Text, start: int, end: int) -> _Named | None:
        tokens, roles = text.tokens, text.roles
        if roles[start] in (Role.ASIDE, Role.TYPE) and end - start > 1:
            short = self._towns.shortened(" ".join(tokens[start:end]))
            return _Named(start, end, short) if short.settlements else None
        if roles[start] != Role.WORD or (end - start == 1 and len(tokens[start]) < _SHORTEST):
            return None
        if not _stands_alone(tokens, roles, start, end):
            return None
        name = " ".join(tokens[start:end])
        before = tokens[start - 1] if start else ""
        whole = (not start or before == "," or roles[start - 1] == Role.READ) and (
            end == len(tokens) or roles[end] in (Role.COMMA, Role.READ, Role.NUMBER)
        )
        towns = self._towns.known_as(name, in_case=before in _IN_TOWN, whole=whole)
        if towns is None:
            short = self._towns.shortened(name)
            return _Named(start, end, short) if short.settlements else None
        towns = self._towns.of_kind(_kind_beside(text, start, end), towns)
        if len(towns.settlements or ()) > 1:
            rest = (t for i, t in enumerate(tokens) if not start <= i < end)
            towns = self._towns.narrowed(towns, rest)
        return _Named(start - (before in _IN_TOWN), end, towns)


def _kind_beside(text: _Text, start: int, end: int) -> str:
    """Give the kind of settlement that is written beside a name, in full or as a letter."""
    for i in (start - 1, end):
        token = text.tokens[i] if 0 <= i < len(text.tokens) else ""
        of_class, kind = text.pack.types.get(token, ("", ""))
        if of_class == "place":
            return kind
        if token in text.pack.letters and i < start:
            return text.pack.letters[token]
    return ""


def _spelt(address: str) -> Iterable[str]:
    if _CYRILLIC.search(address):
        return (address,)
    return dict.fromkeys(spelling.text for spelling in spellings_of(address))


def _roles(tokens: Sequence[str], pack: Pack) -> list[str]:
    """Give the role of each token; regions and districts count as read with the word they name."""
    roles: list[str] = []
    for i, word in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else ","
        roles.append(_role(word, following, pack))
    for i, token in enumerate(tokens):
        if pack.types.get(token, ("",))[0] in {"region", "district"}:
            before = (
                i > 0 and roles[i - 1] == Role.WORD and tokens[i - 1].endswith(("ая", "ий", "ой"))
            )
            named = i - 1 if before else i + 1
            if 0 <= named < len(tokens) and roles[named] == Role.WORD:
                roles[named] = Role.READ
    return roles


def _role(word: str, following: str, pack: Pack) -> str:
    if word == ",":
        return Role.COMMA
    if is_part(word) or is_number(word):
        return Role.WORD if following in pack.units else Role.NUMBER
    if word in pack.tails:
        return Role.TAIL
    of_class = pack.types.get(word, ("",))[0]
    if of_class == "street":
        return Role.TYPE
    aside = of_class or word in pack.house_words or word in pack.noise or _shortens_region(word)
    if aside or word in _PREPOSITIONS or len(word) == 1:
        return Role.ASIDE
    return Role.WORD


def _shortens_region(word: str) -> bool:
    """Tell whether a word is the letters of a region's name (``рт``), so no street's."""
    return len(word) <= _SHORTEST and not word.isascii() and names_region(word)


def _stands_alone(tokens: Sequence[str], roles: Sequence[str], start: int, end: int) -> bool:
    """Tell whether words can be a whole name: no adjective stands beside them, no type behind."""
    beside = [i for i in (start - 1, end) if 0 <= i < len(tokens)]
    if any(roles[i] == Role.WORD and tokens[i].endswith(_ADJECTIVE) for i in beside):
        behind = end < len(tokens) and tokens[end].endswith(_ADJECTIVE)
        before = start and roles[start - 1] == Role.WORD and tokens[start - 1].endswith(_ADJECTIVE)
        if before or (behind and not _goes_on(roles, end)):
            return False
    if end - start > 1 or not tokens[start].endswith(_ADJECTIVE):
        return True
    if any(roles[i] == Role.TYPE for i in beside if i < start):
        return False
    return roles[end : end + 1] != [Role.TYPE] or roles[end + 1 : end + 2] == [Role.WORD]


def _goes_on(roles: Sequence[str], at: int) -> bool:
    """Tell whether an adjective behind a settlement belongs to a street or precedes a house."""
    return at + 1 < len(roles) and roles[at + 1] in (Role.TYPE, Role.NUMBER, Role.WORD, Role.COMMA)


def _read_column(tokens: Sequence[str], told: list[str], form: NormalForm) -> None:
    """Mark as read the words of a settlement that only the earlier reading understood."""
    known = {word for place in form.places for word in place.name.split()}
    for i, token in enumerate(tokens):
        if told[i] == Role.WORD and token in known:
            told[i] = Role.READ


def _stretches(told: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give the stretches of words and types that nothing interrupts."""
    start = None
    for i, role in enumerate((*told, Role.COMMA)):
        if role in (Role.WORD, Role.TYPE):
            start = i if start is None else start
        elif start is not None:
            if Role.WORD in told[start:i]:
                yield start, i
            start = None


def _cuts(told: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give a stretch whole, or cut before and behind a type that stands within it."""
    inner = [i for i in range(start + 1, end - 1) if told[i] == Role.TYPE]
    if not inner:
        yield start, end
    for i in inner:
        yield start, i + 1
        yield i, end


def _on_street(text: _Text, towns: Towns | None, start: int, end: int) -> Iterator[Reading]:
    """Give the readings of a stretch as a street; a number behind it may be the name's."""
    name = _street_of(text, start, end)
    if name is None:
        return
    house, used = _house_beside(text, start, end)
    used.update(range(start, end))
    yield Reading(towns, name, house, _unread(text, used))
    if end < len(text.tokens) and text.tokens[end].isdigit():
        house, used = _house_beside(text, start, end + 1)
        if house and _is_told(text, used, start, end):
            used.update(range(start, end + 1))
            numbered = replace(name, ordinals=(*name.ordinals, text.tokens[end]))
            yield Reading(towns, numbered, house, _unread(text, used))


def _is_told(text: _Text, house: set[int], start: int, end: int) -> bool:
    """Tell whether a house stands behind the number of a name, or well before the name.

    A number right before it is the name's: ``7 комплекс 5``.
    """
    called = text.tokens[max(min(house) - 1, 0)] in text.pack.house_words
    return min(house) > end or max(house) + 1 < start or called


def _street_of(text: _Text, start: int, end: int) -> StreetName | None:
    """Give the street that a stretch of words and at most one type names."""
    pack = text.pack
    if pack.postfix:
        return street_name(" ".join(text.tokens[start:end])) or None
    kinds = [pack.types[token][1] for token, role in text.told(start, end) if role == Role.TYPE]
    words = [token for token, role in text.told(start, end) if role == Role.WORD]
    if len(kinds) > 1 or not words:
        return None
    tails = (pack.tails[t] for t, role in text.told(0, len(text.tokens)) if role == Role.TAIL)
    ordinals = tuple(w[:-2] for w in words if _is_ordinal(w))
    named = tuple(pack.words.get(w, w) for w in words if not _is_ordinal(w))
    return StreetName(kinds[0] if kinds else "", ordinals, named, next(tails, ""))


def _is_ordinal(word: str) -> bool:
    return word.endswith("-й") and word[0].isdigit()


def _house_beside(text: _Text, start: int, end: int) -> tuple[str, set[int]]:
    """Give the number behind a street, else the one before it, and the tokens that say it."""
    tokens, told, pack = text
    stop = next((i for i in range(end, len(tokens)) if told[i] == Role.TOWN), len(tokens))
    skipped = (Role.COMMA, Role.ASIDE, Role.TAIL)
    first = next((i for i in range(end, stop) if told[i] not in skipped), stop)
    if first < stop and told[first] == Role.NUMBER:
        words = (Role.WORD, Role.TYPE)
        stop = next((i for i in range(first, stop) if told[i] in words), stop)
    house = find_house(tokens[end:stop], pack)
    if house.number and all(role in skipped for role in told[end : end + house.start]):
        return house.number, set(range(end + house.start, end + house.end))
    at = start - 1
    while at >= 0 and told[at] == Role.ASIDE:
        at -= 1
    if at >= 0 and told[at] == Role.NUMBER:
        first = at
        while first and is_part(tokens[first]) and told[first - 1] == Role.NUMBER:
            first -= 1
        house = find_house(tokens[first : at + 1], pack)
        return house.number, set(range(first, at + 1))
    return "", set()


def _areas(text: _Text) -> set[int]:
    """Give the tokens of numbered parts of a settlement, in which a number is told alone."""
    found: set[int] = set()
    for i, token in enumerate(text.tokens):
        if text.pack.types.get(token, ("", ""))[1] in text.pack.area_types:
            numbered = (j for j in (i - 1, i + 1) if 0 <= j < len(text.tokens))
            found.update(j for j in numbered if text.tokens[j][0].isdigit())
            found.add(i)
    return found


def _unread(text: _Text, used: set[int]) -> tuple[str, ...]:
    """Give the words, and the numbers, that say nothing known."""
    said = (Role.WORD, Role.NUMBER, Role.TYPE)
    return tuple(
        text.pack.words.get(token, token)
        for i, (token, role) in enumerate(text.told(0, len(text.tokens)))
        if i not in used and role in said and not names_region(token)
    )
