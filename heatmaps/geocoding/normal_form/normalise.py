"""Address to normal form: clean the text, take out the house, tell the names apart."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form.form import NormalForm, Place, StreetName
from heatmaps.geocoding.normal_form.house import FoundHouse, find_house, is_part, mark_parts
from heatmaps.geocoding.normal_form.latin import LATIN
from heatmaps.geocoding.normal_form.names import Span, place_from, read_spans, street_from
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.steps import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

NORM_VERSION = 1
"""Rises with every change that gives some address another normal form."""

_SHORT = 3
_READINGS = 5
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def normalise(address: str, city: str | None = None) -> NormalForm:
    """Give the normal form of an address; `city` is what a structured column said.

    A settlement named in the address comes before the column's. Normalising `NormalForm.text`
    again gives the same text.
    """
    pack = pack_for(address)
    form = _parse(address, pack)
    if _is_odd(form, pack):
        form = _settled(form)
    column = _column_place(city, form.places)
    return replace(form, places=(*form.places, *column)) if column else form


def _parse(address: str, pack: Pack) -> NormalForm:
    draft = clean(address, pack)
    if not draft.text:
        return NormalForm(changes=tuple(draft.changes), faults=tuple(draft.faults))
    tokens = mark_parts(draft.text.replace(",", " ,").split(), pack)
    house = find_house(tokens, pack)
    before, after = _spans(tokens, house, pack)
    street, untyped = _street(before, after, house, draft.faults)
    places = _places(before, after, untyped, pack)
    _note_gaps(draft.faults, house, street)
    changes = [*draft.changes, *(["korpus_from_list"] if house.from_list else [])]
    return NormalForm(
        tuple(places),
        len(places),
        _region(before + after),
        street_from(street, pack) if street else StreetName(),
        house.number,
        tuple(changes),
        tuple(draft.faults),
    )


def _is_odd(form: NormalForm, pack: Pack) -> bool:
    """Tell whether a name holds words that have another meaning, so may read anew otherwise."""
    if form.faults and ("no_street" in form.faults or "several_streets" in form.faults):
        return True
    if pack_for(form.text) is not pack:
        return True
    words = [
        *form.street.words,
        *form.region.split(),
        *(w for p in form.places for w in p.name.split()),
    ]
    return len(form.places) > 1 or any(
        word in pack.types or len(word) < _SHORT or word[0].isdigit() for word in words
    )


def _settled(form: NormalForm) -> NormalForm:
    """Read an odd form again until it stays the same; what was noticed first stays noted."""
    first = form
    for _ in range(_READINGS):
        text = form.text
        again = _parse(text, pack_for(text))
        if again.text == text:
            break
        form = again
    return replace(form, changes=first.changes, faults=first.faults)


def pack_for(text: str) -> Pack:
    """Give the country pack for a text: Russian where it has a Cyrillic letter."""
    return RUSSIAN if _CYRILLIC.search(text) else LATIN


@lru_cache(maxsize=65_536)
def street_name(name: str) -> StreetName:
    """Take a gazetteer's street name apart; every number in it belongs to the name."""
    pack = pack_for(name)
    tokens = clean(name, pack).text.replace(",", " ").lower().split()
    spans = read_spans(tokens, pack, whole_name=True)
    streets = [s for s in spans if s.of_class == "street"]
    if not spans:
        return StreetName()
    if not streets:
        return street_from(Span("", "", tuple(w for s in spans for w in s.words)), pack)
    return street_from(streets[-1] if len(spans) == len(streets) else _joined(spans), pack)


def street_key(name: str) -> str:
    """Give the lasting key of a street's name within its settlement."""
    return street_name(name).key


@lru_cache(maxsize=65_536)
def settlement_key(name: str) -> str:
    """Give the normal form of a settlement's or a region's name, without its type word."""
    pack = pack_for(name)
    tokens = clean(name, pack).text.replace(",", " ").lower().split()
    spans = read_spans(tokens, pack)
    if not spans:
        return " ".join(tokens)
    return " ".join(place_from(span, pack).name for span in spans)


