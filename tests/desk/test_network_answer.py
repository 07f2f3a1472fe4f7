"""What a caller hears of works, outages, mass events and coverage."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.desk import network_script
from heatmaps.desk.answer import Asked, Surroundings, Verdict, answer
from heatmaps.desk.card import SpotCard
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.script import LANGUAGES, NOTHING_KNOWN
from heatmaps.desk.words import Cause, Status
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.policy import packaged_policy
from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.technology import Technology

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
LOOKUP = packaged_policy().lookup
HOUSE = GeocodeResult(Level.HOUSE, 59.94, 30.25, 20.0, 1.0)
FORBIDDEN = ("вы должны", "вам необходимо", "нет", "я ничем не могу", "это от меня не зависит",
             "вы, наверное, сами", "базовая станция", "сектор", "трафик", "lte")  # fmt: skip
EVERYWHERE = dict.fromkeys(Technology, True)
NOWHERE = dict.fromkeys(Technology, False)


def event(kind=EventKind.PLANNED_WORK, starts_h=-1.0, ends_h=3.0, event_id="e"):
    ends = None if ends_h is None else NOW + timedelta(hours=ends_h)
    return NetworkEvent(event_id, kind, NOW + timedelta(hours=starts_h), ends, site_id="s")


def spot(status=Status.IN_PROGRESS, eta_h=4.0, **work) -> SpotCard:
    eta = NOW + timedelta(hours=eta_h)
    return SpotCard(
        work=Work(spot_id=1, status=status, status_at=NOW, queue="q", eta=eta, **work),
        signal="active", quiet_since=None, topic="no_service", technology="4g",
        territory_id=None, territory_name=None, opened_at=NOW, last_tick=NOW,
        lat=59.94, lon=30.25, cells=(), window_h=6, observed=5, expected=0.4, score=9.0,
        recurrence_days=99.0, observed_last=5, expected_last=0.4, observed_peak=5,
        customers_complained=5, customers_silent=900, priority=1.0, priority_parts=(),
        policy_version=1,
    )  # fmt: skip


def ask(*events, here=(), covered=None, certain=True, technology=None, language="ru"):
    around = Surroundings(here=here, certain=certain, events=events, covered=covered or {})
    return answer(HOUSE, around, Asked(NOW, ZONE, language, technology), LOOKUP)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EventKind.PLANNED_WORK, "плановые работы"),
        (EventKind.OUTAGE, "устраняется неполадка"),
        (EventKind.MASS_EVENT, "массовое мероприятие"),
    ],
)
def test_what_is_on_is_told_with_its_end(kind, said):
    given = ask(event(kind))
    assert given.verdict is Verdict.NETWORK_EVENT
    assert said in given.sentence
    assert given.sentence.endswith("в течение 3 часов.")
    assert given.control_at == NOW + timedelta(hours=3)


def test_an_outage_without_an_end_promises_no_term():
    given = ask(event(EventKind.OUTAGE, ends_h=None))
    assert given.control_at is None
    assert "срок уточняется" in given.sentence


def test_what_is_broken_is_told_before_what_is_planned():
    assert (
        ask(event(), event(EventKind.OUTAGE, event_id="o")).sentence
        == ask(event(EventKind.OUTAGE)).sentence
    )


def test_what_comes_soon_is_told_after_that_nothing_is_known_now():
    given = ask(event(starts_h=5, ends_h=8))
    assert given.verdict is Verdict.NOTHING_KNOWN
    assert given.sentence.startswith(NOTHING_KNOWN["ru"])
    assert given.sentence.index("20 ноября, 20:00") < given.sentence.index("20 ноября, 23:00")


def test_a_coming_outage_is_no_plan():
    assert ask(event(EventKind.OUTAGE, starts_h=5, ends_h=8)).sentence == NOTHING_KNOWN["ru"]


def test_the_spot_comes_first_and_the_work_is_its_reason():
    alone, with_work = ask(here=[spot()]), ask(event(), here=[spot()])
    assert with_work.verdict is Verdict.WORKS_GO_ON
    assert with_work.sentence == f"{alone.sentence} Причина — плановые работы на сети."
    assert with_work.control_at == alone.control_at


def test_a_named_cause_outweighs_the_event():
    given = ask(event(), here=[spot(cause=Cause.POWER)])
    assert given.sentence.endswith("Причина — отключение электроэнергии.")
    late = ask(event(), here=[spot(eta_h=-1)])
    assert "плановые работы" in late.sentence
    assert "уточняют причину" not in late.sentence


@pytest.mark.parametrize(
    ("covered", "technology", "said"),
    [
        ({}, None, None),
        ({}, Technology.G5, None),
        (EVERYWHERE, Technology.G5, None),
        (NOWHERE, None, "за пределами зоны уверенного приёма"),
        ({Technology.G4: False}, Technology.G4, "за пределами"),
        ({**EVERYWHERE, Technology.G5: False}, None, None),
        ({**EVERYWHERE, Technology.G5: False}, Technology.G5, "сети 5G"),
        ({Technology.G4: True}, Technology.G5, None),
    ],
)
def test_coverage_is_told_where_it_is_known_to_be_missing(covered, technology, said):
    given = ask(covered=covered, technology=technology)
    if said is None:
        assert given.sentence == NOTHING_KNOWN["ru"]
    else:
        assert said in given.sentence
    assert given.covered == covered


def test_coverage_of_a_vague_place_is_not_told():
    assert ask(covered=NOWHERE, certain=False).sentence == NOTHING_KNOWN["ru"]


@pytest.mark.parametrize(
    "told",
    [
        spot(cause=Cause.ORDERED_RESTRICTION),
        spot(status=Status.RESOLVED, resolved_at=NOW - timedelta(hours=1)),
    ],
)
def test_what_is_no_fault_of_the_network_or_mended_is_said_alone(told):
    alone = ask(here=[told])
    assert ask(event(starts_h=4), here=[told], covered=NOWHERE).sentence == alone.sentence


def test_an_event_gone_or_far_is_the_stores_matter_and_its_end_is_exclusive():
    over = replace(event(), ends_at=NOW)
    assert not over.is_on(NOW)
    assert event(starts_h=0).is_on(NOW)


TABLES = [*network_script.ON_NOW.values(), *network_script.SOON.values(),
          network_script.OUTAGE_WITHOUT_END, network_script.OUTSIDE_COVERAGE,
          network_script.OUTSIDE_TECHNOLOGY]  # fmt: skip


@pytest.mark.parametrize("number", range(len(TABLES)))
def test_no_sentence_says_what_operators_forbid(number):
    words = TABLES[number]["ru"].casefold()
    assert not [phrase for phrase in FORBIDDEN if re.search(rf"\b{phrase}\b", words)]
    assert set(TABLES[number]) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EventKind)
def test_every_event_can_be_told_in_every_language(language, kind):
    for given in (
        ask(event(kind), covered=NOWHERE, language=language),
        ask(event(kind, starts_h=2), here=[spot()], covered=NOWHERE, language=language),
        ask(event(kind), here=[spot(eta_h=-1)], language=language),
    ):
        assert "{" not in given.sentence
        assert "  " not in given.sentence
        assert given.sentence.endswith(".")
