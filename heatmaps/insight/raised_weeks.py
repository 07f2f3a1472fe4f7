"""In which weeks a place complained more than usual, told as a whole and not week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUIET, USUAL, RAISED = -1, 0, 1

_ROUNDS = 2
_STATES = np.array([QUIET, USUAL, RAISED], dtype=np.int8)


def weeks_told(
    observed: NDArray[np.float64], usual: NDArray[np.float64], times: float, change: float
) -> NDArray[np.int8]:
    """Give the state of each week, `QUIET`, `USUAL` or `RAISED`; all of shape (places, weeks).

    A block has one or two complaints a month, so that no single bin of it can be significant, which
    is what Esri's emerging hot spots ask of each. Weeks are told together: a place complains
    1 / r, 1 or r times as much as usual, each change of state costs `change` (natural logarithm of
    a likelihood ratio), and the likeliest course over all weeks is given, found by dynamic
    programming (a Poisson hidden Markov model: Le Strat and Carrat 1999, Statistics in Medicine
    18:3463; Viterbi 1967, IEEE Trans. Inf. Theory 13:260). Between usual and raised this is the
    Poisson CUSUM of Lucas (1985, Technometrics 27:129), whose reference value
    usual x (r - 1) / ln r and decision value `change` it shares, run both ways in time: so it says
    since when, and until when. r is `times` at first, then what the place has in its raised weeks,
    never less: the stronger a place, the sharper its beginning and end. To be raised
    or quiet from the first week on costs a change as well, for it began once; to be so at the end
    costs nothing.
    """
    strength = np.full(len(observed), float(times))
    state = _likeliest(observed, usual, strength, change)
    for _ in range(_ROUNDS):
        raised = state == RAISED
        count, level = (np.where(raised, each, 0.0).sum(axis=1) for each in (observed, usual))
        own = np.divide(count, level, out=np.zeros_like(count), where=level > 0)
        strength = np.maximum(own, times)
        state = _likeliest(observed, usual, strength, change)
    return state


def _likeliest(
    observed: NDArray[np.float64],
    usual: NDArray[np.float64],
    strength: NDArray[np.float64],
    change: float,
) -> NDArray[np.int8]:
    places, weeks = observed.shape
    rates = strength[:, None, None] ** _STATES
    gain = observed[:, :, None] * np.log(rates) - usual[:, :, None] * rates
    toll = change * (1.0 - np.eye(len(_STATES)))
    best = gain[:, 0] - change * np.abs(_STATES)
    came = np.zeros((weeks, places, len(_STATES)), dtype=np.int8)
    for week in range(1, weeks):
        ways = best[:, :, None] - toll
        came[week] = ways.argmax(axis=1)
        best = ways.max(axis=1) + gain[:, week]
    state = np.zeros((places, weeks), dtype=np.int8)
    at, rows = best.argmax(axis=1), np.arange(places)
    for week in range(weeks - 1, -1, -1):
        state[:, week] = at
        at = came[week, rows, at]
    return _STATES[state]


def lasting(state: NDArray[np.int8], least: int) -> NDArray[np.int8]:
    """Give the states with raised runs of fewer than `least` weeks as usual: outages, not places.

    One that began too lately to have lasted as long is such a run too.
    """
    length = _run_lengths(state == RAISED)
    return np.where((state == RAISED) & (length < least), USUAL, state).astype(np.int8)


def _run_lengths(there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give for each true entry the length of the run it stands in, 0 elsewhere."""
    places, weeks = there.shape
    edged = np.zeros((places, weeks + 2), dtype=np.int8)
    edged[:, 1:-1] = there
    edge = np.diff(edged, axis=1)
    starts, ends = np.nonzero(edge == 1), np.nonzero(edge == -1)
    length = np.zeros((places, weeks), dtype=np.int64)
    length[there] = np.repeat(ends[1] - starts[1], ends[1] - starts[1])
    return length
