"""Which settlements an address may lie in."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding import fingerprints
from heatmaps.geocoding.areas import Areas
from heatmaps.geocoding.normal_form import NormalForm, Place, StreetName, settlement_key
from heatmaps.geocoding.regions import REGION_TYPES, names_region, region_words
from heatmaps.geocoding.town_table import CITY_MISSING, DEFAULT_CITY, Towns, TownTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PLACE_IGNORED = 0.9
"""Confidence where a name in the address, perhaps a district's, is no settlement known here."""
PLACE_CONTRADICTED = 0.8
"""Confidence where the settlement written is unknown and another one had to serve."""
REGION_CONTRADICTED = 0.6
"""Confidence where the settlement is known only in another region than the one written."""
ONLY_SETTLEMENT = 0.9
"""Confidence where no city is named and but one place in the gazetteer fits."""
CITY_CONTRADICTED = 0.8
"""Confidence where the text names one settlement and its column another."""
AREA_UNKNOWN = 0.8
"""Confidence where a region or district is named, and nobody knows whether the place lies there."""
UNKNOWN_SETTLEMENT = "unknown_settlement"
_MAX_TOWN_WORDS = 3
_NAMES_KEPT = 8_192
_LATIN = re.compile("[a-z]")


class _Told(NamedTuple):
    """What an address tells of its settlement, as in its normal form."""

    places: tuple[Place, ...]
    places_named: int
    region: str
    district: str
    transliterated: bool
    country: str = ""


