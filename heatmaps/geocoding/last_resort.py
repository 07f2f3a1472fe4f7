"""The search of last resort, by the names that the gazetteer knows, where no reading helped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from heatmaps.geocoding import shares
from heatmaps.geocoding.answer import answered, is_better
from heatmaps.geocoding.known_names import KnownNames
from heatmaps.geocoding.normal_form import StreetName
from heatmaps.geocoding.regions import names_region
from heatmaps.geocoding.result import ACCEPTED, GeocodeResult, Level

if TYPE_CHECKING:
    from heatmaps.geocoding.answer import Candidate
    from heatmaps.geocoding.known_names import Reading
    from heatmaps.geocoding.normal_form import NormalForm
    from heatmaps.geocoding.places import Places
    from heatmaps.geocoding.street_table import StreetTable
    from heatmaps.geocoding.town_table import Towns
    from heatmaps.geocoding.towns_named import TownsNamed

SEVERAL = "several_addresses"
MOST_TOLD = 3
"""So many unread words are told of."""

_FEW = range(1, 6)
"""Settlements all of whose streets are looked through."""
_OF_HOUSES = frozenset({Level.HOUSE, Level.NEAR})


class LastResort:
    """Answers what could not be read, from names that the gazetteer knows."""

    def __init__(self, towns: TownsNamed, streets: StreetTable, places: Places) -> None:
        self._towns = towns
        self._streets = streets
        self._names = KnownNames(towns)
        self._places = places

    def better(self, address: str, form: NormalForm, known: GeocodeResult) -> GeocodeResult:
        """Give an answer that says more than the known one, else that.

        `form` is how the address was read in vain. Where several places are named none is chosen.
        """
        readings = [
            (one, towns)
            for one in self._names.readings(address, form)
            if (towns := self._where(one, form)) is not None
        ]
        text = form.text
        asked = [(_asked(form, one), towns) for one, towns in readings if _may_stand(one)]
        own = [(form, self._towns.named(form))] if form.street else []
        for find, among in (
            (self._exactly, asked),
            (self._in_another_case, asked),
            (self._shortened, own),
            (self._shortened, asked),
            (self._nearly, asked),
        ):
            found = []
            for one, towns in among:
                candidates = find(one, towns)
                if candidates:
                    faults = one.faults + towns.faults
                    found.append(answered(one, text or one.text, candidates, faults))
            best = _one_of(found)
            if best is not None and is_better(best, known):
                return best
        return self._in_misspelt_town(form) or self._only_settlement(readings, form, known)

    def _in_misspelt_town(self, form: NormalForm) -> GeocodeResult | None:
        """Give the house asked for where but one town with a name one slip away has it."""
        if not (form.street and form.house):
            return None
        found = [
            candidate
            for place in form.places
            for towns in self._towns.table.one_slip_from(place.name)
            for candidate in self._exactly(form, towns)
            if candidate.level is Level.HOUSE
        ]
        if len({candidate.town for candidate in found}) != 1:
            return None
        faults = tuple(fault for fault in form.faults if fault != "unknown_settlement")
        return answered(form, form.text, found, faults)

    def _exactly(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        if not form.street:
            return self._places.streetless(form, towns)
        found = self._streets.find(form.street, towns.settlements)
        return self._places.on_streets(form, towns, found)

    def _in_another_case(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        found = self._streets.find_in_case(form.street, towns.settlements)
        return self._places.on_streets(form, towns, found)

    def _shortened(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        if len(towns.settlements or ()) not in _FEW or not form.street.words:
            return []
        found = self._streets.find_shortened(form.street, towns.settlements or ())
        return self._places.on_streets(form, towns, found)

    def _nearly(self, form: NormalForm, towns: Towns) -> list[Candidate]:
        if not form.house or towns.settlements is None:
            return []
        found = self._streets.find_like(
            form.street, towns.settlements, by_sound=False, may_add=False
        )
        return self._places.on_streets(form, towns, found)

    def _where(self, reading: Reading, form: NormalForm) -> Towns | None:
        """Give where a reading tells to look, None where nothing is told and words are unread."""
        if reading.towns is not None:
            towns = self._towns.weighed(form, reading.towns)
        else:
            towns = self._towns.named(form)
            if towns.settlements == () and not reading.unread:
                towns = self._towns.named(_without_places_of_text(form))
            if towns.settlements == () or (
                not towns.settlements and (reading.unread or not reading.street)
            ):
                return None
        if not reading.unread:
            return towns
        told = tuple(f"unread:{word}" for word in reading.unread[:MOST_TOLD])
        return towns._replace(
            confidence=towns.confidence * shares.UNREAD, changes=(*towns.changes, *told)
        )

    def _only_settlement(
        self, readings: list[tuple[Reading, Towns]], form: NormalForm, known: GeocodeResult
    ) -> GeocodeResult:
        if known.level is not Level.NONE:
            return known
        named = {t.settlements: t for one, t in readings if not one.street and one.towns}
        candidates = [
            self._places.settlement(town, towns)
            for towns in named.values()
            for town in towns.settlements or ()
        ]
        if not candidates:
            return known
        faults = _kept_faults(form)
        if any(one.street and one.house for one, _ in readings):
            faults = (*faults, "street_not_found")
        asked = replace(form, street=StreetName(), faults=faults)
        return answered(asked, form.text or asked.text, candidates, asked.faults)


def _asked(form: NormalForm, reading: Reading) -> NormalForm:
    """Give the form that asks for what a reading says."""
    faults = _kept_faults(form)
    if reading.street:
        faults = tuple(fault for fault in faults if fault != "no_street")
    if reading.house:
        faults = tuple(fault for fault in faults if fault != "no_house")
    return replace(form, street=reading.street, house=reading.house, faults=faults)


def _without_places_of_text(form: NormalForm) -> NormalForm:
    """Give the form without the places that the text names, but for a region among them."""
    named, column = form.places[: form.places_named], form.places[form.places_named :]
    region = next((place.name for place in named if names_region(place.name)), "")
    return replace(form, places=column, places_named=0, region=form.region or region)


def _kept_faults(form: NormalForm) -> tuple[str, ...]:
    return tuple(fault for fault in form.faults if fault != SEVERAL)


def _may_stand(reading: Reading) -> bool:
    """Tell whether a house without street is asked for by nothing else than its number."""
    return bool(reading.street) or not any(word[0].isalpha() for word in reading.unread)


def _one_of(found: list[GeocodeResult]) -> GeocodeResult | None:
    """Give the answer that says most, or ambiguous where others say as much of other places."""
    if not found:
        return None
    best = found[0]
    for other in found[1:]:
        if is_better(other, best) or (
            other.level is best.level and other.confidence > best.confidence
        ):
            best = other
    rivals = [
        other
        for other in found
        if other.key != best.key and other.level in _OF_HOUSES and best.level in _OF_HOUSES
    ]
    if not rivals:
        return best
    return GeocodeResult(
        Level.AMBIGUOUS,
        confidence=min(best.confidence / 2, ACCEPTED),
        normal_form=best.normal_form,
        changes=best.changes,
        faults=(*best.faults, SEVERAL),
        alternatives=best.alternatives,
    )
