"""The places an address in doubt may mean, for a person to choose from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form import normalise
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.geocoding.result import Alternative, Geocoder, GeocodeResult

MAX_CANDIDATES = 9
"""As many as one digit can name."""

NEIGHBOURS = (0, -2, 2, -1, 1, -4, 4)
"""How far the numbers of neighbouring houses are looked for: those of the same side first."""

ALTERNATIVE_M = {Level.HOUSE: 20.0, Level.NEAR: 100.0, Level.STREET: 1000.0}
"""The radius taken for an alternative whose name leads to several places, by level."""

_SETTLEMENT_M = 10_000.0
_HOUSES_A_NUMBER = 2
_STREETS_SEARCHED = 2
_LEADING = re.compile(r"\D{0,3}(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place an address may mean: WGS 84 degrees, radius in metres that holds it.

    `key` is its lasting key in the gazetteer, empty where several places bear its name.
    """

    label: str
    level: Level
    lat: float
    lon: float
    uncertainty_m: float
    key: str


def candidates(
    geocoder: Geocoder, normal_form: str, limit: int = MAX_CANDIDATES
) -> list[Candidate]:
    """Give the places an address may mean, the likeliest first.

    What the geocoder found or could not tell apart, the nearest houses of its streets where it
    found no house, and then what a person who begins to type this address is offered. `geocoder`
    is one without decisions, else it answers with what somebody decided.
    """
    found: dict[tuple[str, float, float], Candidate] = {}
    for one in _in_order(geocoder, normal_form, limit):
        found.setdefault((one.key or one.label, one.lat, one.lon), one)
        if len(found) == limit:
            break
    return list(found.values())


def candidate_of(place: GeocodeResult) -> Candidate | None:
    """Give an answer as a candidate, None where it names no one place."""
    if place.lat is None or place.lon is None:
        return None
    return Candidate(
        place.matched or place.normal_form, place.level, place.lat, place.lon,
        place.uncertainty_m or 0.0, place.key,
    )  # fmt: skip


def _in_order(geocoder: Geocoder, normal_form: str, limit: int) -> Iterator[Candidate]:
    answer, form = geocoder.geocode(normal_form), normalise(normal_form)
    first = candidate_of(answer)
    told = [first] if first is not None else []
    told += [_alternative(geocoder, other) for other in answer.alternatives]
    number = _LEADING.match(form.house)
    streets = [one.label for one in told if one.level is Level.STREET]
    streets += [one.label.rpartition(", ")[0] for one in told if one.level is Level.NEAR]
    yield from (one for one in told if one.level is not Level.SETTLEMENT)
    if number is not None:
        for street in list(dict.fromkeys(streets))[:_STREETS_SEARCHED]:
            yield from _neighbours(geocoder, street, int(number[1]))
    begun = replace(form, house="").text if form.street else ""
    for suggested in geocoder.suggest(begun, limit) if begun else ():
        place = candidate_of(geocoder.geocode(suggested.value))
        if place is not None:
            yield place
    yield from (one for one in told if one.level is Level.SETTLEMENT)


def _alternative(geocoder: Geocoder, other: Alternative) -> Candidate:
    """Give an alternative by its name where that leads there, else by its coordinates alone."""
    named = candidate_of(geocoder.geocode(other.label))
    if named is not None and (named.lat, named.lon) == (other.lat, other.lon):
        return named
    radius_m = ALTERNATIVE_M.get(other.level, _SETTLEMENT_M)
    return Candidate(other.label, other.level, other.lat, other.lon, radius_m, "")


def _neighbours(geocoder: Geocoder, street: str, number: int) -> Iterator[Candidate]:
    for step in NEIGHBOURS:
        wanted, kept = number + step, 0
        for suggested in geocoder.suggest(f"{street}, {wanted}") if wanted > 0 else ():
            place = geocoder.geocode(suggested.value)
            house = _LEADING.match(normalise(suggested.value).house)
            one = candidate_of(place)
            if one is None or house is None or int(house[1]) != wanted:
                continue
            yield one
            kept += 1
            if kept == _HOUSES_A_NUMBER:
                break
