"""The scores as tables for people, and as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.bench_gaps.bench import Score


def figures(score: Score) -> dict[str, Any]:
    """Give what is measured of one method: shares, numbers, days."""
    late = np.abs(np.array(score.late))
    return {
        "method": score.method,
        "gaps": score.gaps,
        "false": dict(score.false),
        "found": {kind: [score.found[kind], there] for kind, there in sorted(score.there.items())},
        "since_error_days": {
            "median": float(np.median(late)) if len(late) else None,
            "p90": float(np.percentile(late, 90)) if len(late) else None,
        },
        "told": {f"{kind}: {pattern}": n for (kind, pattern), n in sorted(score.told.items())},
        "cpu_s": round(score.seconds, 2),
    }


def report(scores: Sequence[Score]) -> str:
    """Give a table, methods side by side."""
    return "\n".join(_lines([figures(score) for score in scores]))


def _lines(told: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield _row("", [one["method"] for one in told])
    yield _row("gaps listed", [one["gaps"] for one in told])
    for kind in sorted({kind for one in told for kind in one["false"]}):
        yield _row(f"  false: {kind}", [one["false"].get(kind, 0) for one in told])
    for kind in told[0]["found"]:
        shares = (one["found"][kind] for one in told)
        yield _row(f"listed: {kind}", [f"{found}/{there}" for found, there in shares])
    for name in ("median", "p90"):
        errors = (one["since_error_days"][name] for one in told)
        yield _row(f"since when, error, {name}", [_days(each) for each in errors])
    yield _row("CPU", [f"{one['cpu_s']:.1f} s" for one in told])
    for kind, number in told[-1]["told"].items():
        yield f"  told of {kind:<42} {number:>6}"


def _row(name: str, values: Sequence[object]) -> str:
    return f"{name:<28}" + "".join(f"{value!s:>20}" for value in values)


def _days(days: float | None) -> str:
    return "-" if days is None else f"{days:.0f} d"
