"""What surrounds a spot and speaks of its cause: works, coverage, sites, the region, earlier spots.

Each function reads one sign of all spots at once, and gives nothing where nothing is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import said
from heatmaps.region.technology import Technology
from heatmaps.spots.rhythm import DAY_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.insight.explanation.columns import ReportColumns, SpotColumns
    from heatmaps.insight.explanation.evidence import Clock
    from heatmaps.insight.explanation.signs import Sign

OUTSIDE, EDGE = 0.5, 0.15
"""Shares of complaints from where the network is not predicted to reach."""

ONE_SITE, ONE_SECTOR = 0.8, 0.9
"""Shares of complaints around one site, and of those before one face of it."""

HALF_FACE_DEG = 60.0
"""Half of what one of three faces of a site serves."""

FEWEST_PLACED = 4
"""Fewer complaints lie around one site by chance."""

EVERYWHERE_TIMES, EVERYWHERE_ERRORS = 1.5, 3.0
"""A topic is everywhere when the rest of the region brings so many times the usual, and so many
standard errors more."""


def coverage(spots: SpotColumns, reports: ReportColumns, covered: NDArray[np.int8]) -> Sign:
    """Say whether people complain from outside predicted coverage.

    `covered` says of each complaint and technology 1 for inside, 0 for outside, `UNKNOWN` where
    that technology's coverage is not loaded, shape (complaints, technologies). Who names no
    technology is outside where none reaches. The figure is the share from outside.
    """
    named = np.maximum(reports.technology, 0)
    own = covered[np.arange(len(reports)), named]
    own = np.where(reports.technology == UNKNOWN, UNKNOWN, own)
    inside = np.where(own == UNKNOWN, covered.max(axis=1, initial=UNKNOWN), own)
    told = inside != UNKNOWN
    count = np.bincount(reports.spot[told], minlength=len(spots))
    out = np.bincount(reports.spot[told], inside[told] == 0, minlength=len(spots))
    share = out / np.maximum(count, 1)
    outcome = 2 - (share >= EDGE).astype(int) - (share >= OUTSIDE)
    return said(count > 0, outcome, share)


@dataclass(frozen=True, slots=True)
class Faces:
    """Active sectors as equally long columns; `site` is a code, `azimuth` NaN where all around."""

    site: NDArray[np.int64]
    technology: NDArray[np.int64]
    azimuth: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


def sites(spots: SpotColumns, reports: ReportColumns, faces: Faces) -> Sign:
    """Say whether complaints lie around one site, or before one face of it.

    By the sector that the CRM tells where it tells enough of them, else by the nearest site of
    the technology named. The figure is the share of the complaints at that site.
    """
    number = len(spots)
    if not len(faces.site):
        return said(np.zeros(number, dtype=np.bool_), np.zeros(number), np.zeros(number))
    site, before = _nearest_site(reports, faces)
    told = reports.sector != UNKNOWN
    enough = np.bincount(reports.spot[told], minlength=number) >= FEWEST_PLACED
    use = np.where(enough[reports.spot], told, site != UNKNOWN)
    site = np.where(told, faces.site[reports.sector], site)
    face = np.where(told, reports.sector, before)
    rows = np.flatnonzero(use)
    count = np.bincount(reports.spot[rows], minlength=number)
    at_site = _commonest(reports.spot[rows], site[rows], number) / np.maximum(count, 1)
    facing = rows[face[rows] != UNKNOWN]
    at_face = _commonest(reports.spot[facing], face[facing], number) / np.maximum(count, 1)
    outcome = np.where(at_site < ONE_SITE, 2, np.where(at_face < ONE_SECTOR, 1, 0))
    return said(count >= FEWEST_PLACED, outcome, at_site)


def _nearest_site(
    reports: ReportColumns, faces: Faces
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each complaint's nearest site of its technology and the face it lies before."""
    from scipy.spatial import cKDTree

    site = np.full(len(reports), UNKNOWN, dtype=np.int64)
    face = np.full(len(reports), UNKNOWN, dtype=np.int64)
    placed = np.isfinite(reports.lat)
    for code in (UNKNOWN, *range(len(Technology))):
        among = np.flatnonzero((faces.technology == code) | (code == UNKNOWN))
        rows = np.flatnonzero(placed & (reports.technology == code))
        if not len(among) or not len(rows):
            continue
        tree = cKDTree(_on_sphere(faces.lat[among], faces.lon[among]))
        nearest = among[tree.query(_on_sphere(reports.lat[rows], reports.lon[rows]))[1]]
        site[rows] = faces.site[nearest]
        face[rows] = _face_before(reports, rows, faces, among, site[rows])
    return site, face


