"""Everything about one spot, read together so that it fits together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np

from heatmaps.errors import UsageError
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.store import desk
from heatmaps.store.events import events_near
from heatmaps.store.network import nearest_sectors
from heatmaps.ui.workplace import clock, workplace

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.region.events import NetworkEvent
    from heatmaps.region.sites import NearSector
    from heatmaps.store.spots import Event


BEYOND_M = 1_000.0
"""How far beyond a spot its sites are looked for: what serves a place in a city stands nearer."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A spot, its history (the oldest event first), its complaints (the newest first).

    `sectors` are those around it, the nearest first; `works` what was planned, broke or took place
    there since the spot began to show.
    """

    card: SpotCard
    events: tuple[Event, ...]
    complaints: tuple[dict[str, Any], ...]
    sectors: tuple[NearSector, ...]
    works: tuple[NetworkEvent, ...]


def read_dossier(spot_id: int) -> Dossier | None:
    """Give the spot as it is now, None where there is none of this number."""
    with workplace().store.reading() as connection:
        try:
            card = desk.card(connection, spot_id)
        except UsageError:
            return None
        place, reach_m = (card.lat, card.lon), _radius_m(card)
        began = card.opened_at - timedelta(hours=card.window_h)
        return Dossier(
            card,
            tuple(desk.events(connection, spot_id)),
            tuple(desk.complaints_behind(connection, spot_id)),
            tuple(nearest_sectors(connection, *place, reach_m + BEYOND_M)),
            tuple(events_near(connection, began, clock(), place, reach_m)),
        )


def _radius_m(card: SpotCard) -> float:
    """Give the radius about a spot's centre that holds the centres of its cells."""
    centres = np.array([h3.cell_to_latlng(cell) for cell in card.cells]).reshape(-1, 2)
    away = distance_m(centres[:, 0], centres[:, 1], card.lat, card.lon)
    return float(away.max(initial=0.0))
