"""Planted holes in the coverage: places where the network has been missing for months.

A hole makes few complaints, but week after week: too few for an alarm, and planners find it by
looking back. A simulated network leaves its predicted coverage open there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Place, Technology, Topic
from heatmaps.errors import UsageError
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from heatmaps.simulation.region import Houses, Region

HOLES = 6
RADII_M = (180.0, 320.0)
A_DAY = (0.3, 0.55)
"""How many complaints a hole makes on an average day, repeats left out."""
APART_M = 600.0
LIVED_IN = (250.0, 800.0)
"""Subscribers in a hole: enough to complain, too few to hide it behind what is usual."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing and how people notice: shares of topics, and where they mostly stand."""

    missing: tuple[Technology, ...]
    named: Technology | None
    topics: dict[Topic, float]
    place: Place


LACKS = (
    Lack(
        missing=(Technology.G4, Technology.G5),
        named=Technology.G4,
        topics={Topic.NO_INTERNET: 0.45, Topic.SLOW_INTERNET: 0.35, Topic.NO_COVERAGE: 0.2},
        place=Place.INDOOR,
    ),
    Lack(
        missing=tuple(Technology),
        named=None,
        topics={Topic.NO_COVERAGE: 0.7, Topic.NO_SERVICE: 0.15, Topic.NO_INTERNET: 0.15},
        place=Place.OUTDOOR,
    ),
    Lack(
        missing=(Technology.G5,),
        named=Technology.G5,
        topics={Topic.SLOW_INTERNET: 0.75, Topic.NO_COVERAGE: 0.25},
        place=Place.INDOOR,
    ),
)


@dataclass(frozen=True, slots=True)
class Hole:
    """One place where the technologies of `lack` are missing.

    `lat`, `lon` are its middle, WGS 84 degrees, at the house of position `house`; `cells` the H3
    cells of resolution 9 it covers; `a_day` its mean complaints a day, repeats left out.
    """

    number: int
    house: int
    lat: float
    lon: float
    radius_m: float
    cells: tuple[int, ...]
    lack: Lack
    a_day: float

    @property
    def hole_id(self) -> str:
        """Give the id that stands in files."""
        return f"H{self.number}"


def coverage_holes(region: Region, seed: int) -> tuple[Hole, ...]:
    """Give the region's holes, the same for a seed at any time.

    UsageError where the region has no room for one.
    """
    rng = generator(seed, Purpose.HOLES)
    holes: list[Hole] = []
    for number in range(HOLES):
        radius_m = float(round(rng.uniform(*RADII_M)))
        house = _room(region.houses, rng, radius_m, holes)
        hole = Hole(
            number=number,
            house=house,
            lat=float(region.houses.lat[house]),
            lon=float(region.houses.lon[house]),
            radius_m=radius_m,
            cells=region.houses.cells_within(house, radius_m),
            lack=LACKS[number % len(LACKS)],
            a_day=float(rng.uniform(*A_DAY)),
        )
        holes.append(hole)
    return tuple(holes)


def _room(houses: Houses, rng: np.random.Generator, radius_m: float, holes: list[Hole]) -> int:
    """Give a house with `LIVED_IN` subscribers about it, well away from the other holes."""
    fewest, most = LIVED_IN
    best, best_away = -1, -1.0
    for house in rng.permutation(houses.lat.size).tolist():
        if not fewest <= houses.subscribers[houses.within(house, radius_m)].sum() <= most:
            continue
        away = min((_metres(houses, house, hole.house) for hole in holes), default=np.inf)
        if away > best_away:
            best, best_away = house, away
        if away >= APART_M:
            break
    if best < 0:
        message = (
            f"A region of {len(houses.street)} houses has no place where {fewest:.0f} to "
            f"{most:.0f} subscribers live within {radius_m:.0f} m; simulate a larger one."
        )
        raise UsageError(message)
    return best


def _metres(houses: Houses, one: int, other: int) -> float:
    return float(
        np.hypot(houses.east[one] - houses.east[other], houses.north[one] - houses.north[other])
    )
