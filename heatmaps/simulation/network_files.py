"""The simulated network and customer base as the files the commands load."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields
from typing import TYPE_CHECKING

import shapely

from heatmaps.region.objects import VulnerableObject
from heatmaps.simulation.customer_base import BaseCustomer, customer_base
from heatmaps.simulation.network import build_network
from heatmaps.simulation.objects import vulnerable_objects
from heatmaps.simulation.works import network_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from heatmaps.region.events import NetworkEvent
    from heatmaps.simulation.network import Network
    from heatmaps.simulation.simulation import Simulation

SITE_COLUMNS = ("site_id", "sector_id", "name", "lat", "lon", "technology", "band", "azimuth",
                "status")  # fmt: skip
EVENT_COLUMNS = ("event_id", "kind", "starts_at", "ends_at", "lat", "lon", "radius_m",
                 "territory_id", "site_id", "text")  # fmt: skip
OBJECT_COLUMNS = tuple(column.name for column in fields(VulnerableObject))
CUSTOMER_COLUMNS = tuple(column.name for column in fields(BaseCustomer))
AREA_NAME = "Прогноз покрытия, смоделировано"


def network_files(simulation: Simulation) -> dict[str, str]:
    """Give the files' names and texts; the same simulation, the same bytes."""
    network = build_network(simulation.region, simulation.holes, simulation.seed)
    sites = ([getattr(each, name) for name in SITE_COLUMNS] for each in network.sectors)
    customers = (
        [getattr(each, name) for name in CUSTOMER_COLUMNS] for each in customer_base(simulation)
    )
    objects = (
        [getattr(each, name) for name in OBJECT_COLUMNS]
        for each in vulnerable_objects(simulation.region, simulation.seed)
    )
    zone = simulation.region.zone
    events = (_event(event, zone) for event in network_events(simulation, network))
    return {
        "sites.csv": _csv(SITE_COLUMNS, sites),
        "coverage.geojson": _coverage(network),
        "events.csv": _csv(EVENT_COLUMNS, events),
        "objects.csv": _csv(OBJECT_COLUMNS, objects),
        "customers.csv": _csv(CUSTOMER_COLUMNS, customers),
    }


def _event(event: NetworkEvent, zone: ZoneInfo) -> list[object]:
    told: dict[str, object] = {name: getattr(event, name) for name in EVENT_COLUMNS}
    told["starts_at"] = event.starts_at.astimezone(zone).isoformat()
    told["ends_at"] = event.ends_at.astimezone(zone).isoformat() if event.ends_at else None
    return list(told.values())


def _coverage(network: Network) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"technology": str(technology), "name": AREA_NAME},
            "geometry": json.loads(shapely.to_geojson(area)),
        }
        for technology, area in network.coverage.items()
        if not area.is_empty
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if value is None else str(value) for value in row] for row in rows)
    return text.getvalue()
