"""What the words before and behind the house number name: street, settlements, region."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.form import Place, StreetName
from heatmaps.geocoding.normal_form.house import FoundHouse, find_house, second_address
from heatmaps.geocoding.normal_form.names import Span, place_from, read_spans, street_from
from heatmaps.geocoding.normal_form.words import word_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

_SHORT = 3


class Sides(NamedTuple):
    """The house of an address, and what the words `ahead` of it and `behind` it name.

    Without a house all words are ahead. `several` tells that behind it another address began,
    which is left out.
    """

    house: FoundHouse
    ahead: tuple[Span, ...]
    behind: tuple[Span, ...] = ()
    several: bool = False


class Names(NamedTuple):
    """What an address names besides its house; `places` the narrowest first.

    `odd` tells that a name holds words with another meaning, so may read otherwise in another
    order.
    """

    street: StreetName
    places: tuple[Place, ...]
    region: str
    faults: tuple[str, ...]
    odd: bool


def sides_of(tokens: Sequence[str], pack: Pack) -> Sides:
    """Find the house among words, numbers and commas, and read what stands on its sides."""
    house = find_house(tokens, pack)
    if not house.number:
        return Sides(house, _read_side(tokens, pack))
    behind = tokens[house.end :]
    second = second_address(behind, pack)
    if second >= 0:
        behind = behind[:second]
    ahead = _read_side(tokens[: house.start], pack)
    return Sides(house, ahead, _read_side(behind, pack), second >= 0)


def _read_side(tokens: Sequence[str], pack: Pack) -> tuple[Span, ...]:
    spans: tuple[Span, ...] = ()
    start = 0
    for i, word in enumerate(tokens):
        if word == ",":
            if i > start:
                spans += read_spans(tuple(tokens[start:i]), pack)
            start = i + 1
    if start < len(tokens):
        spans += read_spans(tuple(tokens[start:]), pack)
    return spans


def read_names(sides: Sides, pack: Pack) -> Names:
    """Tell what the names on the sides of a house are: the street, the settlements, the region."""
    ahead, behind = sides.ahead, sides.behind
    spans = ahead + behind
    streets = [span for span in spans if span.of_class == "street"]
    street = _street(ahead, behind, streets, pack)
    faults: tuple[str, ...] = ()
    if street is None:
        faults = ("no_street",)
    elif len(streets) > 1 and not sides.house.number and _several_streets(streets, pack):
        faults = ("several_streets",)
    inward = ahead[::-1] + behind
    places = _places(inward, street, pack) or _namesakes(inward, pack)
    region = next((_region(span) for span in spans if span.of_class == "region"), "")
    name, odd = _named(street, pack) if street else (StreetName(), False)
    odd = bool(faults) or len(places) > 1 or odd or _reads_otherwise(name, places, region, pack)
    return Names(name, places, region, faults, odd)


def _street(
    before: Sequence[Span], after: Sequence[Span], typed: Sequence[Span], pack: Pack
) -> Span | None:
    """Give the street: with a type word, else the bare name next to the house."""
    for span in typed:
        if span.kind not in pack.area_types:
            return span
    if typed:
        named_at_house = before and not before[-1].of_class
        return before[-1] if named_at_house else typed[0]
    for span in reversed(before):
        if not span.of_class:
            return span
    if any(span.of_class == "place" for span in before):
        return None
    return next((span for span in after if not span.of_class), None)


def _several_streets(streets: Sequence[Span], pack: Pack) -> bool:
    return sum(s.kind not in pack.area_types for s in streets) > 1


def _places(inward: Sequence[Span], street: Span | None, pack: Pack) -> tuple[Place, ...]:
    """Give the settlements named, the narrowest first: typed ones, then bare names."""
    typed: list[Place] = []
    bare: list[Place] = []
    for span in inward:
        if span.of_class == "place":
            typed.append(place_from(span, pack))
        elif not span.of_class and span != street:
            bare.append(place_from(span, pack))
    places = typed + bare
    return tuple(places) if len(places) <= 1 else tuple(dict.fromkeys(places))


def _namesakes(inward: Sequence[Span], pack: Pack) -> tuple[Place, ...]:
    """Give the town that an urban district is named after, where no settlement is named."""
    named = (place_from(s, pack) for s in inward if s.kind in pack.town_districts)
    return tuple(Place(place.name) for place in named)


def _region(span: Span) -> str:
    words = " ".join(span.words)
    described = span.words[-1].endswith(("ая", "ий"))
    return f"{words} {span.kind}" if described else f"{span.kind} {words}"


@lru_cache(maxsize=65_536)
def _named(street: Span, pack: Pack) -> tuple[StreetName, bool]:
    """Give a street, and whether some word of it has another meaning in another order."""
    name = street_from(street, pack)
    odd = bool(name.tail) and len(name.words) > 1
    return name, odd or any(_is_odd(word, pack) for word in name.words)


def _reads_otherwise(street: StreetName, places: Sequence[Place], region: str, pack: Pack) -> bool:
    """Tell whether some word of a place has another meaning in another order."""
    for place in places:
        if place.name in street.words or _is_odd(place.name, pack):
            return True
    return bool(region) and any(_is_odd(word, pack) for word in region.split()[:-1])


@lru_cache(maxsize=65_536)
def _is_odd(name: str, pack: Pack) -> bool:
    return any(
        len(word) < _SHORT or word[0].isdigit() or word in pack.types or word_of(word, pack).marks
        for word in name.split()
    )
