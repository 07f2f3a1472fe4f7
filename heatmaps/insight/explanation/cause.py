"""A suggested cause: what each sign adds to the odds of each cause, known and learnt.

A naive Bayes model (Spiegelhalter and Knill-Jones 1984, J. R. Statist. Soc. A 147:35, weights of
evidence): log P(cause) plus, for each sign that can be read, log P(outcome | cause). Both are drawn
from what the policy says, worth w spots, towards what people found out about the spots resolved so
far: (w P(outcome) r + n) / (w + N), where the outcome makes the cause r times as likely by the
policy and was seen in n of N spots with that cause. Signs of one spot are not independent of each
other, so each counts a part of its weight only; what the sum is worth is measured afterwards, see
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
    marked: Marks, cause: NDArray[np.int64], taught: NDArray[np.bool_], which: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give what speaks for each cause of some spots, in natural logarithms.

    `cause` are the causes people gave to all spots, `taught` says for each spot asked which of all
    teach, shape (asked, spots). Gives shape (asked, 1 + signs, causes): the logarithm of each
    cause's share, then of each sign what it adds, 0 where it says nothing. The sum over the second
    axis is the logarithm of the odds, up to a constant.
    """
    policy, size = marked.policy, len(CAUSES)
    naming = {"earlier": policy.same_again, "notice": policy.notice_right}
    given = np.equal.outer(cause, np.arange(size)).astype(np.float64)
    shares = np.array([policy.usual.get(each, 0.0) for each in CAUSES]) + 1e-6
    prior = policy.worth_spots * size / 2 * shares / shares.sum() + taught @ given
    share = prior / prior.sum(axis=1, keepdims=True)
    found = np.stack([(taught * given[:, k]) @ marked.said for k in range(size)], axis=1)
    base = found.sum(axis=1) + 1.0
    added = [np.log(share)]
    for name, outcomes in OUTCOMES.items():
        part = slice(START[name], START[name] + len(outcomes))
        holds, seen = marked.said[which, part], found[:, :, part]
        usual = base[:, part] / base[:, part].sum(axis=1, keepdims=True)
        if name in naming:
            chance = _named(seen, usual, holds, naming[name], policy.worth_spots)
        else:
            known = np.einsum("ro,ko,ro->rk", usual, marked.ratio[:, part], holds)
            here = np.einsum("rko,ro->rk", seen, holds)
            chance = (policy.worth_spots * known + here) / (policy.worth_spots + seen.sum(axis=2))
        told = holds.sum(axis=1, keepdims=True) > 0
        chance = np.where(told, chance, 1.0)
        mean = (share * chance).sum(axis=1, keepdims=True)
        added.append(np.where(told, policy.weight_of_a_sign * np.log(chance / mean), 0.0))
    return np.stack(added, axis=1)


def _named(
    seen: NDArray[np.float64],
    usual: NDArray[np.float64],
    holds: NDArray[np.float64],
    right: float,
    worth: float,
) -> NDArray[np.float64]:
    """Give how likely a sign that names a cause names this one under each cause, (asked, causes).

    It names the true cause in one share of the cases, the same for all causes, else it has nothing
    to do with it: an earlier cause comes again by itself, a notice is right. `right` is that share
    by the policy, worth so many spots; `seen` counts, for each spot asked, names by causes.
    """
    after = seen.sum(axis=2)
    by_chance = (after * usual).sum(axis=1)
    more = np.maximum(np.trace(seen, axis1=1, axis2=2) - by_chance, 0.0)
    share = (worth * right + more) / (worth + after.sum(axis=1) - by_chance)
    share = np.minimum(share, 1.0)[:, None]
    return np.asarray(share * holds + (1 - share) * (usual * holds).sum(axis=1, keepdims=True))


def probabilities(added: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probabilities from what `odds` gives, shape (asked, causes); rows sum to 1."""
    score = added.sum(axis=1)
    even = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(even / even.sum(axis=1, keepdims=True))
