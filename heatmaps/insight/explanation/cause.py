"""A suggested cause: what each sign adds to the odds of each cause, known and learnt.

A naive Bayes model (Spiegelhalter and Knill-Jones 1984, J. R. Statist. Soc. A 147:35, weights of
evidence): log P(cause) plus, for each sign that can be read, log P(outcome | cause). Both are drawn from what
the policy says, worth some spots, towards what people found out about the spots resolved so far:
(w P(outcome) r + n) / (w + N), where the outcome makes the cause r times as likely by the policy
and was seen in n of N spots with that cause. Signs of one spot are not independent of each other,
so each counts a part of its weight only; what the sum is worth is measured afterwards, see
`heatmaps.insight.explanation.reliability`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import CAUSES, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heatmaps.insight.explanation.signs import Sign
    from heatmaps.insight.tuning import ExplanationPolicy

START = dict(zip(OUTCOMES, np.cumsum([0, *map(len, OUTCOMES.values())]).tolist(), strict=False))
"""Where the outcomes of each sign begin when those of all signs stand in one row."""

WIDTH = sum(map(len, OUTCOMES.values()))


@dataclass(frozen=True, slots=True)
class Marks:
    """What the signs say of some spots, and what the policy makes of it, ready to be counted.

    `said` has shape (spots, `WIDTH`), 1 where an outcome holds; `ratio` is how many times likelier
    each outcome makes each cause, shape (causes, `WIDTH`).
    """

    said: NDArray[np.float64]
    ratio: NDArray[np.float64]
    policy: ExplanationPolicy


def marks(signs: Mapping[str, Sign], policy: ExplanationPolicy) -> Marks:
    """Give the signs of some spots as marks; every sign of `OUTCOMES` is among them."""
    number = len(next(iter(signs.values())).outcome)
    said = np.zeros((number, WIDTH))
    for name, sign in signs.items():
        rows = np.flatnonzero(sign.outcome != UNKNOWN)
        said[rows, START[name] + sign.outcome[rows]] = 1.0
    return Marks(said, _ratios(policy), policy)


def _ratios(policy: ExplanationPolicy) -> NDArray[np.float64]:
    ratio = np.ones((len(CAUSES), WIDTH))
    for name, outcomes in policy.signs.items():
        for outcome, causes in outcomes.items():
            column = START[name] + OUTCOMES[name].index(outcome)
            for cause, times in causes.items():
                ratio[CAUSES.index(cause), column] = times
    return ratio


def odds(
    marked: Marks, cause: NDArray[np.int64], taught: NDArray[np.bool_], which: int
) -> NDArray[np.float64]:
    """Give what speaks for each cause of one spot, in natural logarithms, the first row before all.

    `cause` are the causes people gave, `taught` says which spots teach. Shape (1 + signs, causes):
    the logarithm of each cause's share, then of each sign what it adds, 0 where it says nothing.
    The sum over rows is the logarithm of the odds, up to a constant.
    """
    policy, rows = marked.policy, np.flatnonzero(taught)
    given = np.zeros((len(rows), len(CAUSES)))
    given[np.arange(len(rows)), cause[rows]] = 1.0
    shares = np.array([policy.usual.get(each, 0.0) for each in CAUSES]) + 1e-6
    prior = policy.worth_spots * len(CAUSES) / 2 * shares / shares.sum() + given.sum(axis=0)
    share = prior / prior.sum()
    found = given.T @ marked.said[rows]
    base = marked.said[rows].sum(axis=0) + 1.0
    added = [np.log(share)]
    for name, outcomes in OUTCOMES.items():
        part = slice(START[name], START[name] + len(outcomes))
        holds = marked.said[which, part]
        if not holds.any():
            added.append(np.zeros(len(CAUSES)))
            continue
        usual = base[part] / base[part].sum()
        if name == "earlier":
            chance = _again(found[:, part], usual, policy) @ holds
        else:
            worth, seen = policy.worth_spots, found[:, part]
            known = (usual * marked.ratio[:, part]) @ holds
            chance = (worth * known + seen @ holds) / (worth + seen.sum(axis=1))
        added.append(policy.weight_of_a_sign * np.log(chance / (share @ chance)))
    return np.array(added)


def _again(
    found: NDArray[np.float64], usual: NDArray[np.float64], policy: ExplanationPolicy
) -> NDArray[np.float64]:
    """Give how likely each cause follows on each, shape (causes, causes).

    A cause comes again by itself in one share of the cases, the same for all causes, else the
    earlier one has nothing to do with it. `found` counts causes (rows) after causes (columns).
    """
    after = found.sum(axis=1)
    same = policy.worth_spots * policy.same_again + max(float(found.trace() - after @ usual), 0.0)
    share = min(same / (policy.worth_spots + float(after @ (1 - usual))), 1.0)
    return share * np.eye(len(usual)) + (1 - share) * usual


def probabilities(added: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probability of each cause from what `odds` gives; they sum to 1."""
    score = added.sum(axis=0)
    even = np.exp(score - score.max())
    return np.asarray(even / even.sum())
