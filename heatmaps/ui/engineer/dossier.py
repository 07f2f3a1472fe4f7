"""Everything about one spot, read together so that it fits together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heatmaps.errors import UsageError
from heatmaps.store import desk
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.store.spots import Event


@dataclass(frozen=True, slots=True)
class Dossier:
    """A spot, its history (the oldest event first), its complaints (the newest first)."""

    card: SpotCard
    events: tuple[Event, ...]
    complaints: tuple[dict[str, Any], ...]


def read_dossier(spot_id: int) -> Dossier | None:
    """Give the spot as it is now, None where there is none of this number."""
    with workplace().store.reading() as connection:
        try:
            card = desk.card(connection, spot_id)
        except UsageError:
            return None
        return Dossier(
            card,
            tuple(desk.events(connection, spot_id)),
            tuple(desk.complaints_behind(connection, spot_id)),
        )
