"""What the network side knows of a simulated region: planned works, outages, a mass event.

Some of it lies behind planted faults, as a foreign system would tell it; most planned works are
done at night and nobody complains of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from heatmaps.desk.words import Cause
from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    import numpy as np

    from heatmaps.simulation.faults import Fault
    from heatmaps.simulation.network import Network
    from heatmaps.simulation.simulation import Simulation

TOLD_CAUSES = {
    Cause.PLANNED_WORK: (EventKind.PLANNED_WORK, "Плановая замена оборудования (смоделировано)"),
    Cause.POWER: (EventKind.OUTAGE, "Отключение электропитания (смоделировано)"),
    Cause.EMERGENCY: (EventKind.OUTAGE, "Авария на площадке (смоделировано)"),
}
"""The causes of faults that another system tells of, with what it says."""

NIGHTS_PER_WEEK = 2
NIGHT_H = (1, 5)
"""Between these hours of the clock works are done that nobody shall notice."""
NIGHT_WORK = "Обновление программного обеспечения (смоделировано)"
NOW_H, NOW_ENDS_H = 2, 22
"""What is on at the end began so long before it and ends so long after, in hours."""
NOW_WORK = "Замена антенн (смоделировано)"
MASS_RADIUS_M = 450.0
MASS_TEXT = "Городской праздник (смоделировано)"

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def network_events(simulation: Simulation, network: Network) -> tuple[NetworkEvent, ...]:
    """Give the events known at the simulation's end, by start and id.

    A later end tells the same past with the same ids; only what is on at the end is made anew.
    """
    sites = sorted({sector.site_id for sector in network.sectors})
    events = [
        *(_told(fault) for fault in simulation.faults if fault.symptom.cause in TOLD_CAUSES),
        *_nights(simulation, sites),
        *_mass_events(simulation, network),
        *_now(simulation, network),
    ]
    return tuple(sorted(events, key=lambda event: (event.starts_at, event.event_id)))


def _told(fault: Fault) -> NetworkEvent:
    """Give a fault as the network side knows it, by whole hours around it."""
    kind, text = TOLD_CAUSES[fault.symptom.cause]
    starts, ends = (datetime.fromtimestamp(at, tz=UTC) for at in (fault.starts_at, fault.ends_at))
    return NetworkEvent(
        event_id=f"N{fault.fault_id}",
        kind=kind,
        starts_at=_hour(starts),
        ends_at=_hour(ends) + _HOUR,
        lat=fault.lat,
        lon=fault.lon,
        radius_m=round(fault.radius_m),
        text=text,
    )


def _nights(simulation: Simulation, sites: list[str]) -> list[NetworkEvent]:
    """Give planned works at a site in the nights of each week, the next one included."""
    zone = simulation.region.zone
    first = simulation.since.astimezone(zone).date()
    monday = first - timedelta(days=first.weekday())
    last = simulation.until.astimezone(zone).date()
    events: list[NetworkEvent] = []
    while monday <= last:
        rng = generator(simulation.seed, Purpose.WORKS, monday.toordinal())
        for number in range(NIGHTS_PER_WEEK):
            day = monday + timedelta(days=int(rng.integers(7)))
            at = datetime(day.year, day.month, day.day, NIGHT_H[0], tzinfo=zone)
            events.append(
                NetworkEvent(
                    event_id=f"W{monday:%Y%m%d}{number}",
                    kind=EventKind.PLANNED_WORK,
                    starts_at=at.astimezone(UTC),
                    ends_at=at.replace(hour=NIGHT_H[1]).astimezone(UTC),
                    site_id=sites[int(rng.integers(len(sites)))],
                    text=NIGHT_WORK,
                )
            )
        monday += timedelta(days=7)
    return [event for event in events if event.starts_at > simulation.since]


def _mass_events(simulation: Simulation, network: Network) -> list[NetworkEvent]:
    """Give a city holiday on the Saturday of every fourth week."""
    zone = simulation.region.zone
    day = simulation.since.astimezone(zone).date()
    last = simulation.until.astimezone(zone).date()
    events: list[NetworkEvent] = []
    while day <= last:
        if day.weekday() == 5 and day.toordinal() // 7 % 4 == 0:  # noqa: PLR2004 - Saturday, fourth week
            rng = generator(simulation.seed, Purpose.WORKS, day.toordinal(), 1)
            lat, lon = _somewhere(network, rng)
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
            events.append(
                NetworkEvent(
                    event_id=f"M{day:%Y%m%d}",
                    kind=EventKind.MASS_EVENT,
                    starts_at=noon.astimezone(UTC),
                    ends_at=(noon + 10 * _HOUR).astimezone(UTC),
                    lat=lat,
                    lon=lon,
                    radius_m=MASS_RADIUS_M,
                    text=MASS_TEXT,
                )
            )
        day += _DAY
    return [event for event in events if event.starts_at > simulation.since]


def _now(simulation: Simulation, network: Network) -> list[NetworkEvent]:
    """Give what is on at the end: planned work at a site, and a mass event elsewhere."""
    until = _hour(simulation.until)
    rng = generator(simulation.seed, Purpose.WORKS, int(until.timestamp()) // 3600, 2)
    sites = sorted({sector.site_id for sector in network.sectors})
    starts, ends = until - NOW_H * _HOUR, until + NOW_ENDS_H * _HOUR
    lat, lon = _somewhere(network, rng)
    stamp = f"{until:%Y%m%d%H}"
    return [
        NetworkEvent(
            event_id=f"L{stamp}1",
            kind=EventKind.PLANNED_WORK,
            starts_at=starts,
            ends_at=ends,
            site_id=sites[int(rng.integers(len(sites)))],
            text=NOW_WORK,
        ),
        NetworkEvent(
            event_id=f"L{stamp}2",
            kind=EventKind.MASS_EVENT,
            starts_at=starts,
            ends_at=ends,
            lat=lat,
            lon=lon,
            radius_m=MASS_RADIUS_M,
            text=MASS_TEXT,
        ),
    ]


def _somewhere(network: Network, rng: np.random.Generator) -> tuple[float, float]:
    sector = network.sectors[int(rng.integers(len(network.sectors)))]
    return sector.lat, sector.lon


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
