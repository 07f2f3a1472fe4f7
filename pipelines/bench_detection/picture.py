"""The picture: false alarms against what is found, and against how soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from pipelines.bench_detection.figures import AS_SHIPPED
from pipelines.bench_detection.methods import ORACLE, OURS, PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes

    from pipelines.bench_detection.figures import Figures, Row
    from pipelines.bench_detection.taking import Asked

_COLOURS = {
    "fixed N": "#8a8d91",
    "DBSCAN": "#b08d57",
    "Gi* with FDR": "#7b6ca8",
    "cell Poisson": "#4c9a8f",
    PLAIN: "#2f6db5",
    OURS: "#c8102e",
}
_MOST_FALSE, _LONGEST_H = 10.0, 48.0
_LINEAR_BELOW = 0.25
"""False alarms below which the axis is linear, so that none at all has a place."""


def draw(asked: Asked, told: Figures, path: Path) -> None:
    """Draw what each method reaches at no more than so many false alarms.

    A dot marks the threshold that the tables have, a diamond ours as shipped.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        message = "The picture needs matplotlib; install it with: pip install heatmaps[dev]"
        raise UsageError(message) from error
    figure = Figure(figsize=(12, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    share, delay = figure.subplots(1, 2)
    for name, points in told.curves.items():
        _line(share, name, [(one.false, 100 * one.found) for one in points], max)
        _line(delay, name, [(one.false, one.median_h) for one in points], min)
    share.set_ylim(0, 100)
    delay.set_ylim(0, _LONGEST_H)
    for row in told.rows:
        _mark(share, row, 100 * row.found)
        _mark(delay, row, row.median_h)
    _axes(share, "Faults found, %", asked.false_alarms)
    _axes(delay, "Median delay, hours (missed = never)", asked.false_alarms)
    figure.legend(*share.get_legend_handles_labels(), loc="outside right upper", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _line(
    axes: Axes, name: str, points: list[tuple[float, float | None]], best: Callable[..., float]
) -> None:
    """Draw the best value at no more than so many false alarms, as steps, as far as it is known."""
    reached: list[float] = []
    near = ((false, value) for false, value in points if false <= _MOST_FALSE)
    at = sorted((false, value) for false, value in near if value is not None)
    for _, value in at:
        reached.append(best([value, *reached[-1:]]))
    wide = 2.6 if name == OURS else 1.6
    if at:
        farthest = min(max(false for false, _ in points), _MOST_FALSE)
        false = [*(false for false, _ in at), farthest]
        axes.step(false, [*reached, reached[-1]], where="post", label=name, color=_COLOURS[name],
                  linewidth=wide)  # fmt: skip


def _mark(axes: Axes, row: Row, value: float | None) -> None:
    if value is None or value > axes.get_ylim()[1]:
        return
    if row.name == ORACLE:
        axes.axhline(value, color="black", linestyle="--", linewidth=1, label=ORACLE)
    elif row.false is not None:
        shipped = row.name == AS_SHIPPED
        axes.plot([row.false], [value], "D" if shipped else "o", markersize=8, zorder=5,
                  color=_COLOURS[OURS if shipped else row.name], markeredgecolor="white",
                  clip_on=False, label=AS_SHIPPED if shipped else None)  # fmt: skip


def _axes(axes: Axes, what: str, allowed: float) -> None:
    axes.set_xscale("symlog", linthresh=_LINEAR_BELOW, linscale=0.6)
    ticks = [0, 0.25, 0.5, 1, 2, 5, 10]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlim(-0.02, _MOST_FALSE)
    axes.axvline(allowed, color="black", linestyle=":", linewidth=1)
    axes.set_xlabel("False alarms a week per million subscribers")
    axes.set_ylabel(what)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
