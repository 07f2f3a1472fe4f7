"""The map of one spot among its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.ui.board import board, ground
from heatmaps.ui.map.drawing import draw_spots, look_at_bounds
from heatmaps.ui.map.shape import bounds_of
from heatmaps.ui.map.show import show_map
from heatmaps.ui.map.sites import draw_sites
from heatmaps.ui.network_words import site_marks
from heatmaps.ui.spot_words import spot_shape

if TYPE_CHECKING:
    from heatmaps.ui.engineer.dossier import Dossier
    from heatmaps.ui.spot_words import Reader

HEIGHT_PX = 250
DRAWN_SECTORS = 1_000
"""The nearest so many are on the map: a spot as large as a city has thousands."""


def show_spot_map(dossier: Dossier, reader: Reader) -> None:
    """Show the spot, selected, with the open ones around it and the sites nearby."""
    card = dossier.card
    others = [other for other in board().cards if other.is_open and other.spot_id != card.spot_id]
    shapes = [spot_shape(each, reader) for each in (*others, card)]
    drawings = [
        draw_spots(shapes, selected=card.spot_id),
        draw_sites(site_marks(dossier.sectors[:DRAWN_SECTORS], reader.translate)),
    ]
    bounds = bounds_of([shapes[-1]])
    if bounds is not None:
        drawings.append(look_at_bounds(bounds, asked=card.spot_id))
    show_map(ground().base, drawings, key="spot-map", height=HEIGHT_PX)