def _face_before(
    reports: ReportColumns,
    rows: NDArray[np.intp],
    faces: Faces,
    among: NDArray[np.intp],
    site: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give the first face of each complaint's site that looks towards it."""
    order = among[np.lexsort((faces.azimuth[among], faces.site[among]))]
    first, end = (np.searchsorted(faces.site[order], site, side=side) for side in ("left", "right"))
    found = np.full(len(rows), UNKNOWN, dtype=np.int64)
    for step in range(int((end - first).max(initial=0))):
        has = np.flatnonzero((first + step < end) & (found == UNKNOWN))
        face = order[first[has] + step]
        east = (reports.lon[rows[has]] - faces.lon[face]) * np.cos(np.radians(faces.lat[face]))
        bearing = np.degrees(np.arctan2(east, reports.lat[rows[has]] - faces.lat[face]))
        off = np.abs((bearing - faces.azimuth[face] + 180.0) % 360.0 - 180.0)
        found[has] = np.where(off <= HALF_FACE_DEG, face, UNKNOWN)
    return found


def _commonest(spot: NDArray[np.int64], code: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Give how often the commonest code of each spot stands there."""
    pair, count = np.unique(np.column_stack([spot, code]), axis=0, return_counts=True)
    most = np.zeros(number, dtype=np.int64)
    np.maximum.at(most, pair[:, 0], count)
    return most


def region(
    spots: SpotColumns,
    topic: NDArray[np.int64],
    around: RegionColumns,
    clock: Clock,
) -> Sign:
    """Say whether the rest of the region complains of the same at the same time.

    `topic` is what stands out in each spot, `UNKNOWN` for all topics. Spots that opened before
    the region's complaints begin say nothing. The figure is observed over expected.
    """
    number = len(spots)
    seen, usual = np.zeros(number), np.zeros(number)
    passed = clock.mean_hours(spots.opened) - clock.mean_hours(spots.began)
    for plane in np.unique(topic).tolist():
        which = np.flatnonzero(topic == plane)
        times = around.time if plane == UNKNOWN else around.time[around.topic == plane]
        ends = np.searchsorted(times, spots.opened[which], side="right")
        seen[which] = ends - np.searchsorted(times, spots.began[which], side="right")
        usual[which] = around.hourly[plane + 1] * passed[which]
    others = np.maximum(seen - spots.observed, 0)
    spread = np.sqrt(np.maximum(usual, 1.0) * around.dispersion)
    many = (others > EVERYWHERE_TIMES * usual) & (others - usual > EVERYWHERE_ERRORS * spread)
    known = (usual > 0) & (spots.began >= around.since)
    return said(known, np.where(many, 0, 1), others / np.maximum(usual, 1e-9))


@dataclass(frozen=True, slots=True)
class RegionColumns:
    """A region's complaints since a moment, by time.

    `hourly` is what it usually brings in an hour of mean rhythm: all topics, then each topic.
    """

    time: NDArray[np.int64]
    topic: NDArray[np.int64]
    hourly: NDArray[np.float64]
    since: int
    dispersion: float = 1.2


def earlier(spots: SpotColumns) -> Sign:
    """Say which cause people gave for the spot resolved last at each place before it opened.

    The figure is the days since that one opened. The same place: the middle of one lies within
    the radius of the other.
    """
    lat, lon, number = spots.lat, spots.lon, len(spots)
    before = (spots.named[None, :] <= spots.opened[:, None]) & (spots.cause >= 0)[None, :]
    one, other = np.nonzero(before)
    reach = np.maximum(spots.radius_m[one], spots.radius_m[other])
    near = distance_m(lat[one], lon[one], lat[other], lon[other]) <= reach
    one, other = one[near], other[near]
    order = np.lexsort((spots.named[other], one))
    found = np.full(number, UNKNOWN, dtype=np.int64)
    found[one[order]] = other[order]  # of several the last stays
    days = (spots.opened - spots.opened[found]) / DAY_US
    return said(found != UNKNOWN, spots.cause[found], days)


def _on_sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
