"""What a provider's answer is worth, held against the address that was asked.

A provider finds something for nearly everything, so its own certainty counts for little: only an
answer whose settlement, street and house are the asked ones, in normal form, is taken as it is.
The shares are set with caution, not measured: providers cannot be asked from tests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.fingerprints import ignored_places
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.house_ladder import likeness, parts_of
from heatmaps.geocoding.normal_form import (
    names_settlement,
    normal_house,
    settlement_key,
    street_name,
)
from heatmaps.geocoding.online.finding import HOUSE_M, NEAR_M, STREET_M
from heatmaps.geocoding.result import ACCEPTED, Alternative, GeocodeResult, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heatmaps.geocoding.normal_form import NormalForm, StreetName
    from heatmaps.geocoding.online.finding import Finding
    from heatmaps.geocoding.online.question import Question

VERIFIED = 0.90
DOUBTFUL = 0.80
"""The most that an answer is worth which is not the asked address in every part."""
HOUSE_NEARLY = 0.70
NEAR = 0.60
STREET_ONLY = 0.60
SETTLEMENT_ONLY = 0.50
ELSEWHERE = 0.20

ONE_PLACE_M = 300.0
"""Answers that all verify but lie farther apart than this are different places."""
SAME_TOWN_M = 30_000.0
NEIGHBOURS = 4
"""As far as this a number of the same parity is near, as among our own houses."""
MAX_ALTERNATIVES = 5
_UNSURE = frozenset({"several_addresses", "several_streets"})

ANSWER_ELSEWHERE = "answer_elsewhere"
"""The fault of an address for which the provider only found other places."""
SEVERAL_ANSWERS = "several_answers"


class _Judged(NamedTuple):
    result: GeocodeResult
    finding: Finding


def judged(
    question: Question, findings: Sequence[Finding], provider: str, ours: GeocodeResult
) -> GeocodeResult:
    """Give what the findings say of the address asked.

    `ours` is our own gazetteer's answer: it gives the normal form, and where it knows the town, an
    answer far from there is another town's. The level is none where the provider found nothing,
    ambiguous where it found only other places or several that fit.
    """
    said = (*ignored_places(ours), *question.changes, f"provider:{provider}")
    faults = question.form.faults
    blank = GeocodeResult(Level.NONE, normal_form=ours.normal_form, changes=said, faults=faults)
    if not findings:
        return blank
    each = [_Judged(_one(question, finding, ours), finding) for finding in findings]
    placed = sorted((j for j in each if j.result.lat is not None), key=_worth, reverse=True)
    others = _alternatives(placed or each)
    if not placed:
        return replace(blank, level=Level.AMBIGUOUS, confidence=ELSEWHERE / len(each),
                       faults=(*faults, ANSWER_ELSEWHERE), alternatives=others)  # fmt: skip
    best = placed[0]
    alike = [j for j in placed if j.result.level is best.result.level is Level.HOUSE]
    if _apart(best.finding, [j.finding for j in alike]):
        return replace(blank, level=Level.AMBIGUOUS, confidence=ELSEWHERE, alternatives=others,
                       faults=(*faults, SEVERAL_ANSWERS))  # fmt: skip
    result = replace(best.result, normal_form=ours.normal_form, matched=best.finding.label)
    return replace(result, changes=(*said, *result.changes), faults=faults,
                   alternatives=others[1:])  # fmt: skip


def better(found: GeocodeResult, than: GeocodeResult) -> bool:
    """Tell whether an answer may replace another: accepted where that is not, else narrower."""
    return found.lat is not None and _rank(found) > _rank(than)


def _rank(result: GeocodeResult) -> tuple[bool, float]:
    wide = float("inf") if result.uncertainty_m is None else result.uncertainty_m
    return result.lat is not None and result.confidence >= ACCEPTED, -wide


def _worth(judged_one: _Judged) -> tuple[bool, float, float]:
    return (*_rank(judged_one.result), judged_one.result.confidence)


def _one(question: Question, finding: Finding, ours: GeocodeResult) -> GeocodeResult:
    """Give what one finding says; no place where it lies elsewhere."""
    form = question.form
    elsewhere = not _in_settlement(form, finding) or _far(finding, ours)
    if elsewhere or finding.level is Level.REGION:
        return GeocodeResult(Level.NONE)
    if finding.level is Level.SETTLEMENT:
        wide = max(finding.uncertainty_m, STREET_M)
        return _placed(finding, Level.SETTLEMENT, wide, SETTLEMENT_ONLY)
    same_street = _same_street(form.street, finding.street)
    if same_street is None:
        return GeocodeResult(Level.NONE)
    most = VERIFIED if same_street and not question.changes else DOUBTFUL
    most = DOUBTFUL if _UNSURE & set(form.faults) or "korpus_from_list" in form.changes else most
    return _on_street(form, finding, most)


def _on_street(form: NormalForm, finding: Finding, most: float) -> GeocodeResult:
    """Give what a finding on the street asked says of the house; `most` is what it can be worth."""
    number = normal_house(finding.house, finding.street) if finding.house else ""
    if not form.house or not number or finding.level is Level.STREET:
        return _placed(finding, Level.STREET, max(finding.uncertainty_m, STREET_M), STREET_ONLY)
    if number == form.house:
        if finding.level is Level.HOUSE:
            return _placed(finding, Level.HOUSE, HOUSE_M, most)
        return _placed(finding, Level.NEAR, NEAR_M, min(HOUSE_NEARLY, most))
    asked, known = parts_of(form.house), parts_of(number)
    rung = likeness(asked, known)
    if rung is not None:
        share = min(HOUSE_NEARLY * rung.confidence, most)
        return _placed(finding, Level.NEAR, NEAR_M, share, rung.changes)
    away = abs(asked.integer - known.integer)
    if asked.integer and known.integer and away <= NEIGHBOURS and away % 2 == 0:
        return _placed(finding, Level.NEAR, NEAR_M, min(NEAR, most), (f"near:{number}",))
    return _placed(finding, Level.STREET, STREET_M, STREET_ONLY, (f"other_house:{number}",))


def _placed(
    finding: Finding,
    level: Level,
    uncertainty_m: float,
    confidence: float,
    changes: tuple[str, ...] = (),
) -> GeocodeResult:
    return GeocodeResult(level, finding.lat, finding.lon, uncertainty_m, confidence,
                         matched=finding.label, changes=changes)  # fmt: skip


def _in_settlement(form: NormalForm, finding: Finding) -> bool:
    """Tell whether a finding lies in the settlement asked, or in that part of the city asked."""
    if form.region and finding.region and not _same_region(form.region, finding.region):
        return False
    cities, parts = _keys(finding.settlements), _keys(finding.districts)
    narrowest, *wider = (place.name for place in form.places)
    return narrowest in cities or (narrowest in parts and not cities.isdisjoint(wider))


def _keys(names: Iterable[str]) -> set[str]:
    return {settlement_key(name) for name in names if names_settlement(name)}


def _same_region(asked: str, told: str) -> bool:
    """Tell whether one name holds all words of the other: Югра has a long name and a short one."""
    words, others = set(settlement_key(asked).split()), set(settlement_key(told).split())
    return words <= others or others <= words


def _same_street(asked: StreetName, told: str) -> bool | None:
    """Tell whether streets are equal; False where only a type or a part of town is missing.

    None where they differ. Both may be absent: houses of a village on no street.
    """
    known = street_name(told)
    if asked.key == known.key:
        return True
    if not asked or not known or asked.core != known.core:
        return None
    kinds, tails = {asked.kind, known.kind} - {""}, {asked.tail, known.tail} - {""}
    return None if len(kinds) > 1 or len(tails) > 1 else False


def _far(finding: Finding, ours: GeocodeResult) -> bool:
    if ours.lat is None or ours.lon is None:
        return False
    reach = max(ours.uncertainty_m or 0.0, SAME_TOWN_M) + finding.uncertainty_m
    return _metres(finding, ours.lat, ours.lon) > reach


def _apart(best: Finding, alike: Sequence[Finding]) -> bool:
    return any(_metres(other, best.lat, best.lon) > ONE_PLACE_M for other in alike)


def _metres(finding: Finding, lat: float, lon: float) -> float:
    return float(distance_m(np.array([finding.lat]), np.array([finding.lon]), lat, lon)[0])


def _alternatives(each: Sequence[_Judged]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(j.finding.label, j.finding.level, j.finding.lat, j.finding.lon,
                    j.result.confidence or ELSEWHERE)
        for j in each[:MAX_ALTERNATIVES]
    )  # fmt: skip
