"""The gazetteer in memory, and the matching of addresses against it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from heatmaps.geocoding.coordinates import read_coordinates
from heatmaps.geocoding.gazetteer import distance_m, settlement_keys
from heatmaps.geocoding.house_table import HouseTable
from heatmaps.geocoding.normal_form import (
    NormalForm,
    StreetName,
    normalise,
)
from heatmaps.geocoding.result import Alternative, GeocodeResult, Level, Suggestion
from heatmaps.geocoding.street_table import FoundStreet, StreetTable
from heatmaps.geocoding.suggestions import Completion
from heatmaps.geocoding.town_table import Towns, TownTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.house_table import FoundHouse

HOUSE_M = 20.0
NEAR_M = 100.0
MAX_ALTERNATIVES = 5
_SETTLEMENT_PARTS = 2
_STREET_PARTS = 3

STREET_ONLY = 0.7
"""Confidence that the street is right when the house on it is not known."""
SETTLEMENT_ONLY = 0.5
KORPUS_FROM_LIST = 0.85
SEVERAL_ADDRESSES = 0.8


class _Candidate(NamedTuple):
    """One place an address may mean."""

    level: Level
    lat: float
    lon: float
    uncertainty_m: float
    confidence: float
    matched: str
    changes: tuple[str, ...]
    key: str


class Decision(Protocol):
    """What a person decided that an address means."""

    @property
    def key(self) -> str | None:
        """The lasting key of the place in the gazetteer, or None for a point of the map."""
        ...

    def answer(self, form: NormalForm, known: GeocodeResult | None) -> GeocodeResult | None:
        """Give the result for an address so decided, or None where the decision no longer holds.

        `known` is the place of `key` as the gazetteer has it now, None where it has gone.
        """
        ...


class Aliases(Protocol):
    """Decisions by the text of the normal form."""

    def get(self, normal_form: str, /) -> Decision | None:
        """Give the decision on this address, None where there is none."""
        ...


def build_index(
    gazetteer: Gazetteer, default_city: str | None = None, aliases: Aliases | None = None
) -> GazetteerIndex:
    """Give the index of a gazetteer; addresses that name no city are looked for in `default_city`.

    What `aliases` decide goes before what the gazetteer says. Raises UsageError where that city is
    not in the gazetteer.
    """
    return GazetteerIndex(gazetteer, default_city, aliases)


class GazetteerIndex:
    """A `Geocoder` over one gazetteer, all in memory; two of one gazetteer answer alike."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        default_city: str | None = None,
        aliases: Aliases | None = None,
    ) -> None:
        self._aliases = aliases
        self._settlement_keys = settlement_keys(gazetteer)
        self._settlements = gazetteer.settlements
        self._streets = gazetteer.streets
        self._street_table = StreetTable(gazetteer.streets)
        self._house_table = HouseTable(
            gazetteer.houses, len(gazetteer.streets), len(gazetteer.settlements)
        )
        self._towns = TownTable(gazetteer.settlements, default_city)
        self._completion: Completion | None = None

    def with_aliases(self, aliases: Aliases | None) -> GazetteerIndex:
        """Give an index over the same gazetteer with these decisions; nothing is built again."""
        other = copy(self)
        other._aliases = aliases  # noqa: SLF001 - of our own class
        return other

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address; `city` is what a structured column said."""
        typed = read_coordinates(address)
        if typed is not None:
            return typed
        form = normalise(address, city)
        if "junk" in form.faults:
            return GeocodeResult(Level.NONE, changes=form.changes, faults=("junk",))
        return self._decided(form) or self._matched(form)

    def place_of(self, key: str) -> GeocodeResult | None:
        """Give the place that has this lasting key, None where the gazetteer does not hold it."""
        parts = key.split("|")
        towns = np.flatnonzero(self._settlement_keys == "|".join(parts[:2])).tolist()
        if not towns:
            return None
        town, whole = towns[0], NormalForm()
        if len(parts) == _SETTLEMENT_PARTS:
            return _placed(whole, self._settlement(town, Towns((town,))), ())
        street = self._street_table.of_key(town, parts[2]) if parts[2] else None
        if parts[2] and street is None:
            return None
        number = parts[3] if len(parts) > _STREET_PARTS else ""
        if not number:
            found = FoundStreet(street or 0, 1.0, ())
            return _placed(whole, self._on_street(whole, Towns((town,)), found), ())
        house = self._house_table.find(
            street if street is not None else len(self._streets) + town, number
        )
        if house is None or house.near or self._house_table.number(house.row) != number:
            return None
        return _placed(whole, self._house(whole, house, town, street, Towns((town,)), 1.0, ()), ())

    def _decided(self, form: NormalForm) -> GeocodeResult | None:
        """Give what a person decided of this address, None where nobody did."""
        decision = self._aliases.get(form.text) if self._aliases is not None else None
        if decision is None:
            return None
        return decision.answer(form, self.place_of(decision.key) if decision.key else None)

    def _matched(self, form: NormalForm) -> GeocodeResult:
        towns, street, candidates = self._search(form)
        faults = (*form.faults, *towns.faults)
        if not candidates:
            return self._without_street(form, towns, street, faults)
        if len(candidates) > 1:
            return _ambiguous(form, candidates, faults)
        return _placed(form, candidates[0], faults)

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order, equal to `geocode` of each.

        Raises ValueError where there are not as many cities as addresses.
        """
        pairs = list(zip(addresses, cities, strict=True))
        answers = {pair: self.geocode(*pair) for pair in dict.fromkeys(pairs)}
        return [answers[pair] for pair in pairs]

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give up to `limit` completions of `text`, the likeliest first.

        Streets first; once a street is complete and a number begins, its houses.
        """
        if self._completion is None:
            self._completion = Completion(self._street_table, self._house_table, self._towns)
        suggestions: list[Suggestion] = []
        for street, row in self._completion.complete(text, limit * 2):
            candidate = self._suggested(street, row)
            if candidate is not None:
                suggestions.append(candidate)
            if len(suggestions) == limit:
                break
        return suggestions

    def _suggested(self, street: int, row: int | None) -> Suggestion | None:
        """Give a completion, or None where its text would not lead back to this very place."""
        value = self._label(street, None if row is None else self._house_table.number(row))
        answer = self.geocode(value)
        level = Level.STREET if row is None else Level.HOUSE
        if row is None:
            lat, lon = float(self._streets.lat[street]), float(self._streets.lon[street])
        else:
            lat, lon = self._house_table.lat[row], self._house_table.lon[row]
        if (answer.level, answer.lat, answer.lon) != (level, lat, lon):
            return None
        return Suggestion(value, level, lat, lon)

    def _search(self, form: NormalForm) -> tuple[Towns, StreetName, list[_Candidate]]:
        """Give where was looked, for which street, and what was found there."""
        towns = self._towns.named(form)
        if towns.settlements != ():
            found = self._candidates(form, towns, form.street)
            if found or form.places_named:
                return towns, form.street, found
        for inner, street in self._towns.in_street(form) if not form.places_named else ():
            found = self._candidates(form, inner, street)
            if found or not street:
                return inner, street, found
        return towns, form.street, []

    def _candidates(self, form: NormalForm, towns: Towns, street: StreetName) -> list[_Candidate]:
        if not street:
            return self._streetless(form, towns)
        found = self._street_table.find(street, towns.settlements)
        return [self._on_street(form, towns, one) for one in found]

    def _streetless(self, form: NormalForm, towns: Towns) -> list[_Candidate]:
        """Give the houses of that number that stand in their settlement without a street."""
        candidates = []
        for town in towns.settlements or ():
            house = None
            if form.house:
                house = self._house_table.find(len(self._streets) + town, form.house)
            if house is not None:
                candidates.append(self._house(form, house, town, None, towns, 1.0, ()))
        return candidates

    def _on_street(self, form: NormalForm, towns: Towns, found: FoundStreet) -> _Candidate:
        town = self._street_table.settlement[found.street]
        if form.house:
            house = self._house_table.find(found.street, form.house)
            if house is not None:
                return self._house(
                    form, house, town, found.street, towns, found.confidence, found.changes
                )
        changes = (*towns.changes, *found.changes)
        return _Candidate(
            Level.STREET,
            float(self._streets.lat[found.street]),
            float(self._streets.lon[found.street]),
            float(self._streets.uncertainty_m[found.street]),
            STREET_ONLY * found.confidence * towns.confidence,
            self._label(found.street, None),
            (*changes, "house_unknown") if form.house else changes,
            self._key(town, found.street, None),
        )

    def _house(  # noqa: PLR0913, PLR0917, everything that bears on one answer
        self,
        form: NormalForm,
        house: FoundHouse,
        town: int,
        street: int | None,
        towns: Towns,
        street_share: float,
        street_changes: tuple[str, ...],
    ) -> _Candidate:
        table = self._house_table
        lat, lon = table.lat[house.row], table.lon[house.row]
        uncertainty_m = NEAR_M if house.near else HOUSE_M
        if house.equals:
            uncertainty_m = max(uncertainty_m, self._spread_m(house, lat, lon))
        near = house.near or uncertainty_m > NEAR_M
        confidence = house.rung.confidence * street_share * towns.confidence
        if "korpus_from_list" in form.changes:
            confidence = min(confidence, KORPUS_FROM_LIST)
        number = table.number(house.row)
        return _Candidate(
            Level.NEAR if near else Level.HOUSE,
            lat,
            lon,
            uncertainty_m,
            confidence,
            self._label(street, number) if street is not None else self._town_label(town, number),
            (*towns.changes, *street_changes, *house.rung.changes),
            self._key(town, street, number),
        )

    def _spread_m(self, house: FoundHouse, lat: float, lon: float) -> float:
        rows = house.equals
        others_lat = np.array([self._house_table.lat[row] for row in rows])
        others_lon = np.array([self._house_table.lon[row] for row in rows])
        return float(distance_m(others_lat, others_lon, lat, lon).max())

    def _without_street(
        self, form: NormalForm, towns: Towns, street: StreetName, faults: tuple[str, ...]
    ) -> GeocodeResult:
        """Give the settlement where it is all that is known, else nothing."""
        if street:
            faults = (*faults, "street_not_found")
        known = towns.settlements or ()
        candidates = [self._settlement(town, towns) for town in known]
        if not candidates:
            return GeocodeResult(
                Level.NONE, normal_form=form.text, changes=form.changes, faults=faults
            )
        if len(candidates) > 1:
            return _ambiguous(form, candidates, faults)
        return _placed(form, candidates[0], faults)

    def _settlement(self, town: int, towns: Towns) -> _Candidate:
        return _Candidate(
            Level.SETTLEMENT,
            float(self._settlements.lat[town]),
            float(self._settlements.lon[town]),
            float(self._settlements.uncertainty_m[town]),
            SETTLEMENT_ONLY * towns.confidence,
            self._town_label(town, None),
            towns.changes,
            self._settlement_keys[town],
        )

    def _key(self, town: int, street: int | None, number: str | None) -> str:
        """Give the lasting key of a street or a house, as `gazetteer.house_keys` does."""
        name = "" if street is None else self._street_table.names[street].key
        key = f"{self._settlement_keys[town]}|{name}"
        return key if number is None else f"{key}|{number}"

    def _label(self, street: int | None, number: str | None) -> str:
        town = self._street_table.settlement[street] if street is not None else 0
        name = str(self._streets.name[street])
        return self._town_label(town, f"{name}, {number}" if number else name)

    def _town_label(self, town: int, rest: str | None) -> str:
        name, region = self._settlements.name[town], self._settlements.region[town]
        namesakes = self._towns.has_namesake(town)
        return ", ".join(part for part in (region if namesakes else "", name, rest) if part)


def _placed(form: NormalForm, found: _Candidate, faults: tuple[str, ...]) -> GeocodeResult:
    several = "several_addresses" in faults
    return GeocodeResult(
        found.level,
        found.lat,
        found.lon,
        found.uncertainty_m,
        min(found.confidence, SEVERAL_ADDRESSES) if several else found.confidence,
        form.text,
        found.matched,
        form.changes + found.changes,
        faults,
        key=found.key,
    )


def _ambiguous(
    form: NormalForm, candidates: list[_Candidate], faults: tuple[str, ...]
) -> GeocodeResult:
    ranked = sorted(candidates, key=lambda c: (-c.confidence, c.matched))
    return GeocodeResult(
        Level.AMBIGUOUS,
        confidence=ranked[0].confidence / len(ranked),
        normal_form=form.text,
        changes=form.changes,
        faults=faults,
        alternatives=tuple(
            Alternative(c.matched, c.level, c.lat, c.lon, c.confidence)
            for c in ranked[:MAX_ALTERNATIVES]
        ),
    )
