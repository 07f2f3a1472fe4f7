"""What surrounds a spot: works, coverage, sites, the rest of the region, earlier spots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.complaints.record import Technology
from heatmaps.desk.words import Cause
from heatmaps.insight.explanation import surroundings
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.evidence import Clock
from heatmaps.insight.explanation.surroundings import Faces, RegionColumns
from heatmaps.insight.explanation.works import EventPoints, notice, overlaps, works
from heatmaps.region.events import EventKind, NetworkEvent

from .material import HOUR, NEVER, NOW, code, reports, said, spots

AT = datetime.fromtimestamp(NOW / 1e6, UTC)
METRE = 1 / 111_195.0
"""A metre to the north, degrees."""


def event(  # noqa: PLR0913 - what an event is
    kind=EventKind.OUTAGE, *, since_h=-7.0, until_h=2.0, lat=59.94, radius_m=300.0, text=None,
    **place,
):  # fmt: skip
    end = None if until_h is None else AT + timedelta(hours=until_h)
    circle = {} if place else {"lat": lat, "lon": 30.25, "radius_m": radius_m}
    return NetworkEvent(f"e{since_h}{kind}", kind, AT + timedelta(hours=since_h), end,
                        text=text, **circle, **place)  # fmt: skip


def said_of_works(*events, **spot):
    one, found = touched(*events, **spot)
    return found.event.tolist(), said(works(one, events, found), "works")[0]


def touched(*events, **spot):
    circles = [(n, e.lat, e.lon, e.radius_m) for n, e in enumerate(events) if e.radius_m]
    position, lat, lon, reach = np.array(circles, dtype=np.float64).reshape(-1, 4).T
    points = EventPoints(position.astype(np.int64), lat, lon, reach)
    one = spots({"area_km2": 1e-4, **spot})
    held = {"north": np.array([True]), "south": np.array([False])}
    return one, overlaps(one, events, points, held)


@pytest.mark.parametrize(
    ("one", "touches", "outcome"),
    [
        (event(), [0], "outage"),
        (event(until_h=None), [0], "outage"),
        (event(EventKind.PLANNED_WORK, since_h=-5.0), [0], "planned_work"),
        (event(EventKind.MASS_EVENT, territory_id="north"), [0], "mass_event"),
        (event(territory_id="south"), [], "none"),
        (event(lat=59.94 + 290 * METRE), [0], "outage"),
        (event(lat=59.94 + 330 * METRE), [], "none"),
        (event(since_h=-3.0), [0], "none"),
        (event(since_h=5.0, until_h=9.0), [0], "none"),
        (event(since_h=-9.0, until_h=-6.5), [], "none"),
        (event(since_h=30.0, until_h=40.0), [], "none"),
    ],
)
def test_an_event_is_behind_a_spot_when_it_was_on_there_as_complaints_began(one, touches, outcome):
    assert said_of_works(one) == (touches, outcome)


def test_of_several_events_the_one_that_began_nearest_tells():
    old, fresh = event(EventKind.PLANNED_WORK, since_h=-50.0), event(since_h=-6.0)
    assert said_of_works(old, fresh) == ([0, 1], "outage")


def test_where_no_event_was_ever_loaded_nothing_is_said():
    assert said_of_works() == ([], None)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([event(text="Отключение электропитания")], "power"),
        ([event(text="Авария")], "emergency"),
        ([event(text="Выясняется"), event(since_h=-9.0, text="Обрыв ВОЛС")], "transport_line"),
        ([event(text="Обрыв ВОЛС", since_h=-9.0), event(text="Нет питания")], "power"),
        ([event(text="Обрыв ВОЛС", lat=60.5)], None),
        ([event(EventKind.PLANNED_WORK, text="Замена кабеля")], None),
        ([event(text="Выясняется")], None),
        ([event()], None),
        ([], None),
    ],
)
def test_the_notice_of_an_outage_behind_a_spot_names_its_cause(events, outcome):
    one, found = touched(*events)
    assert said(notice(one, events, found), "notice") == [outcome]


def covered(*rows):
    return np.array(rows, dtype=np.int8).reshape(-1, len(Technology))


@pytest.mark.parametrize(
    ("technology", "inside", "outcome"),
    [
        ("4g", [1, 1, 0, 0], "outside"),
        ("3g", [1, 1, 0, 0], "inside"),
        (None, [1, 0, 0, 0], "inside"),
        (None, [0, 0, 0, 0], "outside"),
        ("5g", [1, 1, 0, UNKNOWN], "inside"),
        ("5g", [UNKNOWN] * 4, None),
    ],
)
def test_coverage_is_that_of_the_technology_named(technology, inside, outcome):
    named = UNKNOWN if technology is None else list(Technology).index(Technology(technology))
    rows = reports(*[{"technology": named}] * 3)
    told = surroundings.coverage(spots({}), rows, covered(*[inside] * 3))
    assert said(told, "coverage") == [outcome]


def test_some_complaints_from_outside_are_an_edge():
    told = surroundings.coverage(spots({}), reports(*[{}] * 4), covered([0] * 4, *[[1] * 4] * 3))
    assert said(told, "coverage") == ["edge"]
    assert told.figure.tolist() == [0.25]


def faces(*sites: tuple[float, float]) -> Faces:
    """Three faces a site: north, and to both sides of south."""
    rows = [(n, 2, azimuth, lat, lon) for n, (lat, lon) in enumerate(sites)
            for azimuth in (0.0, 120.0, 240.0)]  # fmt: skip
    site, technology, azimuth, lat, lon = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return Faces(site.astype(np.int64), technology.astype(np.int64), azimuth, lat, lon)


SITES = faces((59.94, 30.25), (59.96, 30.25))


@pytest.mark.parametrize(
    ("places", "outcome"),
    [
        ([(59.942, 30.25), (59.943, 30.251), (59.944, 30.249), (59.942, 30.252)], "one_sector"),
        ([(59.942, 30.25), (59.938, 30.254), (59.938, 30.246), (59.941, 30.25)], "one_site"),
        ([(59.942, 30.25), (59.943, 30.25), (59.958, 30.25), (59.962, 30.25)], "several"),
        ([(59.942, 30.25)], None),
    ],
)
def test_complaints_around_one_site_or_before_one_face(places, outcome):
    rows = reports(*({"lat": lat, "lon": lon} for lat, lon in places))
    assert said(surroundings.sites(spots({}), rows, SITES), "sites") == [outcome]


def test_the_sector_told_counts_before_the_nearest_site():
    far = {"lat": 59.942, "lon": 30.25, "sector": 3}
    told = surroundings.sites(spots({}), reports(*[far] * 4), SITES)
    assert said(told, "sites") == ["one_sector"]
    assert said(surroundings.sites(spots({}), reports(*[{"sector": 3}] * 4), SITES), "sites") == [
        "one_sector"
    ]


def test_without_sites_nothing_is_said():
    rows = reports(*[{"lat": 59.94, "lon": 30.25}] * 5)
    assert said(surroundings.sites(spots({}), rows, faces()), "sites") == [None]


@pytest.mark.parametrize(
    ("seen", "since", "outcome"),
    [(40, -100, "everywhere"), (14, -100, "here_only"), (40, -1, None)],
)
def test_the_rest_of_the_region(seen, since, outcome):
    clock = Clock(np.ones(168), ZoneInfo("UTC"), NOW - 200 * HOUR, NOW + 10 * HOUR)
    time = np.sort(NOW - np.linspace(0, 5.9, seen) * HOUR).astype(np.int64)
    hourly = np.array([5.0, 2.0, *[0.5] * 6])
    around = RegionColumns(time, np.zeros(seen, dtype=np.int64), hourly, NOW + since * HOUR)
    told = surroundings.region(spots({}), np.array([0]), around, clock)
    assert said(told, "region") == [outcome]


def test_the_last_cause_given_at_the_same_place():
    day = 24 * HOUR
    power, overload = code(Cause.POWER), code(Cause.OVERLOAD)
    near, far = 59.94 + 300 * METRE, 59.94 + 3_000 * METRE
    told = surroundings.earlier(spots(
        {"opened": NOW - 40 * day, "cause": overload, "named": NOW - 39 * day},
        {"opened": NOW - 9 * day, "cause": power, "named": NOW - 8 * day, "lat": near},
        {"opened": NOW - 3 * day, "cause": overload, "named": NOW - 2 * day, "lat": far},
        {"opened": NOW - day, "cause": overload, "named": NOW + day},
        {},
        {"cause": UNKNOWN, "named": NEVER, "lat": 10.0},
    ))  # fmt: skip
    assert said(told, "earlier") == [None, "overload", None, "power", "power", None]
    assert told.figure[4] == 9.0