@lru_cache(maxsize=65_536)
def names_settlement(name: str) -> bool:
    """Tell whether a name can be a settlement's: ``басманный район`` is a part or more of one."""
    pack = pack_for(name)
    spans = read_spans(clean(name, pack).text.replace(",", " ").split(), pack)
    return bool(spans) and all(span.of_class in {"", "place"} for span in spans)


@lru_cache(maxsize=65_536)
def normal_house(number: str, street: str = "") -> str:
    """Give the normal form of a gazetteer's house number; empty where there is none in it.

    The script of `street` decides whether letters that look alike are Cyrillic.
    """
    pack = pack_for(f"{number} {street}")
    marker = "д" if pack is RUSSIAN else "no"
    tokens = mark_parts(clean(f"{marker} {number}", pack).text.replace(",", " ,").split(), pack)
    return find_house(tokens, pack).number


def _joined(spans: Sequence[Span]) -> Span:
    kind = next(s.kind for s in spans if s.of_class == "street")
    return Span("street", kind, tuple(word for span in spans for word in span.words))


def _spans(tokens: Sequence[str], house: FoundHouse, pack: Pack) -> tuple[list[Span], list[Span]]:
    """Give the spans before and behind the house; without a house all stand before."""
    split = house.start if house.number else len(tokens)
    return _read_side(tokens[:split], pack), _read_side(tokens[house.end or split :], pack)


def _read_side(tokens: Sequence[str], pack: Pack) -> list[Span]:
    spans: list[Span] = []
    chunk: list[str] = []
    for word in (*tokens, ","):
        if word != "," and not is_part(word):
            chunk.append(word)
        elif word == "," and chunk:
            spans += read_spans(chunk, pack)
            chunk = []
    return spans


def _street(
    before: Sequence[Span], after: Sequence[Span], house: FoundHouse, faults: list[str]
) -> tuple[Span | None, list[Span]]:
    """Give the street's span, and the spans without a type that are left for settlements."""
    spans = [*before, *after]
    untyped = [s for s in spans if not s.of_class]
    typed = [s for s in spans if s.of_class == "street"]
    telling = [s for s in typed if s.kind not in RUSSIAN.area_types]
    if len(telling) > 1 and not house.number:
        faults.append("several_streets")
    if telling or typed:
        return (telling or typed)[0], untyped
    first = [s for s in before if not s.of_class]
    if not untyped or (not first and any(s.of_class == "place" for s in before)):
        return None, untyped
    street = first[-1] if first else untyped[0]
    return street, [s for s in untyped if s is not street]


def _places(
    before: Sequence[Span], after: Sequence[Span], untyped: Sequence[Span], pack: Pack
) -> list[Place]:
    """Give the settlements named, the narrowest first: typed ones, then bare names."""
    inward = [*reversed(before), *after]
    typed = [s for s in inward if s.of_class == "place"]
    bare = [s for s in inward if any(s is u for u in untyped)]
    return list(dict.fromkeys(place_from(s, pack) for s in [*typed, *bare]))


def _column_place(city: str | None, named: Sequence[Place]) -> list[Place]:
    name = settlement_key(city) if city else ""
    return [Place(name)] if name and all(place.name != name for place in named) else []


def _region(spans: Sequence[Span]) -> str:
    region = next((s for s in spans if s.of_class == "region"), None)
    if region is None:
        return ""
    words = " ".join(region.words)
    described = region.words[-1].endswith(("ая", "ий"))
    return f"{words} {region.kind}" if described else f"{region.kind} {words}"


def _note_gaps(faults: list[str], house: FoundHouse, street: Span | None) -> None:
    if not house.number:
        faults.append("no_house")
    if street is None:
        faults.append("no_street")
