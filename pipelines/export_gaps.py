"""Coverage gaps to files that planners open: the gaps, and what lies around them as layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from heatmaps.insight.coverage_gaps import spots_in
from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.region.grid import to_text
from heatmaps.store import network, planning, region, spots
from pipelines.export_cells import outlines
from pipelines.export_spots import spot_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.gap import Gap
    from heatmaps.region.sites import SectorColumns
    from heatmaps.store.engine import Store


@dataclass(frozen=True, slots=True)
class Field:
    """One exported column: its name, kind and meaning, and what a gap holds there."""

    name: str
    kind: Kind
    says: str
    value: Callable[[Gap], object]


INTEGER, NUMBER, TEXT, MOMENT = Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.MOMENT

FIELDS = (
    Field("gap_id", INTEGER, "number of the gap, the same from search to search",
          lambda g: g.gap_id),
    Field("cells", TEXT, "H3 cells it is made of, space between", lambda g: _cells(g.cells)),
    Field("class", TEXT, "no_coverage, capacity, indoor or unexplained", lambda g: g.gap_class),
    Field("technology", TEXT, "technology most complained of, else the oldest that is missing",
          lambda g: g.technology),
    Field("territory", TEXT, "id of the territory that holds its middle",
          lambda g: g.territory_id),
    Field("first_seen", MOMENT, "first complaint since the gap was first found",
          lambda g: g.first_seen),
    Field("last_seen", MOMENT, "last complaint that counts", lambda g: g.last_seen),
    Field("complaints", INTEGER, "complaints looked back on, a customer once in 30 days",
          lambda g: g.complaints),
    Field("customers_complained", INTEGER, "different customers who complained",
          lambda g: g.customers_complained),
    Field("subscribers", NUMBER, "subscribers in its cells", lambda g: round(g.subscribers, 2)),
    Field("ltv_sum", NUMBER, "lifetime value of the customers who complained, in the currency of "
          "the policy, each customer once; empty where none is known",
          lambda g: _rounded(g.ltv_sum, 2)),
    Field("predicted_coverage", TEXT, "share of its populated cells predicted to be covered, 0 to "
          "1, by technology; empty where no coverage was loaded",
          lambda g: g.predicted_coverage),
    Field("nearest_site_m", NUMBER, "metres from its middle to the nearest active site; empty "
          "where no site was loaded", lambda g: _rounded(g.nearest_site_m, 1)),
    Field("spots", INTEGER, "spots that touched it in the months looked back on",
          lambda g: g.spots),
    Field("rank", INTEGER, "1 is where customers suffer most", lambda g: g.rank),
)  # fmt: skip
"""The order others rely on; the shape stands behind the last of these."""

FURTHER = (
    Field("expected", NUMBER, "complaints that its subscribers let expect, counted alike",
          lambda g: round(g.expected, 3)),
    Field("months", INTEGER, "months of 30 days in which somebody complained",
          lambda g: g.months),
    Field("pattern", TEXT, "course over time: new, consecutive, intensifying, persistent, "
          "diminishing, sporadic, oscillating, historical, or untold of a young history",
          lambda g: g.pattern),
    Field("since", MOMENT, "start of the first week with raised complaints; the time looked back "
          "on begins then where they were raised before", lambda g: g.since),
    Field("ended", MOMENT, "end of the last week with raised complaints; empty where it goes on",
          lambda g: g.ended),
    Field("topic", TEXT, "topics that stand out most: coverage, internet, voice, or all",
          lambda g: g.topic),
    Field("chance", NUMBER, "false discovery rate at which its surest cell is just found, 0 to 1",
          lambda g: float(f"{g.chance:.3g}")),
)  # fmt: skip


def gap_sheets(store: Store) -> list[Sheet]:
    """Give the gaps by rank, then as further layers their cells, their spots and the sectors.

    The sheets: ``coverage_gaps`` and ``gap_cells`` (multipolygons and polygons), ``gap_spots``
    (the zones of spots that touched a gap, multipolygons), ``sectors`` (points).
    """
    with store.reading() as connection:
        gaps = planning.load_gaps(connection)
        search = planning.last_search(connection)
        names = {each.territory_id: each.name for each in region.load_territories(connection)}
        sectors = network.load_sectors(connection)
        touching: set[int] = set()
        if search is not None:
            zones = planning.load_zones(connection, search.since, search.until)
            touching = set().union(*spots_in([gap.cells for gap in gaps], zones))
        cases = spots.load_chosen(connection, touching)
    behind = spot_sheet(cases)
    told = "spots that touched a coverage gap in the months looked back on, with their zones now"
    return [
        gap_sheet(gaps, names),
        _cell_sheet(gaps),
        Sheet("gap_spots", behind.columns, behind.shapes, told),
        _sector_sheet(sectors),
    ]


def gap_sheet(gaps: Sequence[Gap], names: Mapping[str, str]) -> Sheet:
    """Give the gaps as a sheet, in their order; `names` are of territories, by id."""
    columns = [
        Column(field.name, field.says, [field.value(gap) for gap in gaps], field.kind)
        for field in (*FIELDS, *FURTHER)
    ]
    called = [names.get(gap.territory_id or "") for gap in gaps]
    columns.append(Column("territory_name", "name of the territory", called, TEXT))
    shapes = np.array([None] * len(gaps), dtype=object)
    for row, gap in enumerate(gaps):
        union = shapely.union_all(outlines(np.array(gap.cells, dtype=np.int64)))
        shapes[row] = shapely.multipolygons(shapely.get_parts(union))
    says = "places that keep coming back: complaints month after month beyond what is usual"
    return Sheet("coverage_gaps", tuple(columns), shapes, says, shapes_after=FIELDS[-1].name)


def _cell_sheet(gaps: Sequence[Gap]) -> Sheet:
    rows = [(gap, cell) for gap in gaps for cell in gap.cells]
    columns = (
        Column("gap_id", "number of the gap", [gap.gap_id for gap, _ in rows], INTEGER),
        Column("cell", "H3 cell", [to_text(cell) for _, cell in rows], TEXT),
        Column("class", FIELDS[2].says, [gap.gap_class for gap, _ in rows], TEXT),
        Column("rank", FIELDS[-1].says, [gap.rank for gap, _ in rows], INTEGER),
    )
    shapes = outlines(np.array([cell for _, cell in rows], dtype=np.int64))
    return Sheet("gap_cells", columns, shapes, "the H3 cells that coverage gaps are made of")


def _sector_sheet(sectors: SectorColumns) -> Sheet:
    columns = (
        Column("sector_id", "id of the sector", sectors.sector_id, TEXT),
        Column("site_id", "id of its site", sectors.site_id, TEXT),
        Column("name", "name of the site", sectors.name, TEXT),
        Column("technology", "2g, 3g, 4g or 5g", sectors.technology, TEXT),
        Column("band", "frequency band, as the network side calls it", sectors.band, TEXT),
        Column("azimuth", "degrees clockwise from north; empty where all around",
               sectors.azimuth, NUMBER),
        Column("status", "active, planned or off", sectors.status, TEXT),
    )  # fmt: skip
    points: NDArray[np.object_] = np.asarray(shapely.points(sectors.lon, sectors.lat), dtype=object)
    return Sheet("sectors", columns, points, "sectors of the network")


def _cells(cells: Sequence[int]) -> str:
    return " ".join(to_text(cell) for cell in cells)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
