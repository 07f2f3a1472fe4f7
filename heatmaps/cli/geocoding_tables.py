"""The tables of `heatmaps bench geocoding`, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.bench_geocoding import by_trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.bench_geocoding.bench import Measured
    from pipelines.bench_geocoding.confidence import Bin, Evidence
    from pipelines.bench_geocoding.kinds import Failure, Row
    from pipelines.bench_geocoding.labelled import Passed, Verdict
    from pipelines.bench_geocoding.report import Report

_KINDS = (
    "kind", "queries", "right %", "sure %", "wrong %", "sure wrong %", "ambig. %", "1/s cpu", "1/s"
)  # fmt: skip
_BINS = ("confidence", "houses", "stated", "right")
_EVIDENCE = ("evidence", "houses", "stated", "right")
_TROUBLES = ("trouble", "asked", "right %", "guessed")


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Give a table in plain text: the first column flush left, the others right."""
    rows = [header, *lines]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        "  ".join((name.ljust(first), *map(str.rjust, cells, others))) for name, *cells in rows
    )


def kinds_table(rows: Iterable[Row]) -> str:
    """Give a line for each kind; sure is what nobody looks at again."""
    return table(_KINDS, [_kind(row) for row in rows])


def bench_text(measured: Measured, sets: Mapping[str, Sequence[Verdict]], *, failures: int) -> str:
    """Give all that was measured; `failures` over 0 asks for the failures too."""
    parts = [report_text(measured.report)]
    if measured.addok:
        parts.append(f"addok, the same queries in our normal form\n\n{kinds_table(measured.addok)}")
    if not sets:
        parts.append("The labelled sets are not part of an installed package: run in a checkout.")
    parts += [labelled_text(name, held, by_trouble(held)) for name, held in sets.items()]
    if failures:
        parts += [evidence_table(measured.report.evidence), failures_text(measured.report.failures)]
        parts += [wrong_labels_text(held) for held in sets.values()]
    return "\n\n".join(parts)


def report_text(report: Report) -> str:
    """Give all of a report but its failures."""
    waiting = report.waiting
    held = (
        f"{report.houses:,} houses on {report.streets:,} streets in {report.settlements:,} "
        f"settlements; index built and written in {report.built_s:.1f} s"
    )
    start = report.start
    started = (
        f"a new process opens the snapshot ({start.file_mb:.0f} MB) and answers in "
        f"{start.ready_s:.2f} s, {start.process_s:.1f} s with its imports; it holds "
        f"{start.resident_mb:.0f} MB, {start.own_mb:.0f} MB of them its own"
    )
    both = report.together
    together = (
        f"{both.addresses:,} addresses of all kinds: {both.alone_per_s:,.0f} a second by one "
        f"process, {both.together_per_s:,.0f} by two, {both.gain:.2f} times as many"
    )
    typed = (
        f"suggestions while typing, {waiting.keystrokes} keystrokes: median {waiting.median:.1f} "
        f"ms, p95 {waiting.p95:.1f} ms, the very first {waiting.first:.0f} ms"
    )
    return "\n\n".join(
        (held, started, kinds_table(report.rows), together, bins_table(report.bins), typed)
    )


def bins_table(bins: Iterable[Bin]) -> str:
    """Give what houses are given with which confidence, and how many of them are right."""
    return table(
        _BINS,
        [
            (f"{b.low:.2f}-{b.high:.2f}", f"{b.houses:,}", f"{b.stated:.3f}", f"{b.observed:.3f}")
            for b in bins
        ],
    )


def evidence_table(evidence: Iterable[Evidence]) -> str:
    """Give on which evidence houses are given, and how many of them are right."""
    return table(
        _EVIDENCE,
        [
            (e.changes or "exactly", f"{e.houses:,}", f"{e.stated:.3f}", f"{e.observed:.3f}")
            for e in evidence
        ],
    )


def labelled_text(name: str, verdicts: Sequence[Verdict], troubles: Sequence[Passed]) -> str:
    """Give how many of a labelled set are right, by trouble and in all."""
    right = sum(each.right for each in verdicts)
    guessed = sum(each.guessed for each in verdicts)
    share = 100 * right / len(verdicts) if verdicts else 0.0
    lines = [
        (each.trouble, str(each.asked), f"{100 * each.right / each.asked:.1f}", str(each.guessed))
        for each in troubles
    ]
    said = (
        f"addresses_{name}.csv: {right} of {len(verdicts)} right ({share:.1f} %), {guessed} guessed"
    )
    return f"{said}\n\n{table(_TROUBLES, lines)}"


def failures_text(failures: Iterable[Failure]) -> str:
    """Give each failure of the generated queries on a line."""
    return "\n".join(
        f"{f.kind}: {f.text!r}{_city(f.city)} means {f.meant}; got {f.answer} at {f.confidence:.2f}"
        for f in failures
    )


def wrong_labels_text(verdicts: Iterable[Verdict]) -> str:
    """Give each labelled address that was not answered right on a line."""
    return "\n".join(_wrong(each) for each in verdicts if not each.right)


def _kind(row: Row) -> tuple[str, ...]:
    return (
        row.kind,
        f"{row.queries:,}",
        f"{row.right:.2f}",
        _share(row.right_accepted),
        _share(row.wrong_of_houses),
        f"{row.wrong_accepted:.2f}",
        f"{row.ambiguous:.2f}",
        f"{row.per_cpu_second:,.0f}",
        f"{row.per_second:,.0f}",
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def _city(city: str | None) -> str:
    return f" [{city}]" if city else ""


def _wrong(verdict: Verdict) -> str:
    said, answer = verdict.labelled, verdict.answer
    meant = ", ".join(part for part in said.place if part) or "-"
    levels = "|".join(sorted(said.levels))
    notes = " ".join((*answer.changes, *answer.faults))
    return (
        f"line {said.line}, {said.trouble}: {said.query!r}{_city(said.city_hint)} means "
        f"{levels} {meant}; got {answer.level} {answer.matched or '-'} at {answer.confidence:.2f}"
        f"{f' ({notes})' if notes else ''}"
    )
