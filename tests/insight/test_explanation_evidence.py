"""What complaints themselves say: each sign on columns made for it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.record import Place, Technology, Topic
from heatmaps.insight.explanation import evidence
from heatmaps.insight.explanation.columns import at_age
from heatmaps.insight.explanation.evidence import Clock

from .material import HOUR, NOW, reports, said, spots

MOSCOW = ZoneInfo("Europe/Moscow")
EVEN = Clock(np.ones(168), MOSCOW, NOW - 400 * HOUR, NOW + 400 * HOUR)
TOPICS = list(Topic)
USUAL_TOPICS = np.full((1, len(Topic)), 1 / len(Topic))
USUAL_TECHNOLOGIES = np.tile([0.1, 0.2, 0.6, 0.1], (len(Topic), 1))


def of_topics(*names: Topic):
    return reports(*({"topic": TOPICS.index(name)} for name in names))


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        ([Topic.NO_SERVICE] * 6, "no_service"),
        ([Topic.NO_SERVICE] * 5 + [Topic.OTHER], "no_service"),
        (list(Topic), "mixed"),
        ([Topic.NO_SERVICE] * 2, None),
    ],
)
def test_a_topic_stands_out_against_the_usual_mix(names, outcome):
    assert said(evidence.topics(spots({}), of_topics(*names), USUAL_TOPICS), "topics") == [outcome]


def test_what_is_usual_there_does_not_stand_out():
    usual = np.full((1, len(Topic)), 0.01)
    usual[0, TOPICS.index(Topic.SLOW_INTERNET)] = 0.94
    told = evidence.topics(spots({}), of_topics(*[Topic.SLOW_INTERNET] * 8), usual)
    assert said(told, "topics") == ["mixed"]
    assert told.figure.tolist() == [1.0]


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        (["3g"] * 5, "3g"),
        (["4g"] * 12, "4g"),
        (["4g", "4g", "5g"], "mixed"),
        (["2g", "3g", "4g", "5g"] * 3, "several"),
        ([], None),
    ],
)
def test_a_technology_stands_out_or_several_suffer(named, outcome):
    rows = [{"technology": list(Technology).index(Technology(name))} for name in named]
    told = evidence.technology(spots({}), reports(*rows, {}, {}), USUAL_TECHNOLOGIES)
    assert said(told, "technology") == [outcome]


def test_where_people_suffer():
    indoor = list(Place).index(Place.INDOOR)
    rows = reports(*[{"place": indoor}] * 6)
    assert said(evidence.whereabouts(spots({}), rows, np.array([0.4, 0.4, 0.2])),
                "whereabouts") == ["indoor"]  # fmt: skip


@pytest.mark.parametrize(
    ("ages_h", "outcome"),
    [
        ([0, 0.1, 0.2, 0.3, 0.4, 0.5, 10], "sudden"),
        ([0, 9.4, 9.5, 9.6, 9.7, 9.8, 10], "growing"),
        ([0, 2, 4, 5, 6, 8, 10], "even"),
        ([0, 5, 10], None),
        ([3, 3, 3, 3, 3, 3], None),
    ],
)
def test_how_complaints_came(ages_h, outcome):
    rows = reports(*({"time": NOW + int(age * HOUR)} for age in ages_h))
    assert said(evidence.onset(spots({}), rows, EVEN), "onset") == [outcome]


def test_a_quiet_night_between_is_no_course():
    """The rhythm of the week stretches the day: many by day and few by night is even."""
    rhythm = np.tile(np.where(np.arange(24) < 8, 0.02, 1.5), 7)
    clock = Clock(rhythm, MOSCOW, NOW - 100 * HOUR, NOW + 100 * HOUR)
    local = int((NOW // HOUR + 3) % 24)
    first = NOW - local * HOUR  # midnight in Moscow
    ages = [8, 10, 12, 14, 16, 18, 20, 22, 24 + 8, 24 + 10, 24 + 12, 24 + 14]
    rows = reports(*({"time": first + age * HOUR} for age in ages))
    assert said(evidence.onset(spots({}), rows, clock), "onset") == ["even"]


@pytest.mark.parametrize(
    ("hours", "lived_h", "outcome"),
    [([19, 20, 21, 22, 20, 21], 30, "evenings"), ([3, 7, 9, 12, 15, 20], 30, "any_hour"),
     ([19, 20, 21, 22, 20, 21], 2, None)],
)  # fmt: skip
def test_evenings_are_told_by_a_spot_that_has_lived_through_a_day(hours, lived_h, outcome):
    midnight = NOW - int((NOW // HOUR + 3) % 24) * HOUR
    rows = reports(*({"time": midnight + hour * HOUR} for hour in hours))
    spot = {"opened": midnight + 6 * HOUR, "until": midnight + (6 + lived_h) * HOUR}
    assert said(evidence.hours(spots(spot), rows, EVEN), "hours") == [outcome]


def test_the_size_of_a_zone():
    told = evidence.extent(spots({"area_km2": 0.3}, {"area_km2": 5}, {"area_km2": 50}))
    assert said(told, "extent") == ["small", "middling", "wide"]


def test_a_place_that_always_complains():
    told = evidence.place_before(np.array([0.9, 3.0, np.nan]))
    assert said(told, "place_before") == ["ordinary", "chronic", None]


def test_a_young_spot_is_seen_as_it_was_then():
    spot, rows = spots({}), reports({"time": NOW}, {"time": NOW + 7 * HOUR})
    young, told = at_age(spot, rows, 6 * HOUR)
    assert young.until.tolist() == [NOW + 6 * HOUR]
    assert told.time.tolist() == [NOW]
    assert len(at_age(spot, rows, 100 * HOUR)[1]) == 2


@given(st.permutations(range(12)), st.lists(st.integers(0, 6), min_size=12, max_size=12))
def test_the_order_of_complaints_says_nothing(order, topic):
    rows = reports(*({"topic": one, "spot": n % 2, "time": NOW + n * HOUR, "technology": one % 4}
                     for n, one in enumerate(topic)))  # fmt: skip
    two, mixed = spots({}, {}), rows.take(np.array(order))
    usual = np.repeat(USUAL_TOPICS, 2, axis=0)
    for read in (
        lambda some: evidence.topics(two, some, usual),
        lambda some: evidence.technology(two, some, USUAL_TECHNOLOGIES),
        lambda some: evidence.onset(two, some, EVEN),
        lambda some: evidence.hours(two, some, EVEN),
    ):
        one, other = read(rows), read(mixed)
        assert one.outcome.tolist() == other.outcome.tolist()
        np.testing.assert_allclose(one.figure, other.figure)


def test_no_spot_and_no_complaint_are_nothing_to_read():
    none, nothing = spots(), reports()
    assert not len(evidence.topics(none, nothing, np.zeros((0, 7))).outcome)
    assert not len(evidence.onset(none, nothing, EVEN).outcome)
    alone = spots({})
    assert said(evidence.topics(alone, nothing, USUAL_TOPICS), "topics") == [None]
    assert said(evidence.onset(alone, nothing, EVEN), "onset") == [None]
    assert said(evidence.hours(alone, nothing, EVEN), "hours") == [None]
