"""What the words before and behind the house number name: street, settlements, region."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.form import Place, StreetName
from heatmaps.geocoding.normal_form.house import is_part
from heatmaps.geocoding.normal_form.names import Span, place_from, read_spans, street_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

_SHORT = 3


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


@lru_cache(maxsize=65_536)
def read_names(
    before: tuple[str, ...], after: tuple[str, ...], pack: Pack, *, with_house: bool
) -> Names:
    """Give the names in the words before and behind the house.

    Kept for the next house, since the houses of a street share theirs.
    """
    faults: list[str] = []
    ahead, behind = _read_side(before, pack), _read_side(after, pack)
    street, untyped = _street(ahead, behind, pack)
    if not with_house and _several_streets([*ahead, *behind], pack):
        faults.append("several_streets")
    if street is None:
        faults.append("no_street")
    places = _places([*reversed(ahead), *behind], untyped, pack)
    region = _region([*ahead, *behind])
    name = street_from(street, pack) if street else StreetName()
    odd = bool(faults) or len(places) > 1 or _has_odd_words(name, places, region, pack)
    return Names(name, places, region, tuple(faults), odd)


def _read_side(tokens: Sequence[str], pack: Pack) -> list[Span]:
    spans: list[Span] = []
    chunk: list[str] = []
    for word in (*tokens, ","):
        if word != "," and not is_part(word):
            chunk.append(word)
        elif word == "," and chunk:
            spans += read_spans(tuple(chunk), pack)
            chunk = []
    return spans


def _street(
    before: Sequence[Span], after: Sequence[Span], pack: Pack
) -> tuple[Span | None, list[Span]]:
    """Give the street's span, and the spans without a type that are left for settlements."""
    untyped = [s for s in (*before, *after) if not s.of_class]
    typed = [s for s in (*before, *after) if s.of_class == "street"]
    if typed:
        return next((s for s in typed if s.kind not in pack.area_types), typed[0]), untyped
    first = [s for s in before if not s.of_class]
    if not untyped or (not first and any(s.of_class == "place" for s in before)):
        return None, untyped
    street = first[-1] if first else untyped[0]
    return street, [s for s in untyped if s is not street]


def _several_streets(spans: Sequence[Span], pack: Pack) -> bool:
    streets = [s for s in spans if s.of_class == "street" and s.kind not in pack.area_types]
    return len(streets) > 1


def _places(inward: Sequence[Span], untyped: Sequence[Span], pack: Pack) -> tuple[Place, ...]:
    """Give the settlements named, the narrowest first: typed ones, then bare names."""
    typed = [s for s in inward if s.of_class == "place"]
    bare = [s for s in inward if any(s is u for u in untyped)]
    return tuple(dict.fromkeys(place_from(s, pack) for s in (*typed, *bare)))


def _region(spans: Sequence[Span]) -> str:
    region = next((s for s in spans if s.of_class == "region"), None)
    if region is None:
        return ""
    words = " ".join(region.words)
    described = region.words[-1].endswith(("ая", "ий"))
    return f"{words} {region.kind}" if described else f"{region.kind} {words}"


def _has_odd_words(street: StreetName, places: Sequence[Place], region: str, pack: Pack) -> bool:
    if street.tail and len(street.words) > 1:
        return True
    words = [*street.words, *region.split(), *(w for p in places for w in p.name.split())]
    return any(word in pack.types or len(word) < _SHORT or word[0].isdigit() for word in words)
