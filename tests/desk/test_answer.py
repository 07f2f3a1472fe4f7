from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.desk import script
from heatmaps.desk.answer import Asked, Surroundings, Verdict, answer
from heatmaps.desk.card import SpotCard
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.words import Cause, Status
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.policy import packaged_policy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
LOOKUP = packaged_policy().lookup
HOUSE = GeocodeResult(Level.HOUSE, 59.94, 30.25, 20.0, 1.0)
FORBIDDEN = ("вы должны", "вам необходимо", "нет", "я ничем не могу", "это от меня не зависит",
             "вы, наверное, сами", "базовая станция", "сектор", "трафик", "lte")  # fmt: skip


def card(spot_id: int = 1, status: Status = Status.NEW, priority: float = 10.0, **work) -> SpotCard:
    return SpotCard(
        work=Work(spot_id=spot_id, status=status, status_at=NOW, queue="q", **work),
        signal="active", quiet_since=None, topic="no_service", technology="4g",
        territory_id=None, territory_name=None, opened_at=NOW, last_tick=NOW,
        lat=59.94, lon=30.25, cells=(), window_h=6, observed=5, expected=0.4, score=9.0,
        recurrence_days=99.0, observed_last=5, expected_last=0.4, observed_peak=5,
        customers_complained=5, customers_silent=900, priority=priority, priority_parts=(),
        policy_version=1,
    )  # fmt: skip


def ask(*here: SpotCard, language: str = "ru", geocoded: GeocodeResult = HOUSE):
    return answer(geocoded, Surroundings(here=here), Asked(NOW, ZONE, language), LOOKUP)


def test_a_known_spot_is_answered_with_the_operators_sentence_and_the_real_term():
    given = ask(card(eta=NOW + timedelta(hours=4, minutes=10)))
    assert given.verdict is Verdict.WORKS_GO_ON
    assert given.sentence == (
        "Вижу, что по вашему адресу уже ведутся работы над улучшением качества связи. "
        "Решение ожидается в течение 5 часов."
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.2, "1 часа"), (1, "1 часа"), (2, "2 часов"), (11, "11 часов"), (21, "21 часа"),
     (24, "24 часов")],
)  # fmt: skip
def test_russian_hours_are_declined(hours, said):
    assert script.term(NOW + timedelta(hours=hours), NOW, ZONE, "ru") == f"в течение {said}"


def test_a_far_term_is_said_by_date_and_local_clock():
    assert script.term(NOW + timedelta(hours=30), NOW, ZONE, "ru") == "до 21 ноября, 21:00"


def test_a_missed_term_is_answered_by_apology_reason_and_new_control_date():
    given = ask(card(status=Status.IN_PROGRESS, eta=NOW - timedelta(hours=1), cause=Cause.POWER))
    assert given.verdict is Verdict.OVERDUE
    parts = ("Приносим извинения", "отключение электроэнергии", "19:00")
    places = [given.sentence.index(part) for part in parts]
    assert places == sorted(places)
    assert given.control_at == NOW + timedelta(hours=LOOKUP.overdue_control_h)


def test_an_ordered_restriction_has_its_own_script():
    given = ask(card(eta=NOW + timedelta(hours=2), cause=Cause.ORDERED_RESTRICTION))
    assert given.verdict is Verdict.RESTRICTED
    assert "по решению уполномоченных органов" in given.sentence


def test_a_spot_resolved_lately_is_still_told_and_an_old_one_is_not():
    lately = card(status=Status.RESOLVED, resolved_at=NOW - timedelta(hours=3))
    long_ago = card(
        status=Status.CONFIRMED,
        resolved_at=NOW - timedelta(hours=LOOKUP.resolved_shown_h, minutes=1),
    )
    assert ask(lately).verdict is Verdict.FINISHED
    assert ask(long_ago).verdict is Verdict.NOTHING_KNOWN


def test_of_several_spots_an_open_one_is_told_then_the_more_urgent():
    resolved = card(1, Status.RESOLVED, 99.0, resolved_at=NOW)
    weak = card(2, Status.NEW, 1.0, eta=NOW + timedelta(hours=1))
    strong = card(3, Status.NEW, 5.0, eta=NOW + timedelta(hours=1))
    assert ask(resolved, weak, strong).spot.spot_id == 3
    assert ask(strong, resolved, weak).spot.spot_id == 3


@pytest.mark.parametrize("status", [Status.SUBSIDED, Status.REJECTED, Status.MERGED])
def test_what_nobody_fixed_is_never_called_finished(status):
    assert ask(card(status=status, closed_at=NOW)).verdict is Verdict.NOTHING_KNOWN


@pytest.mark.parametrize("level", [Level.NONE, Level.AMBIGUOUS])
def test_an_unclear_address_is_asked_again(level):
    given = ask(card(), geocoded=GeocodeResult(level))
    assert given.verdict is Verdict.ADDRESS_UNCLEAR
    assert given.spot is None


def _texts(language: str) -> list[str]:
    tables = [script.WORKS_GO_ON, script.OVERDUE, script.RESTRICTED, script.FINISHED,
              script.NOTHING_KNOWN, script.ASK_AGAIN, script.STILL_LOOKING]  # fmt: skip
    return [table[language] for table in tables] + list(script.REASONS[language].values())


@pytest.mark.parametrize("text", _texts("ru"))
def test_no_template_says_what_operators_forbid(text):
    words = text.casefold()
    assert not [phrase for phrase in FORBIDDEN if re.search(rf"\b{phrase}\b", words)]


@pytest.mark.parametrize("language", script.LANGUAGES)
@pytest.mark.parametrize("cause", [*Cause, None])
def test_every_cause_can_be_told_in_every_language(language, cause):
    late = card(eta=NOW - timedelta(hours=1), cause=cause)
    soon = replace(late, work=replace(late.work, eta=NOW + timedelta(hours=1)))
    for given in (ask(late, language=language), ask(soon, language=language)):
        assert given.sentence
        assert "{" not in given.sentence
