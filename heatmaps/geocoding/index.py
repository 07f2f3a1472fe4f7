"""The gazetteer in memory, and the matching of addresses against it."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from heatmaps.geocoding.answer import Candidate, answered, are_ambiguous, is_better
from heatmaps.geocoding.coordinates import read_coordinates
from heatmaps.geocoding.fingerprints import ignored_places, shared_form
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.house_table import EXACTLY, HouseTable, pack_houses
from heatmaps.geocoding.last_resort import LastResort
from heatmaps.geocoding.normal_form import NormalForm, StreetName, readings
from heatmaps.geocoding.result import Alternative, GeocodeResult, Level, Suggestion
from heatmaps.geocoding.street_table import FoundStreet, StreetTable, pack_streets
from heatmaps.geocoding.suggestions import Completion, pack_completion
from heatmaps.geocoding.town_table import Towns, TownTable, pack_towns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.crew import Crew
    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.house_table import FoundHouse
    from heatmaps.geocoding.packed import Arrays

HOUSE_M = 20.0
NEAR_M = 100.0

STREET_ONLY = 0.7
"""Confidence that the street is right when the house on it is not known."""
SETTLEMENT_ONLY = 0.5
KORPUS_FROM_LIST = 0.85
SURE_READING = 0.98
"""From this confidence on an address is not read in other ways too."""
READINGS_APART = 0.05
"""A later reading must be surer than an earlier one by more than this."""
MOST_CANDIDATES = 10
"""So many places are weighed; an address that may mean more of them is ambiguous anyway."""
_SETTLEMENT_PARTS = 2
_STREET_PARTS = 3
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


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

    def get(self, normal_form: str, default_city: str, /) -> Decision | None:
        """Give the decision on this address in that default city, None where there is none."""
        ...


def build_index(
    gazetteer: Gazetteer,
    default_city: str | None = None,
    aliases: Aliases | None = None,
) -> GazetteerIndex:
    """Give the index of a gazetteer; addresses that name no city are looked for in `default_city`.

    What `aliases` decide goes before what the gazetteer says. Raises UsageError where that city is
    not in the gazetteer.
    """
    return GazetteerIndex(pack_gazetteer(gazetteer), default_city, aliases)


def pack_gazetteer(gazetteer: Gazetteer) -> Arrays:
    """Give all that an index looks up, in packed arrays."""
    streets, towns = pack_streets(gazetteer.streets), pack_towns(gazetteer.settlements)
    houses = pack_houses(gazetteer.houses, len(gazetteer.streets), len(gazetteer.settlements))
    return {**towns, **streets, **houses, **pack_completion(gazetteer.streets)}


class GazetteerIndex:
    """A `Geocoder` over the packed arrays of one gazetteer; two of one gazetteer answer alike."""

    def __init__(
        self,
        arrays: Mapping[str, NDArray[Any]],
        default_city: str | None = None,
        aliases: Aliases | None = None,
    ) -> None:
        self._arrays = arrays
        self._aliases = aliases
        self._streets = StreetTable(arrays)
        self._street_count = len(self._streets)
        self._houses = HouseTable(arrays)
        self._towns = TownTable(arrays, default_city)
        self._last_resort = LastResort(self._towns, self._streets, self)
        self._completion: Completion | None = None
        self._crew: Crew | None = None

    def with_crew(self, crew: Crew | None) -> GazetteerIndex:
        """Give an index over the same gazetteer that shares large batches with a crew."""
        other = copy(self)
        other._crew = crew  # noqa: SLF001 - of our own class
        return other

    def with_aliases(self, aliases: Aliases | None) -> GazetteerIndex:
        """Give an index over the same gazetteer with these decisions; nothing is built again."""
        other = copy(self)
        other._aliases = aliases  # noqa: SLF001 - of our own class
        return other

    @property
    def default_city(self) -> str:
        """The normal form of the city in which addresses without one lie, empty without any."""
        default = self._towns.default
        return self._towns.key(default[0]).partition("|")[0] if default else ""

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address; `city` is what a structured column said."""
        typed = read_coordinates(address)
        if typed is not None:
            return typed
        form, best = self._best_reading(address, city)
        decision = self._decision(address, city, best)
        return (self._decided(form, decision, best) if decision else None) or best

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order, equal to `geocode` of each.

        Raises ValueError where there are not as many cities as addresses.
        """
        pairs = list(zip(addresses, cities, strict=True))
        different = list(dict.fromkeys(pairs))
        if self._crew is not None and self._crew.is_worth(len(different)):
            found = self._crew.geocode(different, self._geocode_alone)
            found = [
                one if self._decision(*pair, one) is None else self.geocode(*pair)
                for pair, one in zip(different, found, strict=True)
            ]
        else:
            found = self._geocode_alone(different)
        answers = dict(zip(different, found, strict=True))
        return [answers[pair] for pair in pairs]

    def place_of(self, key: str) -> GeocodeResult | None:
        """Give the place that has this lasting key, None where the gazetteer does not hold it."""
        parts = key.split("|")
        town = self._towns.of_key("|".join(parts[:_SETTLEMENT_PARTS]))
        if town is None:
            return None
        found = self._keyed(town, parts)
        return answered(NormalForm(), "", [found], ()) if found else None

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give up to `limit` completions of `text`, the likeliest first.

        Streets first; once a street is complete and a number begins, its houses.
        """
        if self._completion is None:
            self._completion = Completion(self._arrays, self._streets, self._houses, self._towns)
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
        value = self._label(street, None if row is None else self._houses.number(row))
        answer = self.geocode(value)
        level = Level.STREET if row is None else Level.HOUSE
        table = self._streets if row is None else self._houses
        at = street if row is None else row
        lat, lon = table.lat[at], table.lon[at]
        if (answer.level, answer.lat, answer.lon) != (level, lat, lon):
            return None
        return Suggestion(value, level, lat, lon)

    def _geocode_alone(self, pairs: Sequence[tuple[str, str | None]]) -> list[GeocodeResult]:
        return [self.geocode(*pair) for pair in pairs]

    def _best_reading(self, address: str, city: str | None) -> tuple[NormalForm, GeocodeResult]:
        """Give the first reading that leads to a house, else that which leads closest to one."""
        best: tuple[NormalForm, GeocodeResult] | None = None
        for form in readings(address, city):
            if "junk" in form.faults:
                found = GeocodeResult(Level.NONE, changes=form.changes, faults=("junk",))
            else:
                found = self._matched(form, form.text)
            if best is None or is_better(found, best[1]) or _is_surer(found, best[1]):
                best = form, found
            if found.level is Level.HOUSE and found.confidence >= SURE_READING:
                break
        assert best is not None  # noqa: S101 - an address has at least one reading
        form, found = best
        in_vain = found.level is Level.NONE or "street_not_found" in found.faults
        if in_vain and "junk" not in found.faults:
            return form, self._last_resort.better(address, form, found)
        return best

    def _decision(self, address: str, city: str | None, best: GeocodeResult) -> Decision | None:
        """Give what a person decided of any reading of this address, of the likeliest first.

        Which reading is the best one changes with the gazetteer; Cyrillic has but one.
        """
        if not self._aliases:
            return None
        texts = list(dict.fromkeys((best.normal_form, shared_form(best))))
        if not _CYRILLIC.search(address):
            texts = [*(form.text for form in readings(address, city)), *texts]
        found = (self._aliases.get(text, self.default_city) for text in texts if text)
        return next((decision for decision in found if decision), None)

    def _decided(
        self, form: NormalForm, decision: Decision, best: GeocodeResult
    ) -> GeocodeResult | None:
        """Give what was decided, still saying which words were ignored: they are no decision's."""
        answer = decision.answer(form, self.place_of(decision.key) if decision.key else None)
        ignored = ignored_places(best)
        return replace(answer, changes=ignored + answer.changes) if answer and ignored else answer

    def _matched(self, form: NormalForm, text: str) -> GeocodeResult:
        towns, street, candidates = self._search(form, text)
        faults = (*form.faults, *towns.faults) if towns.faults else form.faults
        if not candidates:
            if street:
                faults = (*faults, "street_not_found")
            candidates = [self.settlement(town, towns) for town in towns.settlements or ()]
        if not candidates:
            return GeocodeResult(Level.NONE, normal_form=text, changes=form.changes, faults=faults)
        return answered(form, text, candidates, faults)

    def _search(self, form: NormalForm, text: str) -> tuple[Towns, StreetName, list[Candidate]]:
        """Give where was looked, for which street, and what was found there."""
        towns = self._towns.named(form)
        known = towns.settlements != ()
        found = self._exactly(form, towns, form.street) if known else []
        if found:
            return towns, form.street, found
        by_sound = self._by_sound(form, text)
        if not form.places_named:
            for inner, street in self._towns.in_street(form):
                found = self._exactly(form, inner, street) or self._nearly(
                    form, inner, street, by_sound=by_sound
                )
                if found or not street:
                    return inner, street, found
        if known:
            found = self._nearly(form, towns, form.street, by_sound=by_sound)
            if found:
                return towns, form.street, found
        if not form.places_named:
            for inner, street in self._towns.like_in_street(form, by_sound=by_sound):
                found = self._exactly(form, inner, street)
                if found:
                    return inner, street, found
        return towns, form.street, []

    def _by_sound(self, form: NormalForm, text: str) -> bool:
        """Tell whether query or gazetteer may be written in another script than the other."""
        latin = self._streets.has_latin or "transliterated" in form.changes
        return latin or bool(_LATIN.search(text))

    def _exactly(self, form: NormalForm, towns: Towns, street: StreetName) -> list[Candidate]:
        if not street:
            return self.streetless(form, towns)
        return self.on_streets(form, towns, self._streets.find(street, towns.settlements))

    def _nearly(
        self, form: NormalForm, towns: Towns, street: StreetName, *, by_sound: bool
    ) -> list[Candidate]:
        named = bool(towns.settlements) and "default_city" not in towns.changes
        found = self._streets.find_like(street, towns.settlements, by_sound=by_sound, may_add=named)
        return self.on_streets(form, towns, found)

    def on_streets(
        self, form: NormalForm, towns: Towns, found: Sequence[FoundStreet]
    ) -> list[Candidate]:
        """Give the places on these streets; of very many the likeliest, with the house if any."""
        if len(found) > MOST_CANDIDATES:
            found = self._likeliest(form, found)
        if len(found) < 2:  # noqa: PLR2004, one is not ambiguous
            return [self._on_street(form, towns, one) for one in found]
        ambiguous = are_ambiguous(
            [(f.confidence, self._streets.settlement[f.street]) for f in found]
        )
        return [self._on_street(form, towns, one, to_choose=not ambiguous) for one in found]

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

    def streetless(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        """Give the houses of that number that stand in their settlement without a street."""
        candidates = []
        for town in towns.settlements or () if form.house else ():
            nowhere = self._nowhere_in(town)
            place = nowhere.street
            house = self._houses.find(place, form.house)
            if house is None or house.near:
                house = self._houses.find_korpus(place, form.house) or house
            if house is not None:
                candidates.append(self._house(form, house, nowhere, towns))
        return candidates

    def _nowhere_in(self, town: int) -> FoundStreet:
        """Give the street on which the houses of a settlement stand that have none."""
        return FoundStreet(self._street_count + town, 1.0, ())

    def _keyed(self, town: int, parts: Sequence[str]) -> Candidate | None:
        """Give the place that the parts of a lasting key name in a settlement."""
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

    def _on_street(
        self,
        form: NormalForm,
        towns: Towns,
        found: FoundStreet,
        *,
        to_choose: bool = True,
    ) -> Candidate:
        """Give the place on a street; without key and neighbours where it will not be chosen."""
        table, street = self._streets, found.street
        house = self._houses.find(street, form.house) if form.house else None
        if house is not None:
            return self._house(form, house, found, towns, to_choose=to_choose)
        town = table.settlement[street]
        changes = (*towns.changes, *found.changes)
        share = found.confidence * towns.confidence
        return Candidate(
            Level.STREET,
            table.lat[street],
            table.lon[street],
            table.uncertainty_m[street],
            STREET_ONLY * share,
            self._label(street, None),
            (*changes, "house_unknown") if form.house else changes,
            f"{self._towns.key(town)}|{table.key[street]}",
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
        if "korpus_from_list" in form.changes:
            confidence = min(confidence, KORPUS_FROM_LIST)
        town, number, key = self._town_of(found.street), table.number(row), ""
        beside: tuple[Alternative, ...] = ()
        if to_choose:
            on_street = self._streets.key[found.street] if found.street < self._street_count else ""
            key = f"{self._towns.key(town)}|{on_street}|{number}"
            if rung is not EXACTLY:
                beside = self._beside(form, house, found, share)
        return Candidate(
            Level.NEAR if house.near or uncertainty_m > NEAR_M else Level.HOUSE,
            lat,
            lon,
            uncertainty_m,
            confidence,
            self._label(found.street, number),
            towns.changes + found.changes + rung.changes,
            key,
            share,
            town,
            beside,
        )

    def _beside(
        self, form: NormalForm, house: FoundHouse, found: FoundStreet, share: float
    ) -> tuple[Alternative, ...]:
        """Give the houses of the same leading number, where not the very one was found."""
        table = self._houses
        return tuple(
            Alternative(
                self._label(found.street, table.number(other.row)),
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

    def settlement(self, town: int, towns: Towns) -> Candidate:
        """Give a settlement itself as what is meant."""
        table = self._towns
        return Candidate(
            Level.SETTLEMENT,
            table.lat[town],
            table.lon[town],
            table.uncertainty_m[town],
            SETTLEMENT_ONLY * towns.confidence,
            self._town_label(town, None),
            towns.changes,
            table.key(town),
            towns.confidence,
            town,
        )

    def _town_of(self, street: int) -> int:
        """Give the settlement of a street, or of the houses that have none."""
        known = street < self._street_count
        return self._streets.settlement[street] if known else street - self._street_count

    def _label(self, street: int, number: str | None) -> str:
        town = self._town_of(street)
        if street >= self._street_count:
            return self._town_label(town, number)
        name = self._streets.name[street]
        return self._town_label(town, f"{name}, {number}" if number else name)

    def _town_label(self, town: int, rest: str | None) -> str:
        name = self._towns.label(town)
        return f"{name}, {rest}" if rest else name


def _is_surer(one: GeocodeResult, other: GeocodeResult) -> bool:
    """Tell whether a house is more likely meant than another one."""
    both = one.level is other.level is Level.HOUSE
    return both and one.confidence > other.confidence + READINGS_APART
