"""What the pages show of the store, read for all of them at most once in a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import streamlit as st

from heatmaps.simulation.telling import SOURCE as SIMULATED_SOURCE
from heatmaps.store import desk, region
from heatmaps.store.complaints import holds_source
from heatmaps.store.detection import last_tick
from heatmaps.store.gazetteer import data_version
from heatmaps.store.policies import current_policy
from heatmaps.ui.map.basemap import BaseMap, Territory, base_map
from heatmaps.ui.workplace import clock, workplace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.desk.card import SpotCard
    from heatmaps.policy import Policy
    from heatmaps.region.territories import Territory as StoredTerritory
    from heatmaps.ui.map.shape import Point

FRESH_S = 5
"""Spots on a screen are at most this old."""

SETTLED_S = 300
"""What seldom changes (territories, policy, sources) is read again after this long."""

CELLS_OVER = timedelta(hours=24)
"""The hexagons on the map count the complaints of this long."""


_EVERYWHERE: tuple[Point, Point] = ((41.0, 27.0), (72.0, 140.0))


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands under all spots: the base map, the zone, the policy, and where data is from."""

    base: BaseMap
    zone: ZoneInfo
    policy: Policy
    has_addresses: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The spots that wait and those that ended lately, by priority; complaints per cell.

    `last_tick` is the hour detection has done last, None before the first.
    """

    cards: tuple[SpotCard, ...]
    last_tick: datetime | None
    cells: NDArray[np.int64]
    counts: NDArray[np.int64]

    def card(self, spot_id: int | None) -> SpotCard | None:
        """Give the spot of this number, None where it is not on the board."""
        return next((card for card in self.cards if card.spot_id == spot_id), None)


def ground() -> Ground:
    """Give what stands under all spots, at most `SETTLED_S` old."""
    return _ground(workplace().settings.database_url)


def board() -> Board:
    """Give the spots as they are, at most `FRESH_S` old."""
    return _board(workplace().settings.database_url)


def forget_board() -> None:
    """Read the spots anew next time, since somebody just changed one."""
    _board.clear()


def forget_ground() -> None:
    """Read what stands under the spots anew next time, since the policy was just changed."""
    _ground.clear()


@st.cache_data(ttl=SETTLED_S, show_spinner=False)
def _ground(url: str) -> Ground:  # noqa: ARG001 - tells one store's from another's
    place = workplace()
    with place.store.reading() as connection:
        territories = region.load_territories(connection)
        simulated = holds_source(connection, SIMULATED_SOURCE)
        policy = current_policy(connection).policy
        has_addresses = data_version(connection) > 0
    return Ground(_base_map(territories), place.zone, policy, has_addresses, simulated)


@st.cache_data(ttl=FRESH_S, show_spinner=False)
def _board(url: str) -> Board:  # noqa: ARG001 - tells one store's from another's
    now = clock()
    with workplace().store.reading() as connection:
        shown_h = current_policy(connection).policy.lookup.resolved_shown_h
        cards = desk.recent_cards(connection, now - timedelta(hours=shown_h))
        found = desk.complaints_per_cell(connection, now - CELLS_OVER)
        last = last_tick(connection)
    columns = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Board(tuple(cards), last, columns[:, 0], columns[:, 1])


def _base_map(stored: Sequence[StoredTerritory]) -> BaseMap:
    """Draw the territories right below the region, or the region where it has no parts."""
    parts = [one for one in stored if one.parent_id is not None] or list(stored)
    level = min((one.level for one in parts), default=0)
    drawn = [Territory(one.name, _geojson(one.wkb)) for one in parts if one.level == level]
    attribution = workplace().settings.map_attribution if drawn else ""
    return base_map(drawn, attribution, bounds=None if drawn else _EVERYWHERE)


def _geojson(wkb: bytes) -> dict[str, Any]:
    shape: dict[str, Any] = shapely.from_wkb(wkb).__geo_interface__
    return shape
