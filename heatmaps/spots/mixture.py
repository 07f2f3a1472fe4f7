"""Whether two groups of complaints are one trouble's, by what they say is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EVENLY = 0.5


def one_mixture(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Give how much likelier one mixture of topics is behind two counts than one behind each.

    A natural logarithm, above 0 where one is likelier, 0 where one of both is empty. `one` and
    `other` count the same topics. All mixtures are alike beforehand (Jeffreys): the Bayes factor
    of Gunel and Dickey (1974, Biometrika 61:545) for the homogeneity of two multinomials.
    """
    return _drawn(one + other) - _drawn(one) - _drawn(other)


def _drawn(count: NDArray[np.intp]) -> float:
    """Give the logarithm of how likely counts are in their order, whatever the mixture."""
    prior = np.full(len(count), _EVENLY)
    alone = gammaln(count + prior).sum() - gammaln((count + prior).sum())
    return float(alone - gammaln(prior).sum() + gammaln(prior.sum()))
