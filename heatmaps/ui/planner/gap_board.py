"""What the planner's page shows of the store, read at most once in a while for all its readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from heatmaps.store import desk, network, planning, region
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heatmaps.insight.gap import Gap
    from heatmaps.store.planning import Search

FRESH_S = 60
"""Gaps change once a day, so a minute is soon enough."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Active sites, a column each; WGS 84 degrees."""

    name: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GapBoard:
    """The gaps by rank and the search that found them, None before the first.

    `holes` are populated cells of resolution 9 without predicted coverage, by technology, absent
    where its coverage was never loaded; `cells` and `counts` the complaints looked back on;
    `territories` names by id; `has_subscribers` whether anything could be expected at all.
    """

    gaps: tuple[Gap, ...]
    search: Search | None
    holes: Mapping[str, NDArray[np.int64]]
    sites: Sites
    cells: NDArray[np.int64]
    counts: NDArray[np.int64]
    territories: Mapping[str, str]
    has_subscribers: bool

    def gap(self, gap_id: int | None) -> Gap | None:
        """Give the gap of this number, None where there is none now."""
        return next((gap for gap in self.gaps if gap.gap_id == gap_id), None)


def gap_board() -> GapBoard:
    """Give the gaps as they are, at most `FRESH_S` old."""
    return _gap_board(workplace().settings.database_url)


@st.cache_data(ttl=FRESH_S, show_spinner=False)
def _gap_board(url: str) -> GapBoard:  # noqa: ARG001 - tells one store's from another's
    with workplace().store.reading() as connection:
        search = planning.last_search(connection)
        exposure = region.load_exposure(connection)
        populated = exposure.cell[exposure.subscribers > 0]
        covered = network.coverage_of(connection, populated)
        sectors = network.load_sectors(connection)
        found = desk.complaints_per_cell(connection, search.since) if search else []
        counts = np.array(found, dtype=np.int64).reshape(-1, 2)
        names = {each.territory_id: each.name for each in region.load_territories(connection)}
        gaps = tuple(planning.load_gaps(connection))
    serving = np.flatnonzero(sectors.serving())
    sites: dict[str, int] = {}
    for row in serving.tolist():
        sites.setdefault(sectors.site_id[row], row)
    rows = list(sites.values())
    return GapBoard(
        gaps=gaps,
        search=search,
        holes={technology: populated[~there] for technology, there in covered.items()},
        sites=Sites(
            tuple(sectors.name[row] or sectors.site_id[row] for row in rows),
            sectors.lat[rows],
            sectors.lon[rows],
        ),
        cells=counts[:, 0],
        counts=counts[:, 1],
        territories=names,
        has_subscribers=len(populated) > 0,
    )
