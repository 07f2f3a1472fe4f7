"""Spots and complaints as columns for the tests of explanations: say only what matters."""

from __future__ import annotations

import numpy as np

from heatmaps.insight.explanation.columns import UNKNOWN, ReportColumns, SpotColumns
from heatmaps.insight.explanation.signs import CAUSES, OUTCOMES, Sign

HOUR = 3_600_000_000
NOW = 490_000 * HOUR
NEVER = int(np.iinfo(np.int64).max)

_SPOT = {
    "opened": NOW, "until": NOW + 24 * HOUR, "window_h": 6, "observed": 6, "expected": 0.3,
    "cause": UNKNOWN, "named": NEVER, "lat": 59.94, "lon": 30.25, "area_km2": 1.0,
}  # fmt: skip
_REPORT = {
    "spot": 0, "time": NOW, "topic": 0, "technology": UNKNOWN, "place": UNKNOWN, "cell": 0,
    "lat": np.nan, "lon": np.nan, "customer": UNKNOWN, "sector": UNKNOWN,
}  # fmt: skip
_FLOATS = {"expected", "lat", "lon", "area_km2"}


def spots(*rows: dict) -> SpotColumns:
    ids = np.arange(1, len(rows) + 1)
    return SpotColumns(spot_id=ids, **_columns(_SPOT, rows))


def reports(*rows: dict) -> ReportColumns:
    columns = _columns(_REPORT, rows)
    nameless = columns["customer"] == UNKNOWN
    columns["customer"][nameless] = 1000 + np.flatnonzero(nameless)
    return ReportColumns(**columns)


def _columns(plain: dict, rows: tuple[dict, ...]) -> dict:
    return {
        name: np.array([row.get(name, usual) for row in rows],
                       dtype=np.float64 if name in _FLOATS else np.int64)
        for name, usual in plain.items()
    }  # fmt: skip


def said(sign: Sign, name: str) -> list[str | None]:
    """Give what a sign says of each spot, in words; None where it says nothing."""
    return [OUTCOMES[name][code] if code != UNKNOWN else None for code in sign.outcome.tolist()]


def signs(number: int, **told: list[str | None]) -> dict[str, Sign]:
    """Give signs of some spots: those named say what they are told, all others nothing."""
    return {
        name: Sign(
            np.array([UNKNOWN if word is None else words.index(word)
                      for word in told.get(name, [None] * number)], dtype=np.int8),
            np.full(number, np.nan),
        )
        for name, words in OUTCOMES.items()
    }  # fmt: skip


def code(cause) -> int:
    return CAUSES.index(cause)
