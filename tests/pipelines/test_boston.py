"""The packaged sample of a real stream: street-light outages of Boston, summer of 2011."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heatmaps.geocoding.gazetteer import empty_gazetteer
from heatmaps.geocoding.index import build_index
from heatmaps.policy import packaged_policy
from heatmaps.store import region
from pipelines import find_spots
from pipelines.export_spots import write_spots
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import load_subscribers_file
from pipelines.set_up import set_up_store

DATA = Path(__file__).parents[2] / "data" / "boston"
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def silent(*_):
    pass


@pytest.fixture
def boston(store_url):
    store = set_up_store(store_url, NOW)
    load_subscribers_file(store, DATA / "population_h3r8.csv.gz", "boston_population")
    yield store
    store.close()


def take_in(store):
    given = Circumstances(NOW, NEW_YORK, lambda: build_index(empty_gazetteer()), "boston311")
    return import_file(store, DATA / "street_lights_2011_q3.csv.gz", given, silent).counts


def test_the_sample_comes_in_by_its_profile_and_counts_add_up(boston):
    first, again = take_in(boston), take_in(boston)
    assert (first.rows, first.left_out, first.new, first.quarantined) == (4072, 2000, 2072, 0)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2072)
    assert first.unlocated == 0


def test_exposure_is_spread_over_the_grid_without_losing_anybody(boston):
    with boston.reading() as connection:
        delivered = region.load_subscribers(connection)[1]
        spread = region.load_exposure(connection).subscribers
    assert len(delivered) == 1254
    assert spread.sum() == pytest.approx(delivered.sum())


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_replay_finds_outages_that_are_several_lights_in_one_place(boston, tmp_path):
    take_in(boston)
    ticks = find_spots.hours_between(
        datetime(2011, 8, 20, tzinfo=NEW_YORK), datetime(2011, 8, 27, tzinfo=NEW_YORK)
    )
    cases = find_spots.replay(boston, ticks, NEW_YORK, silent)
    assert write_spots(cases, tmp_path / "spots.csv") == len(cases) > 0
    for case in cases:
        assert case.detected.observed >= 3
        assert case.detected.observed > 2 * case.detected.expected
        assert (
            case.detected.recurrence_days >= packaged_policy().detection.recurrence_days_per_million
        )
        assert case.at_opening.customers_silent > 0
