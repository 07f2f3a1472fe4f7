"""The places of an address on the streets that it may mean: houses, streets, settlements."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.answer import KORPUS_GUESSED, Candidate, are_ambiguous
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.house_table import EXACTLY
from heatmaps.geocoding.normal_form import NormalForm
from heatmaps.geocoding.result import Alternative, GeocodeResult, Level
from heatmaps.geocoding.street_table import FoundStreet
from heatmaps.geocoding.town_table import CITY_MISSING, Towns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.house_table import FoundHouse, HouseTable
    from heatmaps.geocoding.street_table import StreetTable
    from heatmaps.geocoding.town_table import TownTable

HOUSE_M = 20.0
NEAR_M = 100.0

STREET_ONLY = 0.7
"""Confidence that the street is right when the house on it is not known."""
SETTLEMENT_ONLY = 0.5
KORPUS_FROM_LIST = 0.85
MOST_CANDIDATES = 10
"""So many places are weighed; an address that may mean more of them is ambiguous anyway."""
_SETTLEMENT_PARTS = 2
_STREET_PARTS = 3
_STREETS_KEPT = 16_384
_ROUNDING = 1e-6


class Places:
    """Candidates for an answer, and the names and lasting keys of places."""

    def __init__(self, towns: TownTable, streets: StreetTable, houses: HouseTable) -> None:
        self._towns = towns
        self._streets = streets
        self._street_count = len(streets)
        self._houses = houses
        self._told = lru_cache(maxsize=_STREETS_KEPT)(self._told_of)

    def on_streets(
        self, form: NormalForm, towns: Towns, found: Sequence[FoundStreet]
    ) -> list[Candidate]:
        """Give the places on these streets; of very many the likeliest, with the house if any."""
        if len(found) < 2:  # noqa: PLR2004, one is not ambiguous
            return [self._on_street(form, towns, one) for one in found]
        if len(found) > MOST_CANDIDATES:
            found = self._likeliest(form, found)
        least = _least_to_choose(
            [(f.confidence, self._streets.settlement[f.street]) for f in found]
        )
        return [
            self._on_street(form, towns, one, to_choose=one.confidence >= least) for one in found
        ]

    def house_itself(
        self, form: NormalForm, towns: Towns, found: FoundStreet
    ) -> GeocodeResult | None:
        """Give the answer for an address, not doubted, whose very house stands on a street."""
        number = form.house
        row = self._houses.exact(found.street, number)
        if row is None:
            return None
        label, key, _ = self._told(found.street)
        return GeocodeResult(
            Level.HOUSE,
            self._houses.lat[row],
            self._houses.lon[row],
            HOUSE_M,
            towns.confidence * found.confidence,
            form.text,
            f"{label}, {number}",
            form.changes + towns.changes + found.changes,
            towns.faults,
            (),
            f"{key}|{number}",
        )

    def streetless(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        """Give the houses of that number that stand in their settlement without a street."""
        candidates = []
        for town in _named(towns) if form.house else ():
            nowhere = self._nowhere_in(town)
            place = nowhere.street
            house = self._houses.find(place, form.house)
            if house is None or house.near:
                house = self._houses.find_korpus(place, form.house) or house
            if house is not None:
                candidates.append(self._house(form, house, nowhere, towns))
        return candidates

    def settlements(self, towns: Towns) -> list[Candidate]:
        """Give the settlements named themselves as what may be meant."""
        return [self.settlement(town, towns) for town in _named(towns)]

    def settlement(self, town: int, towns: Towns) -> Candidate:
        """Give a settlement itself as what is meant."""
        table = self._towns
        return Candidate(
            Level.SETTLEMENT,
            table.lat[town],
            table.lon[town],
            table.uncertainty_m[town],
            SETTLEMENT_ONLY * towns.confidence,
            table.label(town),
            towns.changes,
            table.key(town),
            towns.confidence,
            town,
        )

    def of_key(self, key: str) -> Candidate | None:
        """Give the place that has this lasting key, None where the gazetteer does not hold it."""
        parts = key.split("|")
        town = self._towns.of_key("|".join(parts[:_SETTLEMENT_PARTS]))
        if town is None:
            return None
        whole, towns = NormalForm(), Towns((town,))
        if len(parts) == _SETTLEMENT_PARTS:
            return self.settlement(town, towns)
        street = self._streets.of_key(town, parts[2]) if parts[2] else None
        if parts[2] and street is None:
            return None
        found = FoundStreet(street, 1.0, ()) if street is not None else self._nowhere_in(town)
        if len(parts) == _STREET_PARTS:
            return self._on_street(whole, towns, found) if parts[2] else None
        row = self._houses.exact(found.street, parts[3])
        if row is None:
            return None
        return self._house(whole, self._houses.exactly(row), found, towns)

    def label(self, street: int, number: str | None = None) -> str:
        """Give the name of a street, or of a house on it, with its settlement."""
        label, _, _ = self._told(street)
        return f"{label}, {number}" if number else label

    def _likeliest(self, form: NormalForm, found: Sequence[FoundStreet]) -> list[FoundStreet]:
        """Give the likeliest of many streets: those with the house, then by town and name."""
        town_of, label, name = self._streets.settlement, self._towns.label, self._streets.name
        behind: tuple[Callable[[FoundStreet], Any], ...] = (
            lambda one: -one.confidence,
            lambda one: not form.house or self._houses.exact(one.street, form.house) is None,
            lambda one: label(town_of[one.street]),
            lambda one: name[one.street],
        )
        chosen, tied = list[FoundStreet](), list(found)
        for key in behind:
            room = MOST_CANDIDATES - len(chosen)
            if len(tied) <= room:
                break
            keyed = [(key(one), one) for one in tied]
            last = sorted(place for place, _ in keyed)[room - 1]
            chosen += [one for place, one in keyed if place < last]
            tied = [one for place, one in keyed if place == last]
        return [*chosen, *tied[: MOST_CANDIDATES - len(chosen)]]

    def _nowhere_in(self, town: int) -> FoundStreet:
        """Give the street on which the houses of a settlement stand that have none."""
        return FoundStreet(self._street_count + town, 1.0, ())

    def _on_street(
        self, form: NormalForm, towns: Towns, found: FoundStreet, *, to_choose: bool = True
    ) -> Candidate:
        """Give the place on a street; without key and neighbours where it will not be chosen."""
        table, street = self._streets, found.street
        house = self._houses.find(street, form.house) if form.house else None
        if house is not None:
            return self._house(form, house, found, towns, to_choose=to_choose)
        label, key, town = self._told(street)
        changes = towns.changes + found.changes
        share = found.confidence * towns.confidence
        return Candidate(
            Level.STREET,
            table.lat[street],
            table.lon[street],
            table.uncertainty_m[street],
            STREET_ONLY * share,
            label,
            (*changes, "house_unknown") if form.house else changes,
            key,
            share,
            town,
        )

    def _house(
        self,
        form: NormalForm,
        house: FoundHouse,
        found: FoundStreet,
        towns: Towns,
        *,
        to_choose: bool = True,
    ) -> Candidate:
        table, row, rung = self._houses, house.row, house.rung
        lat, lon = table.lat[row], table.lon[row]
        uncertainty_m = NEAR_M if house.near else HOUSE_M
        if house.equals:
            uncertainty_m = max(uncertainty_m, self._spread_m(house, lat, lon))
        share = towns.confidence * found.confidence
        confidence = rung.confidence * share
        if form.changes and KORPUS_GUESSED in form.changes:
            confidence = min(confidence, KORPUS_FROM_LIST)
        label, key, town = self._told(found.street)
        number = table.number(row)
        beside = to_choose and rung is not EXACTLY
        return Candidate(
            Level.NEAR if house.near or uncertainty_m > NEAR_M else Level.HOUSE,
            lat,
            lon,
            uncertainty_m,
            confidence,
            f"{label}, {number}",
            towns.changes + found.changes + rung.changes,
            f"{key}|{number}" if to_choose else "",
            share,
            town,
            self._beside(form, house, found, share) if beside else (),
        )

    def _beside(
        self, form: NormalForm, house: FoundHouse, found: FoundStreet, share: float
    ) -> tuple[Alternative, ...]:
        """Give the houses of the same leading number, where not the very one was found."""
        table = self._houses
        return tuple(
            Alternative(
                self.label(found.street, table.number(other.row)),
                Level.NEAR if other.near else Level.HOUSE,
                table.lat[other.row],
                table.lon[other.row],
                other.rung.confidence * share,
            )
            for other in table.runners_up(found.street, form.house, house)
        )

    def _spread_m(self, house: FoundHouse, lat: float, lon: float) -> float:
        rows = house.equals
        others_lat = np.array([self._houses.lat[row] for row in rows])
        others_lon = np.array([self._houses.lon[row] for row in rows])
        return float(distance_m(others_lat, others_lon, lat, lon).max())

    def _told_of(self, street: int) -> tuple[str, str, int]:
        """Give a street's label, lasting key and settlement; or those of houses without one."""
        towns = self._towns
        if street >= self._street_count:
            town = street - self._street_count
            return towns.label(town), f"{towns.key(town)}|", town
        town = self._streets.settlement[street]
        name, key = self._streets.name[street], self._streets.key[street]
        return f"{towns.label(town)}, {name}", f"{towns.key(town)}|{key}", town


def _named(towns: Towns) -> tuple[int, ...]:
    """Give the settlements that an address names: none where it tells but the region."""
    return () if CITY_MISSING in towns.changes else towns.settlements or ()


def _least_to_choose(streets: Sequence[tuple[float, int]]) -> float:
    """Give the share from which on one of several streets, given with towns, may be chosen."""
    if are_ambiguous(streets):
        return float("inf")
    return max(share for share, _ in streets) * (1 - shares.CLOSE_ELSEWHERE) - _ROUNDING
