"""Which column of an unknown file is which of ours: by its name, by what it holds, or left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from heatmaps.complaints.fields import MAX_LENGTH
from heatmaps.complaints.profiles import EXCEL, REQUIRED, UNIX, UNIX_MS, Kind, wkt_start
from heatmaps.complaints.record import WORDS
from heatmaps.complaints.suggestion import survey as of
from heatmaps.complaints.suggestion.vocabulary import header_scores, word_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.complaints.suggestion.survey import Column, Survey

MOSTLY = 0.8
"""Share of values that must fit where a column's name and its content are to agree."""

HALF = 0.5

_FEW_WORDS = 20
MAX_WORDS = 300
MAX_WORD_LENGTH = 80
"""A column of fixed words has no more different values, and no longer ones."""

BY_NAME, BY_VALUES = "by its name", "by its values"

TIMES = ("created_at", "updated_at", "closed_at", "occurred_at", "starts_at", "ends_at",
         "consent_until")  # fmt: skip
_TRUTHS = ("roaming", "critical")
NUMBERS = ("accuracy_m", "ltv", "subscribers")
_LETTERED = ("name", "address", "city", "text")


@dataclass(frozen=True, slots=True)
class Match:
    """A column of theirs taken for one of ours: how it was found, and what else could be it.

    Where several are joined to one of ours, `parts` are their names.
    """

    column: Column
    how: str
    others: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns taken."""
        return self.parts or (self.column.name,)


@dataclass(frozen=True, slots=True)
class Matched:
    """The columns of a file as far as they are ours; `doubts` says which names mislead."""

    found: dict[str, Match]
    doubts: list[str] = field(default_factory=list)


def match_columns(survey: Survey, kind: Kind) -> Matched:
    """Match the columns of a file with ours, the surest first, none twice."""
    doubts: list[str] = []
    misled: list[tuple[str, Column]] = []
    scored: list[tuple[float, str, Column]] = []
    for column in survey.columns:
        for ours, named in header_scores(column.name, kind).items():
            score = named + _understood(ours, column)
            if score > 0 and _fits(ours, column, survey, kind):
                scored.append((score, ours, column))
            elif score >= 1 and column.filled:
                misled.append((ours, column))
    found: dict[str, Match] = {}
    for _, ours, column in sorted(scored, key=lambda each: -each[0]):
        taken = any(match.column is column for match in found.values())
        if not taken and ours not in found and not _excluded(ours, found):
            found[ours] = Match(column, BY_NAME)
    rest = [column for column in survey.columns if column.filled and not _is_taken(column, found)]
    _match_by_values(rest, survey, kind, found, doubts)
    doubts += [
        f"{column.name!r} is called like {ours}, but its values are not"
        for ours, column in misled
        if ours not in found and not _is_taken(column, found)
    ]
    told = _with_others(found, scored)
    if "lat_lon" in told and told["lat_lon"].column.share(lambda text: wkt_start(text) > 0) >= HALF:
        told["lon_lat"] = told.pop("lat_lon")
    return Matched(told, doubts)


def _fits(ours: str, column: Column, survey: Survey, kind: Kind) -> bool:
    """Say whether what a column holds can be one of ours at all; an empty one can be anything."""
    if not column.filled:
        return ours not in REQUIRED[kind]
    if column.longest > MAX_LENGTH.get(ours, MAX_WORD_LENGTH):
        return ours == "text"
    if ours in TIMES:
        return column.moments.share >= (MOSTLY if ours == "created_at" else HALF)
    if ours in WORDS or ours in _TRUTHS:
        few = len(column.values) <= max(_FEW_WORDS, HALF * column.filled)
        return not column.many and len(column.values) <= MAX_WORDS and few
    check = _CHECKS.get(ours)
    if check is not None:
        return column.share(check) >= (HALF if ours in _LETTERED else MOSTLY)
    distinct = column.filled >= HALF * survey.rows and column.distinct_share >= HALF
    return not _is_time(column) and (ours != "external_id" or distinct)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "lat": of.is_latitude,
    "lon": of.is_longitude,
    "lat_lon": of.is_pair,
    "contact": of.is_contact,
    "cell": of.is_cell,
    **dict.fromkeys(NUMBERS, of.is_number),
    **dict.fromkeys(_LETTERED, of.has_letters),
}


def _understood(ours: str, column: Column) -> float:
    """Give up to half a point for a column of words whose words are known."""
    if ours not in WORDS and ours not in _TRUTHS:
        return 0.0
    if ours == "roaming" and not all(word_for(ours, value).ours for value in column.values):
        return -2.0
    known = sum(count for value, count in column.values.items() if word_for(ours, value).ours)
    return HALF * known / max(column.filled, 1)


def _excluded(ours: str, found: dict[str, Match]) -> bool:
    """Say whether coordinates were found in the other form already."""
    return ("lat_lon" in found and ours in {"lat", "lon"}) or (
        ours == "lat_lon" and bool({"lat", "lon"} & found.keys())
    )


def _match_by_values(
    rest: list[Column], survey: Survey, kind: Kind, found: dict[str, Match], doubts: list[str]
) -> None:
    """Match what no name told by what the values are."""
    rules = _RULES.get(kind, ())
    for ours, holds in rules:
        if ours in found or _excluded(ours, found):
            continue
        fitting = [c for c in rest if not _is_taken(c, found) and holds(c, survey)]
        if len(fitting) == 1 or (fitting and ours == "external_id"):
            found[ours] = Match(fitting[0], BY_VALUES, tuple(c.name for c in fitting[1:]))
        elif fitting:
            names = ", ".join(repr(c.name) for c in fitting)
            doubts.append(f"{names} could each be {ours} by their values; name one if it is")
    places = kind == Kind.COMPLAINTS and not {"lat", "lon", "lat_lon"} & found.keys()
    fine = [c for c in rest if not _is_taken(c, found) and c.share(of.is_fine) >= MOSTLY]
    if len(fine) > 1 and places:
        names = ", ".join(repr(c.name) for c in fine)
        doubts.append(f"{names} look like coordinates; say which is lat and which lon")


def _identifies(column: Column, survey: Survey) -> bool:
    """Say whether each row has a short value of its own, as ids have."""
    return (
        column.filled == survey.rows
        and column.distinct_share == 1
        and column.longest <= MAX_WORD_LENGTH // 2
        and not _is_time(column)
        and column.share(of.is_fine) < HALF
        and column.share(lambda text: " " not in text) >= MOSTLY
    )


def _speaks(ours: str) -> Callable[[Column, Survey], bool]:
    """Give the rule that nearly all values of a column are words known for this one of ours."""

    def holds(column: Column, _: Survey) -> bool:
        if column.many or not 1 < len(column.values) <= MAX_WORDS:
            return False
        return _understood(ours, column) >= HALF * MOSTLY and column.longest <= MAX_WORD_LENGTH

    return holds


def _is_time(column: Column) -> bool:
    """Say whether a column holds written times; numbers that may count time may be ids, too."""
    counts = {UNIX, UNIX_MS, EXCEL} & set(column.moments.formats)
    return column.filled > 0 and column.moments.share >= MOSTLY and not counts


def _pairs(column: Column, _: Survey) -> bool:
    """Say whether a column holds two coordinates with decimals."""
    pairs = column.share(lambda text: of.is_pair(text) and "." in text)
    return pairs >= MOSTLY and not _is_time(column)


def _starts(column: Column, survey: Survey) -> bool:
    return _is_time(column) and column.filled >= MOSTLY * survey.rows


def _reaches(column: Column, _: Survey) -> bool:
    return column.share(of.is_contact) >= MOSTLY and not _is_time(column)


def _names_cells(column: Column, _: Survey) -> bool:
    return column.share(of.is_cell) >= MOSTLY


def _counts(column: Column, _: Survey) -> bool:
    return column.share(of.is_number) >= MOSTLY


_COMPLAINT_RULES: tuple[tuple[str, Callable[[Column, Survey], bool]], ...] = (
    ("lat_lon", _pairs),
    ("created_at", _starts),
    ("external_id", _identifies),
    ("contact", _reaches),
    *((ours, _speaks(ours)) for ours in ("topic", "channel", "state", "technology", "segment")),
)

_RULES: dict[Kind, tuple[tuple[str, Callable[[Column, Survey], bool]], ...]] = {
    Kind.COMPLAINTS: _COMPLAINT_RULES,
    Kind.SUBSCRIBERS: (("cell", _names_cells), ("subscribers", _counts)),
}


def _is_taken(column: Column, found: dict[str, Match]) -> bool:
    return any(match.column is column for match in found.values())


def _with_others(
    found: dict[str, Match], scored: list[tuple[float, str, Column]]
) -> dict[str, Match]:
    """Add to each match the columns left over that are called much like it."""
    told = {}
    for ours, match in found.items():
        others = tuple(
            column.name
            for _, also, column in scored
            if also == ours and not _is_taken(column, found)
        )
        told[ours] = Match(match.column, match.how, match.others + others)
    return told
