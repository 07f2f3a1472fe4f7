from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import h3.api.basic_int as h3
import pytest
from sqlalchemy import update
from town import CENTRE, CLOCK, END, FAULT_AT, FAULT_H, rows, settle, tell

from heatmaps.desk.words import Status
from heatmaps.errors import ConfigError
from heatmaps.insight.verdicts import Verdict
from heatmaps.policy import PACKAGED_POLICY
from heatmaps.region.objects import ObjectKind, VulnerableObject
from heatmaps.store.engine import open_store
from heatmaps.store.objects import save_objects
from heatmaps.store.tables import Spot
from pipelines import find_spots
from pipelines.preview_beside import PreviewBeside, Task
from pipelines.preview_policy import preview_policy
from pipelines.set_up import set_up_store

PACKAGED = PACKAGED_POLICY.read_text(encoding="utf-8")
DEAF = PACKAGED.replace("min_customers = 3 ", "min_customers = 90 ", 1)
VIP = PACKAGED.replace("mass = 1.0", "mass = 4.0", 1)
SEEN_BY = FAULT_AT + timedelta(hours=FAULT_H)
LATE = replace(CLOCK, now=END + timedelta(hours=5))


def preview(store, body, days=1, clock=CLOCK, known=None):
    steps = []
    seen = preview_policy(
        store, body, "new.toml", clock, lambda *step: steps.append(step), days=days, known=known
    )
    return seen, steps


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def watched(request, tmp_path_factory):
    """A store of each kind whose last day held the fault, which people resolved."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('preview')}/heatmaps.db"
        store = set_up_store(url, CLOCK.now)
    else:
        databases = request.getfixturevalue("postgis_databases")
        url = databases.make()
        store = open_store(url)
    settle(store)
    told = rows()
    tell(store, told)
    find_spots.detect(store, told[0]["created_at"], CLOCK, lambda *_: None)
    skip_to(store, FAULT_AT - timedelta(hours=1))
    find_spots.detect(store, SEEN_BY, CLOCK, lambda *_: None)
    with store.writing() as connection:
        resolved = {"status": Status.RESOLVED, "cause": "power", "resolved_at": SEEN_BY}
        connection.execute(update(Spot).values(resolved))
    yield store
    store.close()
    if request.param == "postgis":
        databases.drop(url)


def skip_to(store, tick):
    """Note an hour as done, so that detection goes on from there: quiet weeks take their time."""
    from heatmaps.store import detection

    with store.writing() as connection:
        detection.note_ticks(connection, [tick], CLOCK.now, 1)


@pytest.fixture
def bare(tmp_path):
    """A store that has a policy and nothing else."""
    opened = set_up_store(f"sqlite:///{tmp_path}/bare.db", CLOCK.now)
    yield opened
    opened.close()


def dump(store):
    with store.reading() as connection:
        return find_spots.spots.load_cases(connection)


def test_a_threshold_too_high_shows_the_fault_that_would_be_missed(watched):
    before = dump(watched)
    seen, steps = preview(watched, DEAF)
    found = seen.comparison
    assert [str(change) for change in seen.changes] == ["detection.min_customers: 3 → 90"]
    assert (seen.hours, seen.last, seen.same_spots) == (24, SEEN_BY, False)
    assert steps == [(done, 48) for done in range(1, 49)]
    assert (found.ruling.real_found, found.new.real_found, found.new.real_known) == (1, 0, 1)
    assert (found.new.opened, found.ruling.false) == (0, 0)
    [gone] = [spot for spot in found.gone if spot.verdict is Verdict.REAL]
    assert gone.topic == "no_internet"
    assert gone.opened_at >= FAULT_AT
    assert dump(watched) == before


def test_other_weights_replay_once_and_change_the_points_alone(watched):
    seen, steps = preview(watched, VIP)
    found = seen.comparison
    assert (seen.same_spots, len(steps)) == (True, 24)
    assert found.new == found.ruling
    assert (found.gone, found.fresh) == ((), ())
    assert found.delay.median_h == 0
    for waiting in found.queue:
        assert waiting.new[1] > waiting.ruling[1]


@pytest.mark.parametrize(
    ("was", "instead", "more"),
    [
        ("duration_points = 15.0", "duration_points = 90.0", 75.0),
        ("hospital = 12.0", "hospital = 100.0", 88.0),
    ],
)
def test_the_weights_of_duration_and_vulnerable_objects_are_previewed(watched, was, instead, more):
    lat, lon = h3.cell_to_latlng(CENTRE)
    with watched.writing() as connection:
        save_objects(
            connection, [VulnerableObject("h", ObjectKind.HOSPITAL, None, lat, lon)], CLOCK.now
        )
    seen, steps = preview(watched, PACKAGED.replace(was, instead, 1))
    assert (seen.same_spots, len(steps), len(seen.changes)) == (True, 24, 1)
    assert seen.not_replayed == ()
    gained = [waiting.new[1] - waiting.ruling[1] for waiting in seen.comparison.queue]
    assert 0 < max(gained) <= more


def test_the_ruling_policy_beside_itself_differs_in_nothing(watched):
    seen, _ = preview(watched, PACKAGED)
    assert seen.changes == ()
    assert seen.comparison.new == seen.comparison.ruling
    assert all(waiting.new == waiting.ruling for waiting in seen.comparison.queue)


def test_a_replay_twice_tells_the_same_as_one_weighed_twice(watched):
    """What is detected once for both must not differ from what each would detect alone."""
    once, _ = preview(watched, VIP)
    routed = VIP.replace('default_queue = "network_operations"', 'default_queue = "other"', 1)
    twice, _ = preview(watched, routed)
    assert not twice.same_spots
    assert [(w.ruling, w.new) for w in twice.comparison.queue] == [
        (w.ruling, w.new) for w in once.comparison.queue
    ]
    assert twice.comparison.order == once.comparison.order


def test_what_a_replay_cannot_show_is_said(watched):
    other = VIP.replace("no_coverage = 720", "no_coverage = 24", 1).replace(
        "default_point_streets = 15", "default_point_streets = 5", 1
    )
    seen, _ = preview(watched, other)
    assert set(seen.not_replayed) == {"eta_h.no_coverage", "quality.default_point_streets"}


def test_history_shorter_than_asked_for_is_replayed_from_its_first_complaint(bare):
    settle(bare)
    first = END - timedelta(hours=10)
    tell(bare, [row for row in rows(fault=False) if row["created_at"] >= first])
    seen, _ = preview(bare, VIP, days=90, clock=LATE)
    assert seen.first >= first
    assert seen.last == LATE.now
    assert seen.hours < 16
    assert (seen.comparison.new.opened, seen.comparison.new.delay_h) == (0, None)
    assert seen.comparison.queue == ()


def test_without_complaints_there_is_nothing_to_compare(bare):
    seen, steps = preview(bare, DEAF)
    assert (seen.comparison, seen.hours, seen.complaints, steps) == (None, 0, 0, [])
    assert len(seen.changes) == 1


def test_a_policy_that_cannot_rule_is_not_replayed(bare):
    with pytest.raises(ConfigError, match=r"new\.toml.*min_customers = -1"):
        preview(bare, PACKAGED.replace("min_customers = 3 ", "min_customers = -1 ", 1))


def test_what_is_known_of_the_ruling_policy_is_not_replayed_again(watched):
    first, _ = preview(watched, VIP)
    fresh, _ = preview(watched, DEAF)
    again, steps = preview(watched, DEAF, known=first.known)
    assert len(steps) == 24
    assert again == fresh
    other, steps = preview(watched, DEAF, days=2, known=first.known)
    assert len(steps) == 2 * 48
    assert other.hours == 48


@pytest.mark.parametrize("watched", ["postgis"], indirect=True)
def test_a_preview_beside_tells_its_steps_and_the_same(watched):
    url = watched.engine.url.render_as_string(hide_password=False)
    beside = PreviewBeside(Task(url, VIP, "new.toml", CLOCK, 1))
    beside.wait()
    assert (beside.done, beside.total, beside.fault) == (24, 24, None)
    assert beside.preview == preview(watched, VIP)[0]


def test_a_preview_beside_says_why_it_cannot(tmp_path):
    beside = PreviewBeside(Task(f"sqlite:///{tmp_path}/none.db", VIP, "new.toml", CLOCK, 1))
    beside.wait()
    assert beside.preview is None
    assert "no store at" in beside.fault


def test_a_preview_beside_can_be_stopped(tmp_path):
    beside = PreviewBeside(Task(f"sqlite:///{tmp_path}/none.db", VIP, "new.toml", CLOCK, 1))
    beside.stop()
    assert not beside.runs
    assert beside.preview is None
