"""Suggest an intake profile for an unknown file: read it, guess, and say what is only guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.complaints.delimited import Delimited, repeated_names
from heatmaps.complaints.fields import is_cut
from heatmaps.complaints.json_lines import JsonLines
from heatmaps.complaints.profiles import (
    ANY_VALUE,
    COLUMNS,
    EXCEL,
    EXTRA_COLUMNS,
    ISO,
    REQUIRED,
    Kind,
    Profile,
    folded,
)
from heatmaps.complaints.readers import open_source
from heatmaps.complaints.record import WORDS, Topic
from heatmaps.complaints.suggestion import survey as of
from heatmaps.complaints.suggestion.clocks import join_clocks, tells_days_only
from heatmaps.complaints.suggestion.columns import (
    BY_NAME,
    NUMBERS,
    TIMES,
    Match,
    Matched,
    match_columns,
)
from heatmaps.complaints.suggestion.profile_text import comment, listed, quoted, section, setting
from heatmaps.complaints.suggestion.survey import Column, Survey, survey_rows
from heatmaps.complaints.suggestion.vocabulary import has_words, word_for
from heatmaps.complaints.workbook import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heatmaps.complaints.sources import Format, Source

MAX_TITLE_ROWS = 8
"""Lines of a title that a report may have above its header."""

_FEW_NAMED = 2
"""A line below the first is a header, though no required column is sure, if it names so many."""

SHOWN_VALUES = 12
"""Values of a column that a comment lists; how many more there are is said."""

MAX_ONLY_VALUES = 60
"""A column by which rows could be chosen has no more different values."""

_CLOCKED = ("created_at", "occurred_at", "starts_at")
_AMOUNTS = ("ltv", "accuracy_m")
_ORDER = {kind: [*COLUMNS[kind], *EXTRA_COLUMNS[kind]] for kind in Kind}
_TRUTHS = ("roaming", "critical")
_COMMA = re.compile(r"[+-]?\d[\d\s.]*,\d+")
_THREE_DECIMALS = re.compile(r"[+-]?\d{1,3},\d{3}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A profile for a file, as the text of a TOML file, and what a person has to look at.

    `found` are our columns with theirs; `unused` are theirs that are ours in no way; `doubts` are
    sentences; `missing` our required columns that nothing looks like.
    """

    text: str
    found: dict[str, str]
    unused: tuple[str, ...]
    doubts: tuple[str, ...]
    missing: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was looked at."""

    form: Format
    source: Source
    survey: Survey
    matched: Matched
    header_row: int | None


def suggest_profile(path: Path, kind: Kind = Kind.COMPLAINTS) -> Suggestion:
    """Suggest a profile for a file of any format.

    What is in doubt stands in the text as a comment and in `doubts`. FileError where the file
    cannot be read at all.
    """
    look = _best_look(path, kind)
    matched = join_clocks(look.matched.found, look.survey)
    found = dict(sorted(matched.items(), key=lambda each: _ORDER[kind].index(each[0])))
    missing = tuple(ours for ours in REQUIRED[kind] if ours not in found)
    taken = {name for match in found.values() for name in match.names}
    unused = tuple(c for c in look.survey.columns if c.name not in taken)
    left = _left_open(found)
    doubts = [*look.matched.doubts, *_time_doubts(found), *_critical_doubts(found)]
    doubts += [*_day_doubts(found), *_serial_doubts(found), *_cut_doubts(look.survey, found)]
    doubts += [
        f"the header has more than one column {name!r}, called {', '.join(columns)} here"
        for name, columns in repeated_names(look.source.header).items()
    ]
    doubts += [f"no column looks like {ours}, which is required; name it" for ours in missing]
    lines = [
        *_head(path, look, kind),
        *_reading(look, kind),
        *_times(found),
        *_kept(unused, kind),
        *_doubts(doubts),
        *section("columns", [*_columns(found, missing, unused, kind), *left]),
        *_values(found),
        *_only(unused),
    ]
    return Suggestion(
        text="\n".join(lines) + "\n",
        found={ours: match.column.name for ours, match in found.items()},
        unused=tuple(column.name for column in unused),
        doubts=tuple(doubts),
        missing=missing,
        rows=look.survey.rows,
    )


def _best_look(path: Path, kind: Kind) -> _Look:
    """Read a file with the header that names most of our columns, should titles stand above it."""
    first = _look(path, kind, None)
    if _is_named(first, kind) or not isinstance(first.source, (Delimited, Sheet)):
        return first
    looks = [first]
    for row in range(2, min(first.survey.rows_in, MAX_TITLE_ROWS + 1) + 1):
        looks.append(_look(path, kind, row))
        if _is_named(looks[-1], kind):
            return looks[-1]
    best = max(looks, key=_named)
    return best if _named(best) >= _FEW_NAMED else first


def _look(path: Path, kind: Kind, header_row: int | None) -> _Look:
    form, source = open_source(path, Profile(kind=kind, header_row=header_row))
    survey = survey_rows(source)
    return _Look(form, source, survey, match_columns(survey, kind), header_row)


def _is_named(look: _Look, kind: Kind) -> bool:
    """Say whether a header does its work: required columns are told by their names."""
    named = {ours for ours, match in look.matched.found.items() if match.how == BY_NAME}
    return len(named) > len(REQUIRED[kind]) or set(REQUIRED[kind]) <= named


def _named(look: _Look) -> int:
    return sum(match.how == BY_NAME for match in look.matched.found.values())


def _head(path: Path, look: _Look, kind: Kind) -> Iterator[str]:
    survey = look.survey
    looked = f"its {survey.rows:,} rows" if survey.complete else f"its first {survey.rows:,} rows"
    yield comment(f"A profile for {path.name}, suggested from {looked} of {look.form}.")
    if survey.refused:
        yield comment(f"{survey.refused:,} rows beside them do not fit the header.")
    yield comment("Look it over, then try it: heatmaps ingest FILE --profile THIS --dry-run")
    yield ""
    yield setting("kind", quoted(kind))


def _reading(look: _Look, kind: Kind) -> Iterator[str]:
    if kind == Kind.COMPLAINTS:
        yield comment('source = "crm"   name the system, since its ids are unique within it only')
    if isinstance(look.source, (Delimited, JsonLines)):
        encoding = look.source.scan.encoding.removesuffix("-sig")
        yield setting("encoding", quoted(encoding))
    if isinstance(look.source, Delimited):
        yield setting("delimiter", quoted(look.source.delimiter))
    if isinstance(look.source, Sheet):
        yield setting("sheet", quoted(look.source.name))
    if look.header_row:
        yield setting("header_row", str(look.header_row), "what stands above is a title")
    if _decimal_comma(look.matched.found):
        yield setting("decimal_comma", "true")


def _times(found: dict[str, Match]) -> Iterator[str]:
    columns = [found[ours].column for ours in TIMES if ours in found]
    formats = list(dict.fromkeys(form for column in columns for form in column.moments.formats))
    if formats and formats != [ISO]:
        yield setting("time_formats", listed(formats), "tried in this order over the file's times")
    naive = [column.name for column in columns if column.moments.naive]
    if naive:
        yield comment(
            f'timezone = "Europe/Moscow"   {", ".join(naive)}: no offset is written; say the zone '
            "of the system's clock, else that of HEATMAPS_TIMEZONE is taken"
        )


def _kept(unused: tuple[Column, ...], kind: Kind) -> Iterator[str]:
    names = [column.name for column in unused if column.filled]
    if names and kind == Kind.COMPLAINTS:
        yield comment("Columns that are ours in no way. Those named here are stored all the same:")
        yield comment(f"keep = {listed(names)}")


def _doubts(doubts: list[str]) -> Iterator[str]:
    if doubts:
        yield ""
        yield comment("In doubt:")
        yield from (comment(f"- {doubt}.", "  ") for doubt in doubts)


def _columns(
    found: dict[str, Match], missing: tuple[str, ...], unused: tuple[Column, ...], kind: Kind
) -> Iterator[str]:
    for ours in missing:
        yield comment(f'{ours} = "…"   required; nothing looks like it')
    for ours, match in found.items():
        parts = f"{{ join = {listed(match.parts)} }}" if match.parts else ""
        yield setting(ours, parts or quoted(match.column.name), _said(match))
    names = {folded(column.name) for column in unused}
    for ours in COLUMNS[kind]:
        if ours in names and ours not in found:
            yield setting(ours, "[]", f"their {ours} does not hold what ours does")


def _said(match: Match) -> str:
    said = [] if match.how == BY_NAME else [match.how]
    if not match.column.filled:
        said.append("empty in this file")
    if match.others:
        said.append(f"or {', '.join(match.others)}?")
    return "; ".join(said)


def _left_open(found: dict[str, Match]) -> list[str]:
    """Take out what a person has to decide on, and give it as comments."""
    lines = []
    if "name" in found:
        theirs = found.pop("name").column.name
        lines.append(comment(f"name = {quoted(theirs)}   who it is: only if it is needed"))
    if not _decimal_comma(found):
        for ours in [ours for ours in _AMOUNTS if ours in found and _is_grouped(found[ours])]:
            theirs = found.pop(ours).column.name
            says = "numbers like 1,234 are decimals only with decimal_comma = true"
            lines.append(comment(f"{ours} = {quoted(theirs)}   {says}"))
            if folded(theirs) == ours:
                lines.append(setting(ours, "[]"))
    return lines


def _is_grouped(match: Match) -> bool:
    return any(_THREE_DECIMALS.fullmatch(text) for text in match.column.values)


def _time_doubts(found: dict[str, Match]) -> Iterator[str]:
    for ours in TIMES:
        swapped = found[ours].column.moments.swapped if ours in found else None
        if swapped:
            yield (
                f"{found[ours].column.name!r} reads as well with day and month exchanged, "
                f"{swapped!r}; nothing in the file tells which is meant"
            )


def _serial_doubts(found: dict[str, Match]) -> Iterator[str]:
    for match in (found[ours] for ours in TIMES if ours in found):
        if EXCEL in match.column.moments.formats:
            first = next(iter(match.column.values))
            yield (
                f"{match.column.name!r} is read as days since 1899-12-30, as Excel counts "
                f"them ({first!r}); hold one to what the system shows, or export it as a date"
            )


def _day_doubts(found: dict[str, Match]) -> Iterator[str]:
    for ours in [ours for ours in _CLOCKED if ours in found]:
        column = found[ours].column
        if tells_days_only(column):
            yield (
                f"{column.name!r} tells days and no time of day, its rows stand at midnight; should"
                f' a column hold the time, write {ours} = {{ join = ["DAY", "TIME"] }}'
            )


def _decimal_comma(found: dict[str, Match]) -> bool:
    texts = [
        t for ours in ("ltv", "accuracy_m") if ours in found for t in found[ours].column.values
    ]
    return any(_COMMA.fullmatch(t) and not _THREE_DECIMALS.fullmatch(t) for t in texts)


def _cut_doubts(survey: Survey, found: dict[str, Match]) -> Iterator[str]:
    """Tell of the columns of ids, phones and the like that a spreadsheet made numbers of."""
    numbers = {found[ours].column.name for ours in NUMBERS if ours in found}
    for column in survey.columns:
        cut = next(filter(is_cut, column.values), None)
        if cut is not None and column.name not in numbers:
            yield (
                f"{column.name!r} was cut by a spreadsheet, {cut!r}: different values became one; "
                "export it as text"
            )


def _critical_doubts(found: dict[str, Match]) -> Iterator[str]:
    if "critical" in found:
        yield (
            f"{found['critical'].column.name!r} is taken for critical; check which of its values "
            "are, since each such complaint is followed up alone"
        )


def _values(found: dict[str, Match]) -> Iterator[str]:
    for ours, match in found.items():
        if ours in WORDS or ours in _TRUTHS:
            yield from _mapping(ours, match.column)


def _mapping(ours: str, column: Column) -> Iterator[str]:
    """Give the table that maps a column's values, the frequent first; the unknown as comments."""
    known = {word.value for word in WORDS.get(ours, ())} or {"true", "false"}
    lines, unknown = [], []
    for value, count in column.values.most_common():
        word = word_for(ours, value) if has_words(ours) else None
        if folded(value) in known:
            continue
        if word and word.ours:
            lines.append(setting(quoted(value), quoted(word.ours), f"{count:,} rows"))
        else:
            others = f", {' or '.join(word.others)}?" if word and word.others else ""
            unknown.append(f"{quoted(value)}  {count:,} rows{others}")
    if unknown:
        rest = Topic.OTHER.value if ours == "topic" else ""
        meant = f"are {rest!r}" if rest else "are left empty"
        lines.append(comment(f"Not understood; they {meant} until they have a line of their own:"))
        lines += [comment(each, "  ") for each in unknown[:SHOWN_VALUES]]
        if len(unknown) > SHOWN_VALUES:
            lines.append(comment(f"… and {len(unknown) - SHOWN_VALUES:,} more", "  "))
        lines.append(setting(quoted(ANY_VALUE), quoted(rest)))
    yield from section(f"values.{ours}", lines)


def _only(unused: tuple[Column, ...]) -> Iterator[str]:
    """Give the columns by which rows could be chosen, as comments."""
    lines = [
        f"{quoted(column.name)} = {listed(_frequent(column))}"
        for column in unused
        if not column.many
        and 1 < len(column.values) <= MAX_ONLY_VALUES
        and column.filled > len(column.values)
        and not column.share(of.is_contact)
        and not column.moments.share
    ]
    if lines:
        yield ""
        yield comment(
            "Should the file hold more than complaints about the network, choose rows by:"
        )
        yield comment("[only]")
        yield from map(comment, lines)


def _frequent(column: Column) -> list[str]:
    return [value for value, _ in column.values.most_common(SHOWN_VALUES)]
