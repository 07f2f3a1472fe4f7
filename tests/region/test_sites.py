import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.region.sites import SectorColumns, nearest_m

LATITUDES = st.floats(-89.0, 89.0)
LONGITUDES = st.floats(-180.0, 180.0)
POINTS = st.lists(st.tuples(LATITUDES, LONGITUDES), min_size=1, max_size=6)


def sectors(points, statuses=None):
    count = len(points)
    lat, lon = np.array(points, dtype=np.float64).reshape(-1, 2).T
    return SectorColumns(
        sector_id=[str(n) for n in range(count)],
        site_id=[str(n) for n in range(count)],
        name=[None] * count,
        technology=["4g"] * count,
        band=[None] * count,
        azimuth=np.full(count, np.nan),
        status=statuses or ["active"] * count,
        lat=lat,
        lon=lon,
    )


@given(POINTS, POINTS)
def test_the_nearest_is_as_far_as_the_least_great_circle(sites, places):
    lat, lon = np.array(places).T
    away = nearest_m(sectors(sites), lat, lon)
    every = [distance_m(lat, lon, *site) for site in sites]
    # Haversine itself loses a few metres near the antipodes.
    assert away == pytest.approx(np.min(every, axis=0), rel=1e-6, abs=5.0)


def test_only_active_sectors_serve():
    both = sectors([(59.94, 30.31), (59.95, 30.31)], ["planned", "active"])
    away = nearest_m(both, np.array([59.94, np.nan]), np.array([30.31, 30.31]))
    assert away[0] == pytest.approx(1_112, rel=1e-3)
    assert np.isnan(away[1])


@pytest.mark.parametrize("statuses", [["planned"], ["off"], []])
def test_where_nothing_serves_the_distance_is_unknown(statuses):
    none = sectors([(59.94, 30.31)] * len(statuses), statuses)
    assert np.isnan(nearest_m(none, np.array([59.94]), np.array([30.31]))).all()
