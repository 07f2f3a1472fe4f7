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
NO_STREET = StreetName()
_NO_PLACE = Place("")
_COUNTRY = "country"


class Name(NamedTuple):
    """Words that belong together, with the street and the settlement that they may name.

    A name with a type word is only one of them. Odd is one whose words have another meaning in
    another order.
    """

    of_class: str
    kind: str
    words: tuple[str, ...]
    street: StreetName
    odd_street: bool
    place: Place
    odd_place: bool
    is_persons: bool = False


class Sides(NamedTuple):
    """The house of an address, and what the words `ahead` of it and `behind` it name.

    Without a house all words are ahead. `several` tells that behind it another address began,
    which is left out.
    """

    house: FoundHouse
    ahead: tuple[Name, ...]
    behind: tuple[Name, ...] = ()
    several: bool = False


class Names(NamedTuple):
    """What an address names besides its house; `places` the narrowest first.

    `odd` tells that a name holds words with another meaning, so may read otherwise in another
    order.
    """

    street: StreetName
    places: tuple[Place, ...]
    region: str
    district: str
    faults: tuple[str, ...]
    odd: bool
    country: str = ""


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


def _read_side(tokens: Sequence[str], pack: Pack) -> tuple[Name, ...]:
    names: tuple[Name, ...] = ()
    start = 0
    for i, word in enumerate(tokens):
        if word == ",":
            if i > start:
                names += names_in(tuple(tokens[start:i]), pack)
            start = i + 1
    if start < len(tokens):
        names += names_in(tuple(tokens[start:]), pack)
    return names


@lru_cache(maxsize=65_536)
def names_in(tokens: tuple[str, ...], pack: Pack) -> tuple[Name, ...]:
    """Give the names in the words between two commas."""
    names = [_name(span, pack) for span in read_spans(tokens, pack)]
    if not pack.countries.isdisjoint(tokens):
        kept = {word for name in names for word in name.words}
        told = (word for word in tokens if word in pack.countries and word not in kept)
        names += [_country(word) for word in told]
    return tuple(names)


def _name(span: Span, pack: Pack) -> Name:
    of_class, kind, words = span
    street, place = NO_STREET, _NO_PLACE
    if of_class in {"", "street"}:
        street = street_from(span, pack)
    if of_class != "street":
        place = place_from(span, pack)
    odd_street = bool(street.tail or street.initials) and len(street.words + street.ordinals) > 1
    odd_street = odd_street or (not street.kind and street.initials[:1] in pack.letters)
    odd_street = odd_street or any(_is_odd(word, pack) for word in street.words)
    odd_place = _is_odd(place.name, pack)
    return Name(of_class, kind, words, street, odd_street, place, odd_place, _is_persons(span))


def _country(word: str) -> Name:
    return Name(_COUNTRY, word, (), NO_STREET, odd_street=False, place=_NO_PLACE, odd_place=False)


def read_names(sides: Sides, pack: Pack) -> Names:
    """Tell what the names on the sides of a house are: the street, the settlements, the region."""
    classes = {name.of_class for name in sides.ahead + sides.behind}
    if _COUNTRY not in classes:
        return _read_names(sides, classes, pack)
    country = next(n.kind for n in sides.ahead + sides.behind if n.of_class == _COUNTRY)
    ahead, behind = (
        tuple(name for name in side if name.of_class != _COUNTRY)
        for side in (sides.ahead, sides.behind)
    )
    named = sides._replace(ahead=ahead, behind=behind)
    return _read_names(named, classes, pack)._replace(country=country)


