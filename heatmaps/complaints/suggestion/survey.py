"""What the columns of an unknown file hold: how full, how many different values, of which kind."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import h3.api.basic_str as h3

from heatmaps.complaints.sources import BATCH_ROWS
from heatmaps.complaints.suggestion.moments import Moments, read_moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.complaints.sources import Source

MAX_SURVEYED = 200_000
"""Rows that are looked at; a file of more is judged by its first."""

MAX_DISTINCT = 5_000
"""Different values of a column that are counted; beyond them only that there are more is known."""

_PHONE = re.compile(r"\+?[\d\s()./-]{7,24}")
_FRACTION = re.compile(r"\d{5}\.\d+")
"""Excel's number of a moment, which has the digits of a phone number."""
_MIN_DIGITS, _MAX_DIGITS = 10, 15
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_FINE = re.compile(r"[+-]?\d{1,3}[.,]\d{3,}")
_PAIR = re.compile(r"\D*[+-]?\d{1,3}(?:[.,]\d+)?[\s,;]+[+-]?\d{1,3}(?:[.,]\d+)?\D*")
_POLE, _ANTIMERIDIAN = 90.0, 180.0


@dataclass(slots=False)
class Column:
    """One column of an unknown file.

    `filled` counts the rows that have a value; `values` the different values, stripped, with their
    counts, complete unless `many`; `longest` the characters of the longest.
    """

    name: str
    filled: int = 0
    longest: int = 0
    many: bool = False
    values: Counter[str] = field(default_factory=Counter)

    def add(self, texts: list[str]) -> None:
        """Count more values."""
        for text, count in Counter(texts).items():
            bare = text.strip()
            if not bare:
                continue
            self.filled += count
            self.longest = max(self.longest, len(bare))
            if bare in self.values or len(self.values) < MAX_DISTINCT:
                self.values[bare] += count
            else:
                self.many = True

    @property
    def distinct_share(self) -> float:
        """Give the share of different values among all, 1 where there are too many to count."""
        return 1.0 if self.many else len(self.values) / max(self.filled, 1)

    @cached_property
    def moments(self) -> Moments:
        """Which values are times, and how they are written."""
        return read_moments(list(self.values))

    def share(self, fits: Callable[[str], bool]) -> float:
        """Give the share of different values that fit."""
        return sum(map(fits, self.values)) / max(len(self.values), 1)


@dataclass(frozen=True, slots=True)
class Survey:
    """The columns of a file in its order, and the rows that were looked at and refused."""

    columns: tuple[Column, ...]
    rows: int
    refused: int
    complete: bool

    @property
    def rows_in(self) -> int:
        """All rows that were looked at."""
        return self.rows + self.refused


def survey_rows(source: Source, limit: int = MAX_SURVEYED) -> Survey:
    """Look at the first `limit` rows of a file."""
    columns = tuple(Column(name) for name in source.header)
    rows = refused = 0
    for batch in source.read(BATCH_ROWS):
        for place, column in enumerate(columns):
            column.add(batch.texts(place))
        rows += len(batch.line)
        refused += len(batch.refused)
        if rows + refused >= limit:
            return Survey(columns, rows, refused, complete=False)
    return Survey(columns, rows, refused, complete=True)


def is_phone(text: str) -> bool:
    """Say whether a text looks like a phone number."""
    digits = sum(map(str.isdigit, text))
    if _FRACTION.fullmatch(text):
        return False
    return _PHONE.fullmatch(text) is not None and _MIN_DIGITS <= digits <= _MAX_DIGITS


def is_contact(text: str) -> bool:
    """Say whether a text looks like a phone number or an e-mail address."""
    return is_phone(text) or _EMAIL.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Say whether a text is a number, with a decimal point or comma."""
    return _NUMBER.fullmatch(re.sub(r"\s", "", text)) is not None


def is_latitude(text: str) -> bool:
    """Say whether a text may be a latitude."""
    return is_number(text) and abs(_value(text)) <= _POLE


def is_longitude(text: str) -> bool:
    """Say whether a text may be a longitude."""
    return is_number(text) and abs(_value(text)) <= _ANTIMERIDIAN


def is_fine(text: str) -> bool:
    """Say whether a text is a number of degrees with decimals enough to mean a place."""
    return _FINE.fullmatch(text) is not None and is_longitude(text)


def is_pair(text: str) -> bool:
    """Say whether a text holds two coordinates."""
    return _PAIR.fullmatch(text) is not None


def is_cell(text: str) -> bool:
    """Say whether a text is the index of an H3 cell."""
    return bool(h3.is_valid_cell(text))


def has_letters(text: str) -> bool:
    """Say whether a text holds a letter."""
    return any(map(str.isalpha, text))


def _value(text: str) -> float:
    return float(re.sub(r"\s", "", text).replace(",", "."))
