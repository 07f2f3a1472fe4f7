"""The figures as tables for people, which are Markdown as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.simulation.trials.trouble import SIZES
from pipelines.bench_detection.methods import ORACLE
from pipelines.bench_detection.taking import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.bench_detection.figures import Figures, Interval, Promise, Row
    from pipelines.bench_detection.taking import Asked, Taken

_NONE = "—"


def report(asked: Asked, trials: Sequence[Taken], told: Figures) -> str:
    """Give all tables with a line above each; lines end with a line feed but the last."""
    return "\n".join(_lines(asked, trials, told))


def trial_line(taken: Taken) -> str:
    """Give what is told of one trial while others are still to come."""
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.seconds.items())
    faults = f"{len(taken.extra)} faults" if len(taken.extra) else "no faults"
    what = f"{taken.cells:,} cells, {taken.complaints:,} complaints, {faults}"
    return f"trial {taken.seed}: {what}; {spent}"


def _lines(asked: Asked, trials: Sequence[Taken], told: Figures) -> Iterator[str]:
    planted = [one for one in trials if len(one.extra)]
    if told.rows:
        size = asked.wanted.subscribers / 1e6
        yield (
            f"{len(planted)} trials, seeds {asked.seed} to {asked.seed + len(planted) - 1}, of "
            f"{size:g} M subscribers, {asked.wanted.history_days} days of history and "
            f"{asked.wanted.days} that count, {sum(len(one.extra) for one in planted)} faults and "
            f"{sum(one.gatherings for one in planted)} mass events; each method at the threshold "
            f"that finds most at no more than {asked.false_alarms:g} false alarms a week per "
            "million subscribers."
        )
        yield from ("", *_table(_found_head(), [_found_cells(row) for row in told.rows]))
        yield from ("", "Found by extra complaints and by where the fault lies:", "")
        yield from _table(_part_head(), [_part_cells(row) for row in told.rows])
        yield from ("", "What an alarm names and is worth, and what it costs:", "")
        yield from _table(_worth_head(), [_worth_cells(row) for row in told.rows])
    if told.promises:
        null = len(trials) - len(planted)
        yield from ("", f"Recurrence promised and seen on {null} trials without faults:", "")
        yield from _table(_promise_head(), [_promise_cells(one) for one in told.promises])


def _found_head() -> tuple[str, ...]:
    return ("method", "threshold", "false a week per 1 M", "found", "against the plain scan",
            "of the oracle's", "delay of the found", "median, missed = never", "P90")  # fmt: skip


def _found_cells(row: Row) -> tuple[str, ...]:
    return (
        row.name, f"{row.threshold:g}", _number(row.false, 2), _percent(row.found),
        _gain(row.gain), _NONE if row.name == ORACLE else _percent(row.of_oracle),
        _hours(row.delay_h), _hours(row.median_h, "never"), _hours(row.p90_h, "never"),
    )  # fmt: skip


def _part_head() -> tuple[str, ...]:
    return ("method", *(str(size) for size in SIZES), *KINDS)


def _part_cells(row: Row) -> tuple[str, ...]:
    sizes = (_percent(row.by_size.get(size)) for size in SIZES)
    return (row.name, *sizes, *(_percent(row.by_kind.get(kind)) for kind in KINDS))


def _worth_head() -> tuple[str, ...]:
    return ("method", "F1 of cells", "precision", "recall", "PPV", "alarms a mass event",
            "processor a trial")  # fmt: skip


def _worth_cells(row: Row) -> tuple[str, ...]:
    return (
        row.name, _number(row.f1, 2), _number(row.precision, 2), _number(row.recall, 2),
        _percent(row.ppv), _number(row.gathered, 2), f"{row.seconds:.2f} s",
    )  # fmt: skip


def _promise_head() -> tuple[str, ...]:
    return ("recurrence, days", "promised a week per 1 M", "seen", "95 %", "seen / promised",
            "mass events, apart")  # fmt: skip


def _promise_cells(one: Promise) -> tuple[str, ...]:
    return (
        f"{one.recurrence_days:g}", f"{one.promised:.2f}", f"{one.seen.mean:.2f}",
        f"{one.seen.low:.2f} to {one.seen.high:.2f}", f"{one.seen.mean / one.promised:.2f}",
        f"{one.gathered:.2f}",
    )  # fmt: skip


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    yield _row_line(head, widths)
    yield "|".join(
        ["", "-" * (widths[0] + 2), *("-" * (wide + 1) + ":" for wide in widths[1:]), ""]
    )
    for row in rows:
        yield _row_line(row, widths)


def _row_line(cells: tuple[str, ...], widths: list[int]) -> str:
    first = f" {cells[0]:<{widths[0]}} "
    rest = (f" {cell:>{wide}} " for cell, wide in zip(cells[1:], widths[1:], strict=True))
    return "|".join(["", first, *rest, ""])


def _gain(gain: Interval | None) -> str:
    if gain is None:
        return _NONE
    if gain.low is None or gain.high is None:
        return f"{100 * gain.mean:+.1f}"
    return f"{100 * gain.mean:+.1f} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{100 * share:.0f} %"


def _number(value: float | None, places: int) -> str:
    return _NONE if value is None else f"{value:.{places}f}"


def _hours(value: float | None, missing: str = _NONE) -> str:
    return missing if value is None else f"{value:.1f} h"