class TownsNamed:
    """Reads which settlements an address names, from the names that a table knows."""

    def __init__(self, table: TownTable) -> None:
        self.table = table
        self._areas = Areas(table)
        self._known = lru_cache(maxsize=_NAMES_KEPT)(self._named)

    def named(self, form: NormalForm) -> Towns:
        """Give the settlements to look in: input, column, default, anywhere."""
        places = form.places
        if len(places) == 1 and not (form.region or form.district):
            known = self.table.of_name(places[0].name)
            if known and not places[0].kind:
                return Towns(known)
        return self._known(_told(form))

    def prepare(self, forms: Iterable[NormalForm]) -> None:
        """Look up at once the names that are no settlement's to the letter."""
        table = self.table
        names = {place.name for form in forms for place in form.places}
        table.learn(name for name in names if not table.of_name(name))

    def in_street(self, form: NormalForm) -> Iterator[tuple[Towns, StreetName]]:
        """Give readings of the street's words as a settlement before or behind a street."""
        yield from self._shortened_in_street(form)
        for town, rest in _splits(form.street.words):
            known = self.table.of_name(settlement_key(" ".join(town)))
            if known:
                yield self.weighed(form, Towns(known)), _rest(form.street, rest)

    def _shortened_in_street(self, form: NormalForm) -> Iterator[tuple[Towns, StreetName]]:
        """Give readings of the first words with the initial before them: ``н. уренгой мира``."""
        street = form.street
        letter = street.initials.removesuffix(".")
        if len(letter) != 1 or street.kind:
            return
        for count in range(min(len(street.words), _MAX_TOWN_WORDS), 0, -1):
            short = self.table.shortened(" ".join((letter, *street.words[:count])))
            if short.settlements:
                rest = replace(street, words=street.words[count:], initials="")
                yield self.weighed(form, short), rest

    def like_in_street(
        self, form: NormalForm, *, by_sound: bool
    ) -> Iterator[tuple[Towns, StreetName]]:
        """Give such readings with the settlement's name misspelt."""
        for town, rest in _splits(form.street.words):
            if not (rest or form.street.ordinals):
                continue
            like = self.table.like(" ".join(town), by_sound=by_sound)
            if like.settlements:
                yield self.weighed(form, like), _rest(form.street, rest)

    def weighed(self, form: NormalForm, towns: Towns) -> Towns:
        """Give settlements read among the words of an address, weighed by what else it tells.

        Namesakes are narrowed down; one that the region or the column contradicts is doubtful.
        """
        told = _told(form)
        return self._beside_column(told, self._of_region(told.region, towns))

    def _named(self, told: _Told) -> Towns:
        if told.places:
            found = self._in_places(told)
            if found:
                return found
            if any(place.kind or not names_region(place.name) for place in told.places):
                return Towns((), 1.0, (), (UNKNOWN_SETTLEMENT,))
            told = told._replace(region=told.region or told.places[0].name)
        known, region = self._with_region(told.region)
        if known:
            return self._of_region(region, Towns(known))
        towns = self._in_area(told.region) if told.region else self._unnamed(told.district)
        return self._in_country(told.country, towns) if told.country else towns

    def _in_country(self, country: str, towns: Towns) -> Towns:
        """Leave of settlements that are not named those in a country, or that may be."""
        within, unknown = self._areas.in_country(country, towns.settlements)
        if len(within) == len(towns.settlements or range(len(self.table))):
            return towns
        if within:
            return towns._replace(settlements=within)
        if not unknown:
            return Towns((), 1.0, (), (UNKNOWN_SETTLEMENT,))
        share = min(towns.confidence, AREA_UNKNOWN)
        changes = (*towns.changes, f"country_unknown:{country}")
        return towns._replace(settlements=unknown, confidence=share, changes=changes)

    def _unnamed(self, district: str) -> Towns:
        """Give where to look without any settlement or region named: by default, or anywhere."""
        within = self._areas.everywhere(district).within if district else ()
        if self.table.default:
            default = tuple(town for town in self.table.default if town in within)
            if default or not within:
                default = default or self.table.default
                return self._beside_district(district, Towns(default, 1.0, (DEFAULT_CITY,)))
        elif len(self.table) == 1:
            return self._beside_district(district, Towns((0,)))
        share = AREA_UNKNOWN if district and not within else ONLY_SETTLEMENT
        return Towns(within or None, share, (CITY_MISSING,), ("no_city",))

    def _beside_district(self, district: str, towns: Towns) -> Towns:
        """Give settlements that are not named; in doubt where a district of other ones is."""
        if not district or not self._areas.is_of_others(district, towns.settlements or ()):
            return towns
        told = (*towns.changes, f"district_unknown:{district}")
        return towns._replace(confidence=AREA_UNKNOWN, changes=told)

    def _in_area(self, region: str) -> Towns:
        """Give where to look where a region is all that is named: it goes before the default."""
        if self.table.default:
            within, unknown = self._areas.parted(region, self.table.default)
            if within or unknown:
                return self._only_in(region, within, unknown, (DEFAULT_CITY,))
        within, unknown = self._areas.everywhere(region)
        if not (within or unknown):
            return Towns((), 1.0, (), (UNKNOWN_SETTLEMENT,))
        if len(self.table) == 1:
            return self._only_in(region, within, unknown, ())
        found = self._only_in(region, within, unknown, (CITY_MISSING,))
        share = min(found.confidence, ONLY_SETTLEMENT)
        return found._replace(confidence=share, faults=("no_city",))

    @staticmethod
    def _only_in(
        region: str, within: tuple[int, ...], unknown: tuple[int, ...], changes: tuple[str, ...]
    ) -> Towns:
        """Give the settlements within a region, in doubt those that only may lie there."""
        if within:
            return Towns(within, 1.0, changes)
        return Towns(unknown, AREA_UNKNOWN, (*changes, f"region_unknown:{region}"))

    def _in_places(self, told: _Told) -> Towns | None:
        """Give the settlements that the places named mean; to the letter before nearly."""
        for i, place in enumerate(told.places):
            known = self.table.of_name(place.name)
            if known:
                return self._in_place(told, i, self.table.of_kind(place.kind, Towns(known)))
        for i, place in enumerate(told.places):
            known, region = self._with_region(place.name)
            if known:
                return self._in_place(told._replace(region=region), i, Towns(known))
        for i, place in enumerate(told.places):
            short = self.table.shortened(place.name, place.kind)
            if short.settlements:
                return self._in_place(told, i, short)
        for i, place in enumerate(told.places):
            like = self.table.like(place.name, by_sound=self._by_sound(told, place.name))
            if like.settlements:
                return self._in_place(told, i, like)
        return None

    def _with_region(self, name: str) -> tuple[tuple[int, ...], str]:
        """Give the settlements of a name written in one with their region, and that region."""
        words = [word for word in name.split() if word not in REGION_TYPES]
        for count in range(len(words) - 1, 0, -1):
            for town, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                known = self.table.of_name(" ".join(town))
                region = " ".join(rest)
                if known and any(self.table.region_words(t) & region_words(region) for t in known):
                    return known, region
        return (), ""

    def _in_place(self, told: _Told, i: int, towns: Towns) -> Towns:
        """Give the settlements of the i-th place named, those before it being unknown."""
        if len(told.places) == 1 and not (told.region or told.district):
            return towns
        before = [place for place in told.places[:i] if not names_region(place.name)]
        ignored = tuple(
            f"place_unknown:{place.name}"
            if place.kind
            else f"{fingerprints.PLACE_IGNORED}{place.name}"
            for place in (*before, *self._beside(told.places[i + 1 :], towns))
        )
        share = 1.0
        if before:
            typed = i >= told.places_named or any(place.kind for place in before)
            share = PLACE_CONTRADICTED if typed else PLACE_IGNORED
        found = self._of_region(told.region, towns)
        if told.district and len(found.settlements or ()) > 1:
            found = self.table.narrowed(found, [settlement_key(told.district)])
        if len(found.settlements or ()) > 1:
            others = (place.name for place in told.places if place is not told.places[i])
            found = self.table.narrowed(found, others)
        found = found._replace(
            confidence=found.confidence * share, changes=(*ignored, *found.changes)
        )
        return self._beside_column(told, found) if i < told.places_named else found

    def _beside_column(self, told: _Told, towns: Towns) -> Towns:
        """Give settlements named in the text; in doubt and with a fault where the column's is not.

        The column agrees that names them, in any spelling, or a place around them.
        """
        column = told.places[told.places_named :]
        if not (column and towns.settlements) or self._agrees(column[0].name, towns.settlements):
            return towns
        return towns._replace(
            confidence=towns.confidence * CITY_CONTRADICTED,
            faults=(*towns.faults, "city_contradicted"),
        )

    def _agrees(self, column: str, towns: tuple[int, ...]) -> bool:
        known = self.table.of_name(column) or self._with_region(column)[0]
        if known:
            return any(self._areas.is_around(other, town) for town in towns for other in known)
        if names_region(column):
            within, unknown = self._areas.parted(column, towns)
            return bool(within or unknown)
        like = self.table.like(column, by_sound=False).settlements or ()
        return not set(like).isdisjoint(towns)

    def _beside(self, places: Sequence[Place], towns: Towns) -> list[Place]:
        """Give what stands beside a settlement, without a type, and names no place or region."""
        regions = {word for t in towns.settlements or () for word in self.table.region_words(t)}
        return [
            place
            for place in places
            if not (place.kind or names_region(place.name) or self.table.of_name(place.name))
            and not region_words(place.name) & regions
        ]

    def _by_sound(self, told: _Told, name: str) -> bool:
        return self.table.has_latin or told.transliterated or bool(_LATIN.search(name))

    def _of_region(self, region: str, towns: Towns) -> Towns:
        """Narrow namesakes down to the region named; one known in another region is doubtful."""
        if not region or not towns.settlements:
            return towns
        within, unknown = self._areas.parted(region, towns.settlements)
        if within or unknown:
            return towns._replace(settlements=within or unknown)
        return towns._replace(
            confidence=towns.confidence * REGION_CONTRADICTED,
            changes=(*towns.changes, f"region_contradicted:{region}"),
        )


def _told(form: NormalForm) -> _Told:
    spelt = "transliterated" in form.changes
    return _Told(form.places, form.places_named, form.region, form.district, spelt, form.country)


def _splits(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the words cut into a settlement's and the rest: the settlement first, then last."""
    words = tuple(words)
    for count in range(min(len(words), _MAX_TOWN_WORDS), 0, -1):
        yield words[:count], words[count:]
        yield words[-count:], words[:-count]


def _rest(street: StreetName, words: tuple[str, ...]) -> StreetName:
    kind = street.kind if words or street.ordinals else ""
    return StreetName(kind, street.ordinals, words, street.tail, street.initials)
