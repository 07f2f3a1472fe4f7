"""The agent's address check: from what a caller says to what is known there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.desk.answer import Answer, Asked, NearSpot, Surroundings, answer, is_placed
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.location import COARSEST_RESOLUTION, finest_resolution
from heatmaps.region.grid import cell_of, parent
from heatmaps.store import desk
from heatmaps.store.aliases import aliases_version, load_aliases
from heatmaps.store.events import events_near
from heatmaps.store.gazetteer import data_version
from heatmaps.store.network import coverage_of
from heatmaps.store.policies import current_policy
from heatmaps.store.region import region_timezone
from pipelines.index_of_store import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from heatmaps.desk.card import SpotCard
    from heatmaps.desk.tuning import LookupPolicy
    from heatmaps.geocoding.index import GazetteerIndex
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.store.engine import Store

METRES_A_KM = 1000.0


@dataclass(frozen=True, slots=True)
class _Built:
    version: int
    decisions: int
    index: GazetteerIndex


class GeocoderOfStore:
    """The geocoder over a store's gazetteer and the decisions of people on its addresses.

    Its index is opened from the snapshot in `cache_dir`, or built, and anew only when the gazetteer
    has changed; a new decision is taken up at once. Safe for many threads: a rebuild is done by
    one of them.
    """

    def __init__(
        self, store: Store, default_city: str | None, cache_dir: Path | None = None
    ) -> None:
        self._store = store
        self._default_city = default_city
        self._cache_dir = cache_dir
        self._built: _Built | None = None
        self._building = threading.Lock()

    def current(self) -> GazetteerIndex:
        """Give the index over the gazetteer and the decisions as they are now."""
        with self._store.reading() as connection:
            version, decisions = data_version(connection), aliases_version(connection)
        built = self._built
        if built is None or (built.version, built.decisions) != (version, decisions):
            with self._building:
                built = self._built = self._renewed(version, decisions)
        return built.index

    def _renewed(self, version: int, decisions: int) -> _Built:
        built = self._built
        if built is None or built.version != version:
            index = open_index(self._store, self._default_city, self._cache_dir)
            built = _Built(version, -1, index)
        if built.decisions != decisions:
            with self._store.reading() as connection:
                aliases = load_aliases(connection)
            built = _Built(version, decisions, built.index.with_aliases(aliases))
        return built


def region_zone(store: Store, otherwise: ZoneInfo) -> ZoneInfo:
    """Give the zone of the region, in which people are told times."""
    with store.reading() as connection:
        name = region_timezone(connection)
    return ZoneInfo(name) if name else otherwise


def check_address(
    store: Store, geocoder: GeocoderOfStore, address: str, city: str | None, asked: Asked
) -> Answer:
    """Give what an agent sees and says for an address."""
    geocoded = geocoder.current().geocode(address, city)
    with store.reading() as connection:
        policy = current_policy(connection).policy.lookup
        around = _surroundings(connection, geocoded, asked.now, policy)
    return answer(geocoded, around, asked, policy)


def _surroundings(
    connection: Connection, geocoded: GeocodeResult, now: datetime, policy: LookupPolicy
) -> Surroundings:
    if not is_placed(geocoded) or geocoded.lat is None or geocoded.lon is None:
        return Surroundings()
    resolution = finest_resolution(geocoded.uncertainty_m or 0.0)
    certain = resolution is not None and resolution >= CERTAIN_RESOLUTION
    level = resolution if resolution is not None else COARSEST_RESOLUTION
    cell = parent(cell_of(geocoded.lat, geocoded.lon), level)
    here = desk.covering_cards(connection, cell, level)
    others = _nearest(
        geocoded.lat, geocoded.lon, desk.open_cards(connection), {c.spot_id for c in here}, policy
    )
    until = now + timedelta(hours=policy.planned_within_h)
    events = events_near(connection, now, until, (geocoded.lat, geocoded.lon))
    covered = coverage_of(connection, np.array([cell_of(geocoded.lat, geocoded.lon)]))
    return Surroundings(
        here=here,
        near=others,
        certain=certain,
        events=events,
        covered={name: bool(held[0]) for name, held in covered.items()} if certain else {},
    )


CERTAIN_RESOLUTION = 8
"""An address known to a cell of this resolution or finer is told as lying in a spot."""


def _nearest(
    lat: float, lon: float, cards: Sequence[SpotCard], without: set[int], policy: LookupPolicy
) -> list[NearSpot]:
    others = [card for card in cards if card.spot_id not in without]
    away_m = distance_m(
        np.array([card.lat for card in others]), np.array([card.lon for card in others]), lat, lon
    )
    near = [NearSpot(card, float(metres)) for card, metres in zip(others, away_m, strict=True)]
    near = [spot for spot in near if spot.distance_m <= policy.nearest_within_km * METRES_A_KM]
    near.sort(key=lambda spot: spot.distance_m)
    return near[: policy.nearest_spots]
