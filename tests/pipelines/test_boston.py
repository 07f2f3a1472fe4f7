"""The packaged sample of a real stream: street-light outages of Boston, summer of 2011."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from heatmaps.geocoding.gazetteer import empty_gazetteer
from heatmaps.geocoding.index import build_index
from heatmaps.policy import PACKAGED_POLICY, packaged_policy
from heatmaps.store import region
from heatmaps.store.data_quality import load_quality
from heatmaps.store.policies import save_policy
from heatmaps.store.tables import Personal
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


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def boston(request, tmp_path_factory):
    """A store of each kind that has taken the sample in; no test changes it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('boston')}/heatmaps.db"
    else:
        url = request.getfixturevalue("postgis_databases").make()
    store = set_up_store(url, NOW)
    with store.writing() as connection:
        save_policy(connection, quick_policy(), "quick.toml", NOW)
    load_subscribers_file(store, DATA / "population_h3r8.csv.gz", "boston_population")
    yield store, take_in(store)
    store.close()


def quick_policy() -> str:
    """Give a policy that scans fewer zones: the report below has them all."""
    text = PACKAGED_POLICY.read_text(encoding="utf-8")
    fewer = {"resolutions": "[8]", "windows_h": "[6, 24]"}
    for key, value in fewer.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
    return text


def take_in(store):
    given = Circumstances(NOW, NEW_YORK, lambda: build_index(empty_gazetteer()), "boston311")
    return import_file(store, DATA / "street_lights_2011_q3.csv.gz", given, silent).counts


def test_the_sample_comes_in_by_its_profile_and_counts_add_up(boston):
    store, first = boston
    again = take_in(store)
    assert (first.rows, first.left_out, first.new, first.quarantined) == (4072, 2000, 2072, 0)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2072)
    assert first.unlocated == 115
    assert again.unlocated == 0


def test_exposure_is_spread_over_the_grid_without_losing_anybody(boston):
    store, _ = boston
    with store.reading() as connection:
        delivered = region.load_subscribers(connection)[1]
        spread = region.load_exposure(connection).subscribers
    assert len(delivered) == 1254
    assert spread.sum() == pytest.approx(delivered.sum())


@pytest.mark.parametrize("boston", ["sqlite"], indirect=True)
def test_replay_finds_outages_that_are_several_lights_in_one_place(boston, tmp_path):
    store, _ = boston
    ticks = find_spots.hours_between(
        datetime(2011, 8, 20, tzinfo=NEW_YORK), datetime(2011, 8, 27, tzinfo=NEW_YORK)
    )
    cases = find_spots.replay(store, ticks, NEW_YORK, silent)
    assert write_spots(cases, tmp_path / "spots.csv") == len(cases) > 0
    for case in cases:
        assert case.detected.observed >= 3
        assert case.detected.observed > case.detected.expected
        assert (
            case.detected.recurrence_days >= packaged_policy().detection.recurrence_days_per_million
        )
        assert case.at_opening.customers_silent > 0
    with store.reading() as connection:
        query = select(Personal.complaint_id, Personal.address)
        address = dict(connection.execute(query).tuples().all())
    for case in cases:
        assert len({address[number] for number in case.detected.complaint_ids}) >= 3


def test_quality_tells_of_the_default_point_and_of_repeated_entries(boston):
    store, _ = boston
    since, until = (datetime(2011, month, 1, tzinfo=NEW_YORK) for month in (7, 10))
    with store.reading() as connection:
        found = load_quality(connection, since, until, timedelta(days=1))
    [point] = found.default_points
    assert (point.lat, point.lon, point.complaints) == (42.3594, -71.0587, 115)
    assert found.complaints == sum(found.by_level.values()) == 2072
    assert found.unlocated == found.on_default_points == 115
    assert found.repeats.repeats > 300
    assert found.repeats.places[0].repeats >= 5


def test_the_report_runs_on_the_sample_and_its_figures_fit_together(capsys):
    path = Path(__file__).parents[2] / "data" / "boston" / "report.py"
    spec = importlib.util.spec_from_file_location("boston_report", path)
    report = importlib.util.module_from_spec(spec)
    sys.modules["boston_report"] = report
    spec.loader.exec_module(report)
    found = report.main(["--until", "2011-07-11"])
    assert json.loads(capsys.readouterr().out.split("\n}\n")[0] + "}") == found
    assert (found["rows of the file"], found["rows of the file on it"] >= 115) == (4072, True)
    assert found["after"]["spots"] >= found["compact spots"] > 0
    assert found["after"]["touching the default point"] == 0
    assert found["after"]["of one address"] == 0
    assert found["outages in spots"] <= found["outages"] < 2072