def _read_names(sides: Sides, classes: set[str], pack: Pack) -> Names:
    ahead, behind = sides.ahead, sides.behind
    names = ahead + behind
    streets = [name for name in names if name.of_class == "street"]
    street = _street(ahead, behind, streets, pack)
    faults: tuple[str, ...] = ()
    if street is None:
        faults = ("no_street",)
    elif len(streets) > 1 and not sides.house.number and _several_streets(streets, pack):
        faults = ("several_streets",)
    inward = ahead[::-1] + behind
    places, odd = _places(inward, street)
    places = places or (_namesakes(inward, pack) if "district" in classes else ())
    region = district = ""
    if "region" in classes:
        region = next(_region(name) for name in names if name.of_class == "region")
    if "district" in classes:
        district = _district(inward, street, pack)
    odd = odd or bool(faults) or len(places) > 1 or _odd_region(region, pack)
    if street is None:
        return Names(NO_STREET, places, region, district, faults, odd)
    odd = odd or street.odd_street or bool(places and _shared(places, street.street))
    return Names(street.street, places, region, district, faults, odd)


def _street(
    before: Sequence[Name], after: Sequence[Name], typed: Sequence[Name], pack: Pack
) -> Name | None:
    """Give the street: with a type word, else the bare name next to the house."""
    for name in typed:
        if name.kind not in pack.area_types:
            return name
    if typed:
        named_at_house = before and not before[-1].of_class
        named_at_house = named_at_house and before[-1].place.name not in pack.towns
        return before[-1] if named_at_house else typed[0]
    for name in reversed(before):
        if not name.of_class:
            return name
    if any(name.of_class == "place" for name in before):
        return None
    return next((name for name in after if not name.of_class), None)


def _several_streets(streets: Sequence[Name], pack: Pack) -> bool:
    return sum(s.kind not in pack.area_types for s in streets) > 1


def _places(inward: Sequence[Name], street: Name | None) -> tuple[tuple[Place, ...], bool]:
    """Give the settlements named, the narrowest first, typed ones, then bare names; if one is odd.

    What is called the same as the street is no settlement.
    """
    typed: list[Place] = []
    bare: list[Place] = []
    odd = False
    for name in inward:
        if name.of_class == "place":
            typed.append(name.place)
        elif not name.of_class and name != street and not name.is_persons:
            bare.append(name.place)
        else:
            continue
        odd = odd or name.odd_place
    places = typed + bare
    return tuple(places) if len(places) <= 1 else tuple(dict.fromkeys(places)), odd


def _is_persons(span: Span) -> bool:
    """Tell whether a bare name has two initials, as a person's who lives there: ``петров и.и.``."""
    return any(len(word) > _SHORT and word[-1] == "." for word in span.words)


def _namesakes(inward: Sequence[Name], pack: Pack) -> tuple[Place, ...]:
    """Give the town that an urban district is named after, where no settlement is named."""
    return tuple([Place(n.place.name) for n in inward if n.kind in pack.town_districts])


def _district(inward: Sequence[Name], street: Name | None, pack: Pack) -> str:
    """Give the district around the settlement named, or one named alone; a city's own is none."""
    around = ""
    for name in reversed(inward):
        if name.of_class == "district":
            told = not (name.odd_place or name.kind in pack.town_districts)
            around = _region(name) if told else around
        elif name.of_class != "region" and name is not street:
            break
    return around


def _region(name: Name) -> str:
    return area_text(name.words, name.kind)


def area_text(words: Sequence[str], kind: str) -> str:
    """Give the name of a region or district with its type word, as people write them."""
    name = " ".join(words)
    described = words[-1].endswith(("ая", "ий"))
    return f"{name} {kind}" if described else f"{kind} {name}"


def _odd_region(region: str, pack: Pack) -> bool:
    return bool(region) and any(_is_odd(word, pack) for word in region.split()[:-1])


def _shared(places: Sequence[Place], street: StreetName) -> bool:
    """Tell whether a settlement and the street share a word."""
    return any(place.name in street.words for place in places)


@lru_cache(maxsize=65_536)
def _is_odd(name: str, pack: Pack) -> bool:
    return any(
        len(word) < _SHORT or word[0].isdigit() or word in pack.types or word_of(word, pack).marks
        for word in name.split()
    )
