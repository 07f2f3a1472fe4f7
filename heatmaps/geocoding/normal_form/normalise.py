"""Address to normal form: clean the text, take out the house, tell the names apart."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form.draft import Mark
from heatmaps.geocoding.normal_form.form import NormalForm, Place, StreetName
from heatmaps.geocoding.normal_form.house import find_house
from heatmaps.geocoding.normal_form.latin import LATIN
from heatmaps.geocoding.normal_form.markup import unwrapped
from heatmaps.geocoding.normal_form.names import Span, place_from, read_spans, street_from
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.segments import read_text
from heatmaps.geocoding.normal_form.sides import area_text, read_names
from heatmaps.geocoding.normal_form.spellings import Spelling, spellings_of
from heatmaps.geocoding.normal_form.steps import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

NORM_VERSION = 4
"""Rises with every change that gives some address another normal form."""

_READINGS = 5
_IN_COMPLEX = re.compile(r"(?P<complex>[1-9]\d?)/0?(?P<house>[1-9]\d?)")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def normalise(address: str, city: str | None = None) -> NormalForm:
    """Give the normal form of an address; `city` is what a structured column said.

    A settlement named in the address comes before the column's. Normalising `NormalForm.text`
    again gives the same text.
    """
    form, _ = _likeliest(address)
    return _with_column(form, city) if city else form


def readings(address: str, city: str | None = None) -> tuple[NormalForm, ...]:
    """Give the normal forms an address may have, the likeliest, `normalise`'s, first.

    More than one only where the keyboard may have been in the wrong language, or Latin letters may
    stand for other ones: see `spellings_of`.
    """
    first, others = _likeliest(address)
    forms = [first]
    if "/" in first.house and not first.street.kind:
        forms += _in_complex(first)
    for spelling in others:
        form, *_ = _parse(spelling.text, pack_for(spelling.text))
        if form.street or form.places:
            forms.append(_noted(form, spelling))
    return tuple(_with_column(form, city) if city else form for form in forms)


def readings_batch(
    addresses: Sequence[str], cities: Sequence[str | None]
) -> list[tuple[NormalForm, ...]]:
    """Give the `readings` of many addresses, in their order, equal to those of each alone.

    Raises ValueError where there are not as many cities as addresses.
    """
    return [readings(address, city) for address, city in zip(addresses, cities, strict=True)]


def _likeliest(address: str) -> tuple[NormalForm, tuple[Spelling, ...]]:
    """Give the normal form of the likeliest spelling, and the other spellings."""
    address = unwrapped(address)
    parsed = _parse(address, RUSSIAN) if pack_for(address) is RUSSIAN else None
    if parsed is not None:
        form, odd, marks = parsed
        if not marks & Mark.ODD_LAYOUT:
            return (_settled(form) if odd else form), ()
    first, *others = spellings_of(address)
    pack = pack_for(first.text)
    if parsed is None or first.text != address:
        parsed = _parse(first.text, pack)
    form, odd, _ = parsed
    if odd or (pack is LATIN and spellings_of(form.text)[0].change):
        form = _settled(form)
    return _noted(form, first), tuple(others)


def _in_complex(form: NormalForm) -> list[NormalForm]:
    """Read ``челны 12/05`` as house 5 of the 12th complex, where no street is named for sure."""
    numbers = _IN_COMPLEX.fullmatch(form.house)
    street = form.street
    if numbers is None or (street and form.places) or street.ordinals or street.initials:
        return []
    places = (Place(" ".join(street.words)),) if street else form.places
    faults = tuple(fault for fault in form.faults if fault != "no_street")
    complex_ = StreetName("комплекс", (numbers["complex"],))
    changes = (*form.changes, "complex_from_slash")
    return [
        replace(form, places=places, places_named=len(places), street=complex_, changes=changes,
                house=numbers["house"], faults=faults)
    ]  # fmt: skip


def _noted(form: NormalForm, spelling: Spelling) -> NormalForm:
    return replace(form, changes=(spelling.change, *form.changes)) if spelling.change else form


def _parse(address: str, pack: Pack) -> tuple[NormalForm, bool, int]:
    """Give the normal form as first read, whether its text might read otherwise, and the marks."""
    sides, marks, changes, faults = read_text(address, pack)
    if "junk" in faults:
        return NormalForm(changes=tuple(changes), faults=tuple(faults)), False, marks
    house = sides.house
    if sides.several or house.is_list:
        faults.append("several_addresses")
    names = read_names(sides, pack)
    if house.unread:
        changes += (f"unread:{word}" for word in house.unread)
    if house.from_list:
        changes.append("korpus_from_list")
    if not house.number:
        faults.append("no_house")
    elif faults:
        faults = [fault for fault in faults if fault != "excel_date"]
    form = NormalForm(
        names.places,
        len(names.places),
        names.region,
        names.street,
        house.number,
        tuple(changes),
        (*faults, *names.faults) if faults else names.faults,
        names.district,
        names.country,
    )
    loses_script = bool(marks & Mark.LATIN) and pack_for(form.text) is not pack
    return form, names.odd or loses_script, marks


def _settled(form: NormalForm) -> NormalForm:
    """Read an odd form again until it stays the same; what was noticed first stays noted."""
    first = form
    for _ in range(_READINGS):
        text = form.text
        spelling = spellings_of(text)[0] if pack_for(text) is LATIN else Spelling(text)
        again, *_ = _parse(spelling.text, pack_for(spelling.text))
        if (again.text, again.house) == (text, form.house):
            break
        form = again
    faults = [fault for fault in first.faults if fault != "no_house"]
    if not form.house and "junk" not in faults:
        faults.append("no_house")
    return replace(form, changes=first.changes, faults=tuple(faults), country=first.country)


def pack_for(text: str) -> Pack:
    """Give the country pack for a text: Russian where it has a Cyrillic letter."""
    return RUSSIAN if _CYRILLIC.search(text) else LATIN


@lru_cache(maxsize=65_536)
def street_name(name: str) -> StreetName:
    """Take a gazetteer's street name apart; every number in it belongs to the name.

    A name whose words all say nothing in an address keeps them.
    """
    pack = pack_for(name)
    words = _words(name, pack)
    street = _street_of(words, pack)
    if words and not street.core:
        return replace(street, words=tuple(w for w in words if w not in pack.types) or words)
    return street


def _street_of(words: tuple[str, ...], pack: Pack) -> StreetName:
    spans = read_spans(words, pack, whole_name=True)
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
    words = _words(name, pack)
    spans = read_spans(words, pack)
    if not spans:
        return " ".join(words)
    return " ".join(place_from(span, pack).name for span in spans)


@lru_cache(maxsize=65_536)
def settlement_kind(name: str) -> str:
    """Give the type word of a settlement's name in normal form, empty where it has none."""
    pack = pack_for(name)
    spans = read_spans(_words(name, pack), pack)
    return next((span.kind for span in spans if span.of_class == "place"), "")


