"""Write a simulation as the files the commands load, and its truth beside them."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.errors import FileError
from heatmaps.region.grid import to_text
from heatmaps.simulation.network_files import network_files
from heatmaps.simulation.telling import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from heatmaps.simulation.simulation import Simulation

COMPLAINT_COLUMNS = tuple(column.name for column in fields(Complaint))
FAULT_COLUMNS = (
    "fault_id",
    "starts_at",
    "ends_at",
    "lat",
    "lon",
    "radius_m",
    "cells",
    "topic",
    "technology",
    "cause",
    "kind",
    "complaints_planted",
)
HOLE_COLUMNS = (
    "hole_id",
    "technology_missing",
    "lat",
    "lon",
    "radius_m",
    "cells",
    "complaints_planted",
)
TRUTH_COLUMNS = (
    "source",
    "external_id",
    "fault_id",
    "hole_id",
    "street",
    "house",
    "lat",
    "lon",
    "cell",
)


def write(simulation: Simulation, directory: Path) -> None:
    """Write every file into `directory`, made if missing; the same simulation, the same bytes."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {directory} cannot be made ({error.strerror}); choose another."
        raise FileError(message) from error
    files = {
        "complaints.csv": _complaints(simulation),
        "truth.csv": _truth(simulation),
        "faults.csv": _faults(simulation),
        "holes.csv": _holes(simulation),
        "subscribers.csv": _subscribers(simulation),
        "gazetteer.csv": simulation.region.gazetteer,
        "territories.geojson": simulation.region.territories,
        **network_files(simulation),
        "README.txt": _readme(simulation),
    }
    for name, text in files.items():
        (directory / name).write_bytes(text.encode("utf-8"))


def _complaints(simulation: Simulation) -> str:
    return _csv(
        COMPLAINT_COLUMNS,
        (
            [_field(getattr(complaint, name)) for name in COMPLAINT_COLUMNS]
            for complaint in simulation.complaints
        ),
    )


def _truth(simulation: Simulation) -> str:
    houses = simulation.region.houses
    rows = zip(
        simulation.complaints,
        simulation.houses,
        simulation.fault_ids,
        simulation.hole_ids,
        strict=True,
    )
    return _csv(
        TRUTH_COLUMNS,
        (
            [
                complaint.source,
                complaint.external_id,
                fault_id or "",
                hole_id or "",
                houses.street[house],
                houses.house[house],
                str(houses.lat[house]),
                str(houses.lon[house]),
                to_text(int(houses.cell[house])),
            ]
            for complaint, house, fault_id, hole_id in rows
        ),
    )


def _faults(simulation: Simulation) -> str:
    zone = simulation.region.zone
    planted = simulation.planted()
    return _csv(
        FAULT_COLUMNS,
        (
            [
                fault.fault_id,
                _moment(fault.starts_at, zone),
                _moment(fault.ends_at, zone),
                str(fault.lat),
                str(fault.lon),
                f"{fault.radius_m:.0f}",
                " ".join(map(to_text, fault.cells)),
                fault.symptom.topic,
                fault.symptom.technology or "",
                fault.symptom.cause,
                fault.symptom.onset,
                str(planted[fault.fault_id]),
            ]
            for fault in simulation.faults
        ),
    )


def _holes(simulation: Simulation) -> str:
    return _csv(
        HOLE_COLUMNS,
        (
            [
                hole.hole_id,
                " ".join(hole.lack.missing),
                str(hole.lat),
                str(hole.lon),
                f"{hole.radius_m:.0f}",
                " ".join(map(to_text, hole.cells)),
                str(simulation.hole_ids.count(hole.hole_id)),
            ]
            for hole in simulation.holes
        ),
    )


def _subscribers(simulation: Simulation) -> str:
    region = simulation.region
    rows = zip(region.cell.tolist(), region.subscribers.tolist(), strict=True)
    return _csv(("cell", "subscribers"), ([to_text(cell), str(count)] for cell, count in rows))


def _readme(simulation: Simulation) -> str:
    zone = simulation.region.zone
    return README.format(
        seed=simulation.seed,
        since=simulation.since.astimezone(zone).isoformat(),
        until=simulation.until.astimezone(zone).isoformat(),
        complaints=len(simulation.complaints),
        faults=len(simulation.faults),
        holes=len(simulation.holes),
        subscribers=int(simulation.region.subscribers.sum()),
    )


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.value if isinstance(value, StrEnum) else str(value)


def _moment(second: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(second, tz=UTC).astimezone(zone).isoformat()


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


README = """\
ВСЕ ЖАЛОБЫ В ЭТОЙ ПАПКЕ СМОДЕЛИРОВАНЫ. Ни одна из них не подана настоящим человеком.
СЕТЬ ТОЖЕ СМОДЕЛИРОВАНА: площадки, покрытие и работы не принадлежат ни одному оператору.

Настоящие: адреса домов и границы округов (© участники OpenStreetMap, ODbL 1.0), оценки числа
жителей (ObjectNat, BSD-3; Kontur Population, CC BY 4.0). Выдуманы: клиенты, обращения, тексты,
номера телефонов (+7 900 000-xx-xx), аварии, число абонентов, площадки на случайных домах,
прогноз покрытия (круговые сектора без учёта застройки), работы и мероприятия, важные объекты
(больницы, школы и другие, на случайных домах).

Период: {since} — {until}; зерно {seed}.
Жалоб: {complaints}; аварий: {faults}; дыр в покрытии: {holes}; абонентов: {subscribers}.

complaints.csv       жалобы, как их отдаёт CRM
gazetteer.csv        адреса домов с координатами
subscribers.csv      абоненты по ячейкам H3
territories.geojson  регион и его округа
sites.csv            площадки и их секторы
coverage.geojson     прогноз покрытия по технологиям
events.csv           плановые работы, отключения, массовые мероприятия
objects.csv          важные объекты: больницы, школы, пожарные части
customers.csv        клиенты: все, кто жаловался, и выборка тех, кто молчит
faults.csv           правда: аварии, из-за которых поданы некоторые жалобы
holes.csv            правда: места, где сети не хватает всё время
truth.csv            правда: о каком доме и из-за чего каждая жалоба
"""
