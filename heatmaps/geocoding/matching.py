"""The search for what an address means: the rungs from its settlement to its street and house."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heatmaps.geocoding.answer import answered, is_better, is_doubted
from heatmaps.geocoding.last_resort import LastResort
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.geocoding.town_table import CITY_MISSING, DEFAULT_CITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heatmaps.geocoding.answer import Candidate
    from heatmaps.geocoding.normal_form import NormalForm, StreetName
    from heatmaps.geocoding.places import Places
    from heatmaps.geocoding.street_table import StreetTable
    from heatmaps.geocoding.town_table import Towns
    from heatmaps.geocoding.towns_named import TownsNamed

SURE_READING = 0.98
"""From this confidence on an address is not read in other ways too."""
READINGS_APART = 0.05
"""A later reading must be surer than an earlier one by more than this."""

JUNK = "junk"
IN_VAIN = frozenset({"street_not_found", "no_street"})
"""Faults of an address whose street was not understood."""
TRANSLITERATED = "transliterated"
_LATIN = re.compile("[a-z]")
_NOT_NAMED = frozenset({CITY_MISSING, DEFAULT_CITY})
"""Changes that tell that the address names no settlement."""


class Matching:
    """Finds what the readings of an address mean in one gazetteer."""

    def __init__(self, towns: TownsNamed, streets: StreetTable, places: Places) -> None:
        self._towns = towns
        self._streets = streets
        self._places = places
        self._last_resort = LastResort(towns, streets, places)

    def plain(self, forms: Sequence[NormalForm]) -> GeocodeResult | None:
        """Give the house where settlement, street and number are written as the gazetteer has them.

        That is what `best` gives, sooner; None where the address may mean anything else.
        """
        form = forms[0]
        if form.faults or not form.house or not form.street.core:
            return None
        towns = self._towns.named(form)
        if not towns.settlements:
            return None
        found = self._streets.find(form.street, towns.settlements)
        if len(found) != 1 or (form.changes and is_doubted(form)):
            return None
        if len(forms) > 1 and found[0].confidence * towns.confidence < SURE_READING:
            return None
        return self._places.house_itself(form, towns, found[0])

    def best(self, address: str, forms: Sequence[NormalForm]) -> tuple[NormalForm, GeocodeResult]:
        """Give the first reading that leads to a house, else that which leads closest to one."""
        form = forms[0]
        best = self._matched(form)
        for other in forms[1:]:
            if best.level is Level.HOUSE and best.confidence >= SURE_READING:
                break
            found = self._matched(other)
            if is_better(found, best) or _is_surer(found, best):
                form, best = other, found
        in_vain = best.level is Level.NONE or not IN_VAIN.isdisjoint(best.faults)
        if in_vain and JUNK not in best.faults:
            return form, self._last_resort.better(address, form, best)
        return form, best

    def prepare(self, forms: Iterable[NormalForm]) -> None:
        """Look up at once what the slower rungs will ask for, one by one, of these readings."""
        named = [form for form in forms if JUNK not in form.faults]
        self._towns.prepare(named)
        self._streets.prepare(
            (form.street, towns.settlements, TRANSLITERATED in form.changes)
            for form in named
            if form.street and (towns := self._towns.named(form)).settlements
        )

    def _matched(self, form: NormalForm) -> GeocodeResult:
        if JUNK in form.faults:
            return GeocodeResult(Level.NONE, changes=form.changes, faults=(JUNK,))
        text = form.text
        towns, street, candidates = self._search(form, text)
        faults = form.faults + towns.faults if towns.faults else form.faults
        if not candidates:
            if street:
                faults = (*faults, "street_not_found")
            candidates = self._places.settlements(towns)
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
        latin = self._streets.has_latin or TRANSLITERATED in form.changes
        return latin or bool(_LATIN.search(text))

    def _exactly(self, form: NormalForm, towns: Towns, street: StreetName) -> list[Candidate]:
        if not street:
            return self._places.streetless(form, towns)
        found = self._streets.find(street, towns.settlements)
        return self._places.on_streets(form, towns, found) if found else []

    def _nearly(
        self, form: NormalForm, towns: Towns, street: StreetName, *, by_sound: bool
    ) -> list[Candidate]:
        named = bool(towns.settlements) and _NOT_NAMED.isdisjoint(towns.changes)
        found = self._streets.find_like(street, towns.settlements, by_sound=by_sound, may_add=named)
        return self._places.on_streets(form, towns, found) if found else []


def _is_surer(one: GeocodeResult, other: GeocodeResult) -> bool:
    """Tell whether a house is more likely meant than another one."""
    both = one.level is other.level is Level.HOUSE
    return both and one.confidence > other.confidence + READINGS_APART
