"""Decisions of people on what addresses mean, looked up by normal form before any matching."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.geocoding.doubt import JUNK
from heatmaps.geocoding.normal_form import NORM_VERSION, Place, normalise
from heatmaps.geocoding.result import GeocodeResult, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.geocoding.normal_form import NormalForm

DECIDED = "decided"
"""The change that says: a person decided what this address means."""

POINT_M = 50.0
"""How exact a point of the map is taken to be unless told."""

DECIDED_PLACE_GONE = "decided_place_gone"
"""The change that says: the gazetteer no longer holds the place that was decided."""

MAX_LAT, MAX_LON = 90.0, 180.0

_TELLS_NAMESAKES = 4
"""From this version on a normal form says of what kind a settlement is, and a name's initials."""

_SURE = 1.0
_LEVELS = ((50.0, Level.HOUSE), (200.0, Level.NEAR), (2000.0, Level.STREET))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided that an address means: a place, or that it is none (level none).

    `normal_form` is the address as it was understood by version `norm_version` of the normaliser,
    `number` the decision's own in the store. A candidate of the gazetteer has its lasting `key`
    and moves with it; `lat`, `lon` (WGS 84 degrees) are where it stood last, or the point of the
    map that was picked. `uncertainty_m` is the radius in metres that holds the place.

    An address that names no settlement means another place in another city: then the decision
    holds only where `default_city` is the one in force (empty where there is none); None where
    the address says itself where it lies.
    """

    normal_form: str
    level: Level
    label: str = ""
    key: str | None = None
    lat: float | None = None
    lon: float | None = None
    uncertainty_m: float | None = None
    number: int = 0
    norm_version: int = NORM_VERSION
    default_city: str | None = None

    @classmethod
    def picked(cls, normal_form: str, candidate: Candidate) -> Decision:
        """Give the decision that an address means this candidate."""
        return cls(
            normal_form, candidate.level, candidate.label, candidate.key or None, candidate.lat,
            candidate.lon, candidate.uncertainty_m,
        )  # fmt: skip

    @classmethod
    def pointed(
        cls, normal_form: str, lat: float, lon: float, uncertainty_m: float = POINT_M
    ) -> Decision:
        """Give the decision that an address stands at a point of the map, WGS 84 degrees.

        Raises UsageError where that is no point of the Earth, or 0, 0, which stands in files for
        none, or where `uncertainty_m` is no radius.
        """
        if not (abs(lat) <= MAX_LAT and abs(lon) <= MAX_LON):
            message = (
                f"{lat}, {lon} is no point of the Earth; give latitude and longitude in degrees."
            )
            raise UsageError(message)
        if lat == lon == 0:
            message = "0, 0 stands for an unknown point; give the address's own in degrees."
            raise UsageError(message)
        if not 0 < uncertainty_m < math.inf:
            message = f"{uncertainty_m} m is no radius; give metres above zero."
            raise UsageError(message)
        level = next(
            (level for reach_m, level in _LEVELS if uncertainty_m <= reach_m), Level.SETTLEMENT
        )
        label = f"{lat:.5f}, {lon:.5f}"
        return cls(normal_form, level, label, None, lat, lon, uncertainty_m)

    @classmethod
    def junk(cls, normal_form: str) -> Decision:
        """Give the decision that an address names no place."""
        return cls(normal_form, Level.NONE)

    @property
    def is_junk(self) -> bool:
        """Tell whether the address was said to name no place at all."""
        return self.level is Level.NONE

    def means(self, other: Decision) -> bool:
        """Tell whether another decision says the same of the same address."""
        return self._said() == other._said()

    def answer(self, form: NormalForm, known: GeocodeResult | None) -> GeocodeResult:
        """Give the result for an address so decided.

        `known` is the place of `key` as the gazetteer has it now; where that has gone the place
        stays where it was last, and the answer says so.
        """
        changes = (*form.changes, DECIDED)
        if self.is_junk:
            return GeocodeResult(
                Level.NONE, normal_form=form.text, changes=changes, faults=(*form.faults, JUNK)
            )
        if self.key and known is None:
            changes = (*changes, DECIDED_PLACE_GONE)
        place = known or self
        return GeocodeResult(
            self.level,
            place.lat,
            place.lon,
            self._uncertainty_m(known),
            _SURE,
            form.text,
            known.matched if known else self.label,
            changes,
            form.faults,
            key=self.key or "",
        )

    def _uncertainty_m(self, known: GeocodeResult | None) -> float | None:
        """Give the place's own radius, but of a neighbour no less than the way to it.

        What the gazetteer has lost is known no better than a point of the map.
        """
        if known is None and self.key:
            return max(POINT_M, self.uncertainty_m or 0.0)
        if known is None or known.uncertainty_m is None:
            return self.uncertainty_m
        if self.level is Level.NEAR:
            return max(known.uncertainty_m, self.uncertainty_m or 0.0)
        return known.uncertainty_m

    def _said(self) -> tuple[object, ...]:
        place = self.key or (self.lat, self.lon, self.uncertainty_m)
        return self.normal_form, self.default_city, self.level, None if self.is_junk else place


class Aliases:
    """The decisions in force, by the text of the normal form; of two on one address the later.

    One made with an older normaliser is found by what its address would be read as today.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_form: dict[tuple[str, str | None], Decision] = {}
        self._older: dict[tuple[str, str | None], Decision] = {}
        for decision in decisions:
            city = decision.default_city
            self._by_form[decision.normal_form, city] = decision
            if decision.norm_version != NORM_VERSION:
                self._by_form[normalise(decision.normal_form).text, city] = decision
            if decision.norm_version < _TELLS_NAMESAKES:
                self._older[_less_told(decision.normal_form), city] = decision

    def get(self, normal_form: str, default_city: str = "", /) -> Decision | None:
        """Give the decision on this address where `default_city` is in force, None without one."""
        said = self._by_form.get((normal_form, None))
        said = said or self._by_form.get((normal_form, default_city))
        if said or not self._older:
            return said
        told = _less_told(normal_form)
        return self._older.get((told, None)) or self._older.get((told, default_city))

    def __len__(self) -> int:
        """Give the number of normal forms decided, each in its city."""
        return len(self._by_form)


@lru_cache(maxsize=65_536)
def _less_told(normal_form: str) -> str:
    """Give a normal form as it was before it told kinds of settlements, districts and initials."""
    form = normalise(normal_form)
    places = tuple(Place(place.name) for place in form.places) if form.street else form.places
    street = replace(form.street, initials="")
    return replace(form, places=places, street=street, district="").text
