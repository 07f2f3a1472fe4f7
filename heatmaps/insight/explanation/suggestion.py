"""From signs to a suggested cause with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.explanation.cause import marks, odds, probabilities
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.record import Candidate, Evidence, Suggestion
from heatmaps.insight.explanation.reliability import confidence_of, judged
from heatmaps.insight.explanation.signs import CAUSES, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.insight.explanation.columns import SpotColumns
    from heatmaps.insight.explanation.signs import Sign
    from heatmaps.insight.tuning import ExplanationPolicy

OTHERS = 2
"""So many causes are named beside the one suggested."""


def suggest(
    spots: SpotColumns, signs: Mapping[str, Sign], which: int, policy: ExplanationPolicy
) -> tuple[Suggestion, tuple[Evidence, ...]]:
    """Suggest a cause for one spot from all the others, with what speaks for it and against it.

    A spot never teaches itself: one that is resolved is suggested what its neighbours say. The
    evidence that adds most comes first.
    """
    learnt = marks(signs, policy)
    taught = (spots.cause != UNKNOWN) & (np.arange(len(spots)) != which)
    [added] = of_one = odds(learnt, spots.cause, taught[None, :], np.array([which]))
    [chance] = probabilities(of_one)
    ranked = np.argsort(-chance, kind="stable")
    best = int(ranked[0])
    past = judged(spots, learnt)
    other = past.spot_id != spots.spot_id[which]
    known = (past.suggested[other], past.probability[other], past.right[other])
    worth = policy.worth_suggestions
    confidence, right, alike = confidence_of(best, float(chance[best]), known, worth)
    suggestion = Suggestion(
        cause=CAUSES[best],
        confidence=confidence,
        clear=confidence >= policy.tell_from,
        probability=float(chance[best]),
        right=right,
        alike=alike,
        learnt_from=int(taught.sum()),
        others=tuple(Candidate(CAUSES[n], float(chance[n])) for n in ranked[1 : 1 + OTHERS]),
    )
    told = [
        _told(name, signs[name], which, float(added[1 + row, best]))
        for row, name in enumerate(OUTCOMES)
        if signs[name].outcome[which] != UNKNOWN
    ]
    return suggestion, tuple(sorted(told, key=lambda one: -one.log_odds))


def _told(name: str, sign: Sign, which: int, log_odds: float) -> Evidence:
    figure = float(sign.figure[which])
    return Evidence(
        sign=name,
        outcome=OUTCOMES[name][int(sign.outcome[which])],
        figure=figure if np.isfinite(figure) else None,
        log_odds=log_odds,
    )
