"""What is wrong with rows, gathered column by column: the first reason against each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.identity import identities
from heatmaps.quarantine import Refused

PERSONAL = frozenset(("name", "contact", "address", "text", "extra"))
"""Columns whose values are never quoted in a reason: those stand in the row alone."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.complaints.rows import RowBatch


class Faults:
    """The reasons against the rows of one batch."""

    def __init__(self, rows: RowBatch) -> None:
        self._rows = rows
        self._reasons: dict[int, str] = {}

    def refuse(self, wrong: NDArray[np.bool_] | Sequence[bool], what: str, *names: str) -> None:
        """Refuse the rows of a mask that have no reason yet.

        The reason is the values of the columns `names`, personal ones without, followed by `what`,
        which says what is wrong with them and how to mend it.
        """
        columns = [(name, self._rows.column(name)) for name in names]
        for row in np.flatnonzero(wrong).tolist():
            if row not in self._reasons:
                values = ", ".join(_quoted(name, column[row]) for name, column in columns)
                self._reasons[row] = f"{values} {what}."

    def refuse_absent(self, name: str) -> None:
        """Refuse the rows that lack a column no complaint can do without."""
        column = self._rows.column(name)
        if None not in column:
            return
        for row, text in enumerate(column):
            if text is None:
                self._reasons.setdefault(row, f"The row has no {name}; fill it in.")

    def kept(self) -> list[int] | None:
        """Give the positions of the good rows; None where all are good."""
        if not self._reasons:
            return None
        return [row for row in range(len(self._rows)) if row not in self._reasons]

    def refused(self, *identity: Sequence[str | None]) -> list[Refused]:
        """Give every refused row of the batch by line, those that did not fit the header too.

        `identity` are the columns that tell what a row is about.
        """
        rows = self._rows
        about = identities(*([column[row] for row in self._reasons] for column in identity))
        wrong = [
            Refused(int(rows.line[row]), reason, rows.raw(row), named)
            for (row, reason), named in zip(self._reasons.items(), about, strict=True)
        ]
        return sorted([*rows.refused, *wrong], key=lambda each: each.line)


def _quoted(name: str, value: str | None) -> str:
    if name in PERSONAL:
        return name
    return f"{name} (empty)" if value is None else f"{name} {value!r:.80}"
