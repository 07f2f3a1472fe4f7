"""Whether two groups of complaints are one trouble's, by what they say is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUBSTANTIAL = float(np.log(3.0))
"""So much likelier, as a logarithm, is no mere hint (Kass and Raftery 1995, JASA 90:773)."""

_OF_A_TOPIC = 0.5
_RARE = 0.01


def one_mixture(
    one: NDArray[np.intp], other: NDArray[np.intp], usual: NDArray[np.floating]
) -> float:
    """Give how much likelier one mixture of topics is behind two counts than one behind each.

    A natural logarithm, above 0 where one is likelier, 0 at most where one of both is empty. `one`
    and `other` count the same topics, of which people complain in the shares `usual`. Behind each
    may be a mixture of its own or the usual one, whichever is likelier: who says what everybody
    says anyhow has nothing in common with others who do. Beforehand mixtures scatter about the
    usual one, as widely as Jeffreys' prior does where all shares are equal. Where none is the usual
    it is the Bayes factor of Gunel and Dickey (1974, Biometrika 61:545) for the homogeneity of two
    multinomials.
    """
    prior = np.maximum(_OF_A_TOPIC * len(one) * usual, _RARE)
    shares = np.log(prior / prior.sum())
    apart = sum(max(_drawn(count, prior), float(count @ shares)) for count in (one, other))
    return _drawn(one + other, prior) - apart


def _drawn(count: NDArray[np.intp], prior: NDArray[np.floating]) -> float:
    """Give the logarithm of how likely counts are in their order, whatever the mixture."""
    alone = gammaln(count + prior).sum() - gammaln((count + prior).sum())
    return float(alone - gammaln(prior).sum() + gammaln(prior.sum()))
