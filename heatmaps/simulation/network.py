"""The network of a simulated region: sites on real houses, and where they are predicted to reach.

Nothing of it is a real operator's: sites stand on houses drawn by chance, as dense as subscribers
are, and predicted coverage is what their sectors would light without buildings in the way, less
the planted holes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import shapely

from heatmaps.region.sites import SectorStatus
from heatmaps.region.technology import Technology
from heatmaps.simulation.region import METRES_PER_DEGREE
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.holes import Hole
    from heatmaps.simulation.region import Houses, Region

SUBSCRIBERS_PER_SITE = 2_500.0
SPACING_M = (260.0, 900.0)
"""The nearest and the farthest that two sites stand apart, by how many people live between."""
DENSITY_WITHIN_M = 400.0
FACES = (0.0, 120.0, 240.0)
OPENING = 65.0
"""Half the angle that a sector lights, degrees: a little more than a third of the circle."""
TURNED, SKEWED = 25.0, 8.0
"""How far a site as a whole and each of its sectors is turned from `FACES`, degrees either way."""
PLANNED = 0.04
HOLE_MARGIN_M = 120.0

BANDS = {
    Technology.G2: ("900", "1800"),
    Technology.G3: ("2100", "900"),
    Technology.G4: ("1800", "2600", "800"),
    Technology.G5: ("4800",),
}
"""Frequency bands in MHz."""
EQUIPPED = {Technology.G2: 0.75, Technology.G3: 0.6, Technology.G4: 1.0, Technology.G5: 0.35}
"""Share of the sites that have a technology; the densest have 5G."""
REACH_M = {Technology.G2: 1_100.0, Technology.G3: 800.0, Technology.G4: 620.0, Technology.G5: 330.0}

_ARC_STEP = 13.0
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SimulatedSector:
    """One sector; `lat`, `lon` WGS 84 degrees, `azimuth` degrees from north, `reach_m` metres."""

    site_id: str
    sector_id: str
    name: str
    lat: float
    lon: float
    technology: Technology
    band: str
    azimuth: float
    status: SectorStatus
    reach_m: float


@dataclass(frozen=True, slots=True)
class Network:
    """Sectors by id, and predicted coverage by technology, WGS 84 degrees, x = longitude."""

    sectors: tuple[SimulatedSector, ...]
    coverage: dict[Technology, shapely.MultiPolygon]


def build_network(region: Region, holes: tuple[Hole, ...], seed: int) -> Network:
    """Give the network of a region, the same for a seed at any time."""
    rng = generator(seed, Purpose.SITES)
    sites = _sites(region.houses, holes, rng)
    sectors = tuple(_sectors(region.houses, sites, rng))
    return Network(sectors, _coverage(region, sectors, holes))


def _sites(houses: Houses, holes: tuple[Hole, ...], rng: np.random.Generator) -> list[int]:
    """Give the houses that carry a site, drawn by subscribers, never crowded, none in a hole."""
    from scipy.spatial import cKDTree

    place = np.column_stack([houses.east, houses.north])
    tree = cKDTree(place)
    near = tree.query_ball_point(place, DENSITY_WITHIN_M)
    people = np.array([houses.subscribers[rows].sum() for rows in near])
    per_m2 = np.maximum(people / (np.pi * DENSITY_WITHIN_M**2), 1e-6)
    spacing = np.clip(0.8 * np.sqrt(SUBSCRIBERS_PER_SITE / per_m2), *SPACING_M)
    free = np.ones(len(place), dtype=np.bool_)
    for hole in holes:
        free[houses.within(hole.house, hole.radius_m + HOLE_MARGIN_M)] = False
    # Sorted by these keys, houses are drawn one after another by weight (Efraimidis, Spirakis).
    keys = rng.exponential(size=len(place)) / np.maximum(houses.subscribers, 1e-6)
    chosen: list[int] = []
    for house in np.argsort(keys, kind="stable").tolist():
        if free[house]:
            chosen.append(house)
            free[tree.query_ball_point(place[house], spacing[house])] = False
    return chosen


def _sectors(houses: Houses, sites: list[int], rng: np.random.Generator) -> list[SimulatedSector]:
    density = np.argsort(np.argsort(-houses.subscribers[sites], kind="stable"), kind="stable")
    sectors: list[SimulatedSector] = []
    for number, house in enumerate(sites):
        turned = rng.uniform(-TURNED, TURNED)
        status = SectorStatus.PLANNED if rng.random() < PLANNED else SectorStatus.ACTIVE
        drawn = rng.random(len(Technology))
        for each, chance in zip(Technology, drawn.tolist(), strict=True):
            if each is Technology.G5:
                chance = density[number] / len(sites)  # noqa: PLW2901 - rank takes the place of chance
            band = BANDS[each][int(rng.integers(len(BANDS[each])))]
            skews = rng.uniform(-SKEWED, SKEWED, size=len(FACES)).tolist()
            reaches = (REACH_M[each] * rng.uniform(0.85, 1.15, size=len(FACES))).tolist()
            if chance >= EQUIPPED[each]:
                continue
            sectors += [
                SimulatedSector(
                    site_id=f"P{number:04d}",
                    sector_id=f"P{number:04d}-{each}-{face}",
                    name=f"{houses.street[house]}, {houses.house[house]}",
                    lat=round(float(houses.lat[house]), _DIGITS),
                    lon=round(float(houses.lon[house]), _DIGITS),
                    technology=each,
                    band=band,
                    azimuth=round((middle + turned + skew) % 360.0, 0) % 360.0,
                    status=status,
                    reach_m=reach,
                )
                for face, (middle, skew, reach) in enumerate(
                    zip(FACES, skews, reaches, strict=True), start=1
                )
            ]
    return sectors


def _coverage(
    region: Region, sectors: tuple[SimulatedSector, ...], holes: tuple[Hole, ...]
) -> dict[Technology, shapely.MultiPolygon]:
    land = _land(region)
    found: dict[Technology, shapely.MultiPolygon] = {}
    for each in Technology:
        lit = shapely.union_all([
            _footprint(sector)
            for sector in sectors
            if sector.technology is each and sector.status is SectorStatus.ACTIVE
        ])  # fmt: skip
        missing = [hole for hole in holes if each in hole.lack.missing]
        dark = shapely.union_all([_hexagons(hole.cells) for hole in missing])
        rest = shapely.set_precision(
            shapely.difference(shapely.intersection(lit, land), dark), 10.0**-_DIGITS
        )
        parts = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
        found[each] = shapely.MultiPolygon(parts)
    return found


def _footprint(sector: SimulatedSector) -> shapely.Polygon:
    """Give what a sector lights: a slice of a circle about its azimuth."""
    bearing = np.radians(np.arange(-OPENING, OPENING + 1e-9, _ARC_STEP) + sector.azimuth)
    arc = np.column_stack([np.sin(bearing), np.cos(bearing)]) * sector.reach_m
    metres = np.vstack([np.zeros((1, 2)), arc])
    return shapely.Polygon(_degrees(metres, sector.lat, sector.lon))


def _degrees(metres: NDArray[np.float64], lat: float, lon: float) -> NDArray[np.float64]:
    """Give longitude and latitude of points in metres east and north of a place."""
    east = metres[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(lat)))
    return np.column_stack([lon + east, lat + metres[:, 1] / METRES_PER_DEGREE])


def _hexagons(cells: tuple[int, ...]) -> shapely.Geometry:
    borders = ([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)] for cell in cells)
    return shapely.union_all([shapely.Polygon(border) for border in borders])


def _land(region: Region) -> shapely.Geometry:
    features = json.loads(region.territories)["features"]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    return shapely.union_all([shapely.make_valid(shape) for shape in shapes])
