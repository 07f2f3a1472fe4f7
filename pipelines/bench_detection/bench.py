"""The comparison from trials to tables, picture and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from pipelines.bench_detection.document import check_page, written_into
from pipelines.bench_detection.figures import Figures, figures
from pipelines.bench_detection.picture import draw
from pipelines.bench_detection.tables import report, trial_line
from pipelines.bench_detection.taking import Asked, taken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Asked", "Kept", "Told", "bench"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a picture goes, and the page that gets the tables; None for nowhere."""

    picture: Path | None = None
    page: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What came out: the tables as text, all figures, and the command that gives them again."""

    report: str
    figures: Figures
    command: str


def bench(asked: Asked, kept: Kept, tell: Callable[[str], None]) -> Told:
    """Take all trials and tell of each; give the figures, and keep them where asked.

    UsageError where there is nothing to compare or the page has no place for figures.
    """
    if not asked.trials + asked.null_trials:
        message = "No trial was asked for; give --trials or --null-trials of 1 or more."
        raise UsageError(message)
    if kept.page:
        check_page(kept.page)
    trials = []
    for one in taken(asked):
        tell(trial_line(one))
        trials.append(one)
    told = figures(asked, trials)
    text, command = report(asked, trials, told), _command(asked)
    if kept.picture and told.rows:
        draw(asked, told, kept.picture)
    if kept.page:
        written_into(kept.page, command, text)
    return Told(text, told, command)


def _command(asked: Asked) -> str:
    wanted = asked.wanted
    return (
        f"heatmaps bench detection --trials {asked.trials} --null-trials {asked.null_trials} "
        f"--seed {asked.seed} --subscribers {wanted.subscribers:.0f} --faults {wanted.faults} "
        f"--history {wanted.history_days} --days {wanted.days} "
        f"--false-alarms {asked.false_alarms:g}{' --quick' if asked.quick else ''}"
    )