@lru_cache(maxsize=65_536)
def names_settlement(name: str) -> bool:
    """Tell whether a name can be a settlement's: ``басманный район`` is a part or more of one."""
    pack = pack_for(name)
    spans = read_spans(_words(name, pack), pack)
    return bool(spans) and all(span.of_class in {"", "place"} for span in spans)


@lru_cache(maxsize=65_536)
def normal_house(number: str, street: str = "") -> str:
    """Give the normal form of a gazetteer's house number; empty where there is none in it.

    Of a list (``1;3;5``) the first stands for all. The script of `street` decides whether letters
    that look alike are Cyrillic.
    """
    pack = pack_for(f"{number} {street}")
    marker = "д" if pack is RUSSIAN else "no"
    house = find_house(clean(f"{marker} {number}", pack).tokens, pack)
    return house.number.split()[0] if house.from_list else house.number


def _words(name: str, pack: Pack) -> tuple[str, ...]:
    return tuple(word.lower() for word in clean(name, pack).tokens if word != ",")


def _joined(spans: Sequence[Span]) -> Span:
    kind = next(s.kind for s in spans if s.of_class == "street")
    return Span("street", kind, tuple(word for span in spans for word in span.words))


def _with_column(form: NormalForm, city: str) -> NormalForm:
    name, kind, region, district, country = _read_column(city)
    if country and not form.country:
        form = replace(form, country=country)
    if (region and not form.region) or (district and not (form.district or form.region)):
        form = replace(form, region=form.region or region, district=form.district or district)
    same = [i for i, place in enumerate(form.places) if place.name == name]
    if not name or (same and (not kind or any(form.places[i].kind for i in same))):
        return form
    if same:
        places = [Place(name, kind) if i in same else p for i, p in enumerate(form.places)]
        return replace(form, places=tuple(places))
    return replace(form, places=(*form.places, Place(name, kind)))


@lru_cache(maxsize=65_536)
def _read_column(city: str) -> tuple[str, str, str, str, str]:
    """Give the settlement that a column names, its kind, its region, district and country."""
    pack = pack_for(city)
    words = _words(city, pack)
    told = {"region": "", "district": ""}
    names: list[str] = []
    for span in read_spans(words, pack):
        if span.of_class in told and span.words:
            told[span.of_class] = told[span.of_class] or area_text(span.words, span.kind)
        else:
            names.append(place_from(span, pack).name)
    country = next((word for word in words if word in pack.countries and word not in names), "")
    return " ".join(names), settlement_kind(city), told["region"], told["district"], country
