"""What tells one settlement from another: its name, its kind, where it lies.

A settlement's region is told broadest first: ``Самарская область``, with the district behind it
where a namesake lies in the same region, and with the point behind that where one lies in the same
district: ``Самарская область, Кинельский район, 53.25° 50.64°``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form import settlement_key, settlement_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN = ", "
_POINT = re.compile(r"-?\d+\.\d\d° -?\d+\.\d\d°")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a source says of which settlement one is; all in normal form, empty where untold.

    `point` is where it was when it was first told apart from a namesake; it may lie elsewhere now.
    """

    name: str
    kind: str = ""
    region: str = ""
    district: str = ""
    point: str = ""

    @property
    def key(self) -> str:
        """The settlement's lasting key, ``name|region, district, point, kind``."""
        where = (self.region, self.district, self.point, self.kind)
        return f"{self.name}|{_BETWEEN.join(part for part in where if part)}"

    @property
    def told(self) -> int:
        """How much is told beside the name."""
        return sum(map(bool, (self.kind, self.region, self.district)))

    def may_be(self, other: Identity) -> bool:
        """Tell whether both may be one settlement: nothing that both tell contradicts."""
        pairs = (
            (self.kind, other.kind),
            (self.region, other.region),
            (self.district, other.district),
        )
        return self.name == other.name and all(a == b or not (a and b) for a, b in pairs)


def identity_of(name: str, kind: str, region: str) -> Identity:
    """Give the identity of a settlement by its columns.

    The type word of the name says its kind, else `kind`, where that is one and no value of OSM's
    ``place``, which says no more than the size.
    """
    return _identity(name, "" if kind.isascii() else kind, region)


@lru_cache(maxsize=65_536)
def _identity(name: str, kind: str, region: str) -> Identity:
    area, point = parted_region(region)
    told = [key for key in map(settlement_key, area.split(_BETWEEN)) if key]
    return Identity(
        settlement_key(name),
        settlement_kind(name) or kind,
        told[0] if told else "",
        " ".join(told[1:]),
        point,
    )


def parted_region(region: str) -> tuple[str, str]:
    """Give the region and district of a settlement, and the point behind them if there is one."""
    area, _, last = region.rpartition(_BETWEEN)
    return (area, last) if _POINT.fullmatch(last) else (region, "")


def point_text(lat: float, lon: float) -> str:
    """Give a point of WGS 84 degrees as the last part of a region."""
    return f"{lat:.2f}° {lon:.2f}°"


@dataclass(frozen=True, slots=True)
class Described:
    """A settlement as a file describes it, its region and district as they were written."""

    identity: Identity
    region: str
    district: str
    lat: float
    lon: float


def told_apart(described: Sequence[Described]) -> list[str]:
    """Give the region of each settlement, with as much behind it as tells it from its namesakes."""
    regions = [one.region for one in described]
    for behind in (_district, _point):
        keys = [_key(one, region) for one, region in zip(described, regions, strict=True)]
        count = Counter(keys)
        regions = [
            _BETWEEN.join(part for part in (region, behind(one)) if part)
            if count[key] > 1
            else region
            for one, region, key in zip(described, regions, keys, strict=True)
        ]
    return regions


def _district(one: Described) -> str:
    return one.district


def _point(one: Described) -> str:
    return point_text(one.lat, one.lon)


def _key(one: Described, region: str) -> tuple[str, str, str]:
    return one.identity.name, one.identity.kind, identity_of("", "", region).key
