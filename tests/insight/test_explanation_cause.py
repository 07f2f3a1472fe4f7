"""How evidence becomes a suggested cause, and what a suggestion is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from heatmaps.desk.words import Cause
from heatmaps.insight.explanation.cause import marks, odds, probabilities
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.reliability import Judged, confidence_of, judged, reliability
from heatmaps.insight.explanation.signs import CAUSES, OUTCOMES
from heatmaps.insight.explanation.suggestion import suggest
from heatmaps.insight.tuning import ExplanationPolicy
from heatmaps.policy import packaged_policy

from .material import HOUR, NOW, code, signs, spots

POLICY = packaged_policy().explanation
OVERLOAD, POWER, EQUIPMENT = code(Cause.OVERLOAD), code(Cause.POWER), code(Cause.EQUIPMENT)


def alone(**told):
    """Suggest for one spot in a store where nothing is resolved yet."""
    return suggest(spots({}), signs(1, **{name: [word] for name, word in told.items()}), 0, POLICY)


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({"topics": "no_service", "works": "outage", "onset": "sudden"}, Cause.POWER),
        ({"topics": "slow_internet", "hours": "evenings", "onset": "growing"}, Cause.OVERLOAD),
        ({"topics": "no_coverage", "coverage": "outside"}, Cause.NO_COVERAGE),
        ({"works": "planned_work", "topics": "no_service"}, Cause.PLANNED_WORK),
        ({"topics": "voice_quality", "onset": "growing"}, Cause.INTERFERENCE),
        ({"topics": "slow_internet", "region": "everywhere", "extent": "wide"},
         Cause.THIRD_PARTY_SERVICE),
        ({"topics": "no_internet", "technology": "several", "extent": "wide", "onset": "sudden",
          "sites": "several"}, Cause.ORDERED_RESTRICTION),
    ],
)  # fmt: skip
def test_a_young_store_suggests_what_the_policy_says(told, cause):
    suggestion, evidence = alone(**told)
    assert suggestion.cause is cause
    assert (suggestion.alike, suggestion.learnt_from) == (0, 0)
    assert {one.sign for one in evidence} == set(told)
    assert [one.log_odds for one in evidence] == sorted(
        (o.log_odds for o in evidence), reverse=True
    )


def test_a_spot_that_tells_nothing_is_suggested_nothing_clear():
    suggestion, evidence = alone()
    assert (suggestion.clear, evidence) == (False, ())
    assert suggestion.probability == pytest.approx(0.2, abs=0.01)


def resolved(*causes: int):
    """Give spots resolved one after another, a day apart, and one that is not."""
    day = 24 * HOUR
    rows = [{"opened": NOW + n * day, "cause": cause, "named": NOW + n * day + HOUR}
            for n, cause in enumerate(causes)]  # fmt: skip
    return spots(*rows, {"opened": NOW + len(causes) * day})


def test_people_teach_what_the_policy_does_not_know():
    """Here voice quality is always power: nobody would say so beforehand."""
    several = resolved(*[POWER, EQUIPMENT] * 15)
    told = signs(31, topics=["voice_quality", "other"] * 15 + ["voice_quality"])
    suggestion, _ = suggest(several, told, 30, POLICY)
    assert suggestion.cause is Cause.POWER
    assert suggestion.learnt_from == 30
    untaught, _ = suggest(
        several.take(np.array([30])), signs(1, topics=["voice_quality"]), 0, POLICY
    )
    assert untaught.cause is not Cause.POWER


def test_a_resolved_spot_does_not_teach_itself():
    told = signs(2, topics=["voice_quality", None])
    one, _ = suggest(resolved(POWER), told, 0, POLICY)
    untaught, _ = alone(topics="voice_quality")
    assert (one.cause, one.learnt_from) == (untaught.cause, 0)


def added_by(sign: str, *told: str, found: list[int]):
    """Give what a sign adds to each cause of the last spot; those before it have a found cause."""
    marked = marks(signs(len(told), **{sign: list(told)}), POLICY)
    causes = np.array([*found, UNKNOWN])
    last = np.array([len(found)])
    return odds(marked, causes, causes[None, :] != UNKNOWN, last)[0, 1 + list(OUTCOMES).index(sign)]


@pytest.mark.parametrize("sign", ["earlier", "notice"])
def test_a_cause_that_is_named_speaks_for_itself_alone(sign):
    added = added_by(sign, "overload", found=[])
    assert added[OVERLOAD] > 0
    others = np.delete(added, OVERLOAD)
    assert np.all(others < 0)
    assert np.ptp(others) == pytest.approx(0.0)


@pytest.mark.parametrize(("shift", "more"), [(0, True), (1, False)], ids=["right", "wrong"])
def test_notices_are_believed_as_often_as_they_were_right_whatever_they_named(shift, more):
    named = [cause for cause in CAUSES if cause is not Cause.OVERLOAD]
    found = [code(named[(n + shift) % len(named)]) for n in range(len(named))]
    untaught = added_by("notice", "overload", found=[])
    taught = added_by("notice", *named, "overload", found=found)
    apart = [added[OVERLOAD] - added[POWER] for added in (untaught, taught)]
    assert bool(apart[1] > apart[0]) is more


@given(st.lists(st.tuples(st.sampled_from([OVERLOAD, POWER, EQUIPMENT]),
                          st.sampled_from([*OUTCOMES["topics"], None])), max_size=8),
       st.sampled_from(OUTCOMES["technology"]))  # fmt: skip
def test_probabilities_sum_to_one_and_evidence_adds_up(history, technology):
    number = len(history) + 1
    several = resolved(*(cause for cause, _ in history))
    told = signs(number, topics=[topic for _, topic in history] + ["no_internet"],
                 technology=[None] * (number - 1) + [technology])  # fmt: skip
    marked = marks(told, POLICY)
    taught = (several.cause != UNKNOWN)[None, :]
    [added] = of_one = odds(marked, several.cause, taught, np.array([number - 1]))
    assert added.shape == (1 + len(OUTCOMES), len(CAUSES))
    [chance] = probabilities(of_one)
    assert chance.sum() == pytest.approx(1.0)
    assert np.all(chance > 0)
    best = int(chance.argmax())
    suggestion, evidence = suggest(several, told, number - 1, POLICY)
    assert suggestion.cause is CAUSES[best]
    of_signs = sum(one.log_odds for one in evidence)
    assert added[1:, best].sum() == pytest.approx(of_signs)


def test_each_is_judged_by_what_was_known_when_it_opened():
    several = resolved(POWER, POWER, POWER)
    told = signs(4, topics=["voice_quality"] * 4)
    found = judged(several, marks(told, POLICY))
    assert found.spot_id.tolist() == [1, 2, 3]
    fewer = judged(several.take(np.array([0, 1])), marks(signs(2, topics=["voice_quality"] * 2),
                                                         POLICY))  # fmt: skip
    np.testing.assert_allclose(found.probability[:2], fewer.probability)
    np.testing.assert_allclose(found.confidence[:2], fewer.confidence)


def past(*rows: tuple[int, float, bool]):
    causes, chances, right = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(causes, dtype=int), np.array(chances, dtype=float), np.array(right, dtype=bool)


def test_confidence_goes_from_the_model_to_what_was_seen():
    assert confidence_of(POWER, 0.8, past(), 10.0) == (0.8, 0, 0)
    wrong = [(POWER, 0.8, False)] * 200
    sure, right, alike = confidence_of(POWER, 0.8, past(*wrong), 10.0)
    assert sure < 0.05
    assert (right, alike) == (0, 200)
    assert confidence_of(POWER, 0.3, past(*wrong), 10.0)[0] == 0.3  # those were of another kind


def test_another_cause_right_as_often_counts_less():
    seen = past(*[(OVERLOAD, 0.6, True)] * 20, *[(POWER, 0.6, False)] * 20)
    overload, *_ = confidence_of(OVERLOAD, 0.6, seen, 10.0)
    power, *_ = confidence_of(POWER, 0.6, seen, 10.0)
    assert overload > 0.7
    assert power < 0.4


def test_the_table_adds_up():
    several = resolved(*[POWER, OVERLOAD, EQUIPMENT] * 6)
    told = signs(19, topics=["no_service", "slow_internet", "no_internet"] * 6 + [None])
    found = judged(several, marks(told, POLICY))
    summed = reliability(found)
    assert summed.spots == 18 == int(summed.table.sum()) == sum(n for *_, n in summed.bands)
    assert summed.right == int(np.trace(summed.table)) == sum(line.right for line in summed.lines)
    assert sum(line.given for line in summed.lines) == 18
    assert summed.base == pytest.approx(1 / 3)
    brier = np.mean((found.confidence - found.right) ** 2)
    assert summed.brier == pytest.approx(brier)
    assert found.later_half.spot_id.tolist() == list(range(10, 19))


def test_confidence_is_held_against_the_share_right_by_tenths():
    said = np.array([0.05, 0.62, 0.64, 0.69, 0.69, 1.0])
    right = np.array([0, 1, 1, 0, 1, 1], dtype=bool)
    number = np.arange(6)
    summed = reliability(
        Judged(number, number, np.zeros(6, int), np.where(right, 0, 1), said, said)
    )
    assert summed.bands == (
        (pytest.approx(0.05), 0.0, 1), (pytest.approx(0.66), 0.75, 4), (1.0, 1.0, 1)
    )  # fmt: skip
    assert summed.calibration_error == pytest.approx((0.05 + 4 * 0.09) / 6)


def test_confidence_is_honest_where_causes_are_drawn_by_chance():
    """Signs that say nothing of the cause: confidence must come down to the share right."""
    rng = np.random.default_rng(5)
    causes = rng.choice([POWER, OVERLOAD, EQUIPMENT], 160)
    topics = rng.choice(["no_service", "slow_internet", "voice_quality"], 161).tolist()
    onset = rng.choice(OUTCOMES["onset"], 161).tolist()
    found = judged(
        resolved(*causes.tolist()), marks(signs(161, topics=topics, onset=onset), POLICY)
    )
    late = slice(80, None)
    assert found.confidence[late].mean() == pytest.approx(found.right[late].mean(), abs=0.12)


@pytest.mark.parametrize(
    ("signs_of", "why"),
    [({"weather": {"rain": {"power": 2.0}}}, "there is no sign 'weather'"),
     ({"onset": {"slowly": {"power": 2.0}}}, "never says 'slowly'")],
)  # fmt: skip
def test_a_policy_names_signs_there_are(signs_of, why):
    wrong = {**POLICY.model_dump(), "signs": signs_of}
    with pytest.raises(ValidationError, match=why):
        ExplanationPolicy.model_validate(wrong)
