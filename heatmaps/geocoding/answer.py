"""From the places an address may mean to the one answer that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding import shares
from heatmaps.geocoding.result import Alternative, GeocodeResult, Level
from heatmaps.geocoding.street_table import TYPE_PRESUMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form import NormalForm

MAX_ALTERNATIVES = 5
SEVERAL_ADDRESSES = 0.8
"""Confidence where the text names more than one address and the first was taken."""

UNREAD = "unread:"
"""Begins the changes that tell what was written and not understood."""
CORRECTED = "corrected"
"""The change that tells that the writer took back a part and said it anew."""
KORPUS_GUESSED = "korpus_from_list"
"""The change that tells that a list of numbers was read as a house, its корпус and a flat."""

_ROUNDING = 1e-9


class Candidate(NamedTuple):
    """One place an address may mean.

    `share` is how surely the street, or the settlement where there is none, is the one meant;
    `confidence` that and the house together. `town` is the settlement's position, `others` are
    houses beside this one that may be meant.
    """

    level: Level
    lat: float
    lon: float
    uncertainty_m: float
    confidence: float
    matched: str
    changes: tuple[str, ...]
    key: str
    share: float
    town: int
    others: tuple[Alternative, ...] = ()


def answered(
    form: NormalForm, text: str, candidates: Sequence[Candidate], faults: tuple[str, ...]
) -> GeocodeResult:
    """Give the likeliest candidate with its runners-up, or ambiguous where two are as likely.

    `text` is the form's. Among streets as likely as each other the only one that has the house
    is taken, but doubtfully; among settlements nothing is ever chosen.
    """
    if len(candidates) == 1:
        return _placed(form, text, candidates[0], faults, ())
    ranked = sorted(candidates, key=lambda c: (-c.share, -c.confidence, c.matched))
    close = [c for c in ranked if _is_close(c, ranked[0])]
    if len(close) == 1:
        return _placed(form, text, ranked[0], faults, ranked[1:])
    chosen = _only(close)
    if chosen is None:
        return _ambiguous(form, text, ranked, faults)
    others = [c for c in ranked if c is not chosen]
    doubtful = chosen._replace(confidence=min(chosen.confidence, shares.STREET_PRESUMED))
    return _placed(form, text, doubtful, faults, others)


def are_ambiguous(streets: Sequence[tuple[float, int]]) -> bool:
    """Tell of shares of candidates and their towns whether none will be chosen whatever else.

    So it is where those as likely as each other lie in several settlements.
    """
    least = max(share for share, _ in streets) * (1 - shares.CLOSE)
    return len({town for share, town in streets if share >= least}) > 1


def _is_close(one: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate may be meant as well as the best; another city's needs less."""
    apart = shares.CLOSE if one.town == best.town else shares.CLOSE_ELSEWHERE
    return one.share >= best.share * (1 - apart) - _ROUNDING


def _only(close: Sequence[Candidate]) -> Candidate | None:
    """Give the one of candidates as likely as each other that has the house, None for several.

    Where none has it, nor a neighbour, it is the street presumed where no type was written.
    """
    if len({c.town for c in close}) > 1:
        return None
    for level in (Level.HOUSE, Level.NEAR):
        having = [c for c in close if c.level is level]
        if having:
            return having[0] if len(having) == 1 else None
    presumed = [c for c in close if TYPE_PRESUMED in c.changes]
    return presumed[0] if len(presumed) == 1 else None


def is_doubted(form: NormalForm) -> bool:
    """Tell whether what was changed to read an address makes any answer to it less sure."""
    return any(change.startswith((UNREAD, CORRECTED, KORPUS_GUESSED)) for change in form.changes)


def is_better(one: GeocodeResult, other: GeocodeResult) -> bool:
    """Tell whether an answer says more than another."""
    return _RANK[one.level] < _RANK[other.level]


_RANK = {
    level: rank
    for rank, level in enumerate(
        (
            Level.HOUSE,
            Level.NEAR,
            Level.AMBIGUOUS,
            Level.STREET,
            Level.SETTLEMENT,
            Level.REGION,
            Level.NONE,
        )
    )
}


def _placed(
    form: NormalForm,
    text: str,
    found: Candidate,
    faults: tuple[str, ...],
    others: Sequence[Candidate],
) -> GeocodeResult:
    confidence = found.confidence
    if "several_addresses" in faults:
        confidence = min(confidence, SEVERAL_ADDRESSES)
    if form.changes and any(change.startswith((UNREAD, CORRECTED)) for change in form.changes):
        confidence = min(confidence, shares.UNREAD)
    return GeocodeResult(
        found.level,
        found.lat,
        found.lon,
        found.uncertainty_m,
        confidence,
        text,
        found.matched,
        form.changes + found.changes if form.changes else found.changes,
        faults,
        _alternatives(others, found.others) if others or found.others else (),
        found.key,
    )


def _ambiguous(
    form: NormalForm, text: str, ranked: Sequence[Candidate], faults: tuple[str, ...]
) -> GeocodeResult:
    best = max(c.confidence for c in ranked)
    return GeocodeResult(
        Level.AMBIGUOUS,
        confidence=best / len(ranked),
        normal_form=text,
        changes=form.changes,
        faults=faults,
        alternatives=_alternatives(ranked),
    )


def _alternatives(
    candidates: Sequence[Candidate], beside: Sequence[Alternative] = ()
) -> tuple[Alternative, ...]:
    """Give the likeliest of candidates and of the houses beside the one taken."""
    others = [Alternative(c.matched, c.level, c.lat, c.lon, c.confidence) for c in candidates]
    ranked = sorted((*others, *beside), key=lambda one: (-one.confidence, one.label))
    return tuple(ranked[:MAX_ALTERNATIVES])
