"""Which rows of a file without boundaries belong to one settlement.

Rows that name a settlement alike are of one, unless they lie farther apart than a settlement
reaches; rows that tell more or less of it (its kind, its region, its district) are of one where
they lie side by side and nothing told contradicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.identity import Described, Identity, identity_of, told_apart
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.patches import Patches, least_gap_m, linked, spot_of
from heatmaps.geocoding.reading import KnownPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from heatmaps.geocoding.patches import Patch, Spot

GAP_M = 20_000.0
"""Rows of one settlement lie no farther from the next of them than this."""

CITY_GAP_M = 150_000.0
"""A city's far parts belong to it: no region has two cities of one name."""

BESIDE_M = 5_000.0
"""Rows that tell different things of a settlement are of one where they lie this near."""

LEAST_ROWS = 0.05
"""Rows far from the others are misplaced, and no namesake's, if they are a smaller share."""

_CITY = "город"
_LARGE_CITIES = frozenset(RUSSIAN.settlement_cases.values())


class Spelling(NamedTuple):
    """How a row names its settlement."""

    city: str
    region: str
    district: str = ""

    @property
    def identity(self) -> Identity:
        """What that tells in normal form."""
        told = identity_of(self.city, "", self.region)
        district = identity_of("", "", self.district).region
        return replace(told, district=district) if district else told


@dataclass(slots=True)
class _Site:
    """Rows of one settlement: what all of them tell of it, and the patches they lie on."""

    identity: Identity
    spelling: Spelling
    patches: list[Patch]
    spots: list[tuple[Spelling, Spot]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(patch.rows for patch in self.patches)

    def middle(self) -> tuple[float, float]:
        """Give the middle of the rows, so that a few far ones hardly move it."""
        weights = [patch.rows for patch in self.patches]
        lat, lon = np.average([patch.middle for patch in self.patches], axis=0, weights=weights)
        return float(lat), float(lon)


class Namesakes:
    """Settlements by the rows that name them: first every row is put in, then they are parted."""

    def __init__(self) -> None:
        self._patches = Patches()
        self._spellings: dict[Spelling, None] = {}
        self._anywhere: dict[Spelling, int] = {}
        self._positions: dict[Spelling, dict[Spot, int]] = {}

    def add(self, spelling: Spelling, lat: float, lon: float) -> None:
        """Count a row in."""
        self._spellings[spelling] = None
        self._patches.add(spelling, lat, lon)

    def places(
        self, misplaced: Callable[[Spelling, float, float], bool] = lambda *_: False
    ) -> list[KnownPlace]:
        """Give one place for every settlement; rows that are `misplaced` tell nothing."""
        by_name: dict[str, list[_Site]] = {}
        for site in self._sites(misplaced):
            by_name.setdefault(site.identity.name, []).append(site)
        sites = [site for alike in by_name.values() for site in _joined(alike)]
        regions = told_apart([_described(site) for site in sites])
        self._settle(sites)
        return [
            KnownPlace(site.spelling.city, region)
            for site, region in zip(sites, regions, strict=True)
        ]

    def position(self, spelling: Spelling, lat: float, lon: float) -> int:
        """Give the position in `places` of the settlement in which a row lies that was put in."""
        anywhere = self._anywhere[spelling]
        positions = self._positions.get(spelling)
        return positions.get(spot_of(lat, lon), anywhere) if positions else anywhere

    def _settle(self, sites: list[_Site]) -> None:
        """Note where the rows of each spelling lie, spot by spot only where it has several."""
        found: dict[Spelling, dict[Spot, int]] = {}
        for position, site in enumerate(sites):
            for spelling, spot in site.spots:
                found.setdefault(spelling, {})[spot] = position
        for spelling, positions in found.items():
            self._anywhere[spelling] = min(positions.values())
            if len(set(positions.values())) > 1:
                self._positions[spelling] = positions

    def _sites(self, misplaced: Callable[[Spelling, float, float], bool]) -> Iterable[_Site]:
        """Give the rows of each identity, parted where they lie too far apart."""
        alike: dict[Identity, list[Spelling]] = {}
        for spelling in self._spellings:
            alike.setdefault(spelling.identity, []).append(spelling)
        for identity, spellings in alike.items():
            spots = [
                (spelling, spot, patch)
                for spelling in spellings
                for spot, patch in self._patches.of(spelling).items()
                if not misplaced(spelling, *patch.middle)
            ]
            yield from _parted(identity, spots)


def _described(site: _Site) -> Described:
    lat, lon = site.middle()
    spelling = site.spelling
    return Described(site.identity, spelling.region, spelling.district, lat, lon)


def _parted(identity: Identity, spots: list[tuple[Spelling, Spot, Patch]]) -> list[_Site]:
    if not spots:
        return []
    group = linked([patch for *_, patch in spots], reach_m(identity))
    sites: dict[int, _Site] = {}
    for of_group, (spelling, spot, patch) in zip(group.tolist(), spots, strict=True):
        site = sites.setdefault(of_group, _Site(identity, spelling, []))
        site.patches.append(patch)
        site.spots.append((spelling, spot))
    most = max(site.rows for site in sites.values())
    kept = [site for site in sites.values() if site.rows >= LEAST_ROWS * most]
    for site in sites.values():
        if site.rows < LEAST_ROWS * most:
            gaps_m = [least_gap_m(one.patches, site.patches) for one in kept]
            kept[int(np.argmin(gaps_m))].spots += site.spots
    return kept


def reach_m(identity: Identity) -> float:
    """Give how far from each other parts of one settlement may lie, in metres."""
    return CITY_GAP_M if _is_city(identity) else GAP_M


def _is_city(identity: Identity) -> bool:
    return identity.kind == _CITY or (not identity.kind and identity.name in _LARGE_CITIES)


def _joined(sites: list[_Site]) -> list[_Site]:
    """Join rows of one name that tell more or less of one settlement; who tells most says what."""
    if len(sites) == 1:
        return sites
    kept: list[_Site] = []
    for site in sorted(sites, key=lambda one: -one.identity.told):
        apart_m = [_apart_m(one, site) for one in kept]
        if min(apart_m, default=inf) == inf:
            kept.append(site)
            continue
        whole = kept[apart_m.index(min(apart_m))]
        whole.patches += site.patches
        whole.spots += site.spots
    return [site for site in sites if any(site is one for one in kept)]


def _apart_m(one: _Site, other: _Site) -> float:
    """Give how far rows of one name lie apart, infinity where they are not of one settlement."""
    a, b = one.identity, other.identity
    across = bool(a.district and b.district and a.district != b.district)
    if not (replace(a, district="").may_be(replace(b, district="")) if across else a.may_be(b)):
        return inf
    less_told = across or a.kind != b.kind
    gap_m = least_gap_m(one.patches, other.patches)
    most_m = max(reach_m(a), reach_m(b))
    if less_told and most_m == GAP_M:
        most_m = BESIDE_M
    return gap_m if gap_m <= most_m else inf
