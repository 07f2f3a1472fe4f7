"""The truth of a simulation, read back from its folder: what is behind each complaint."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from heatmaps.desk.words import Cause
from heatmaps.errors import FileError
from heatmaps.simulation.handling import Behind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SHARE = 0.25
"""A fault is behind a spot when at least this share of its complaints, and two, are its own."""
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Truth:
    """What a folder tells of its complaints, by their ids of the CRM.

    `told_at` is when each was made, aware; `behind_of` the fault or hole behind those that have
    one; `known` what those are.
    """

    told_at: dict[str, datetime]
    behind_of: dict[str, str]
    known: dict[str, Behind]

    def behind(self, external_ids: Iterable[str]) -> Behind | None:
        """Give what is behind complaints taken together; None where they met by chance."""
        ids = list(external_ids)
        counted = Counter(self.behind_of[each] for each in ids if each in self.behind_of)
        most, count = max(counted.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        return self.known[most] if count >= max(FEWEST, SHARE * len(ids)) else None


def read_truth(directory: Path) -> Truth:
    """Read what `write` has written; FileError where it is missing or no simulation's."""
    told_at = {
        row["external_id"]: row["created_at"]
        for row in _rows(directory / "complaints.csv", external_id=str, created_at=_moment)
    }
    first = min(told_at.values(), default=datetime.min.replace(tzinfo=UTC))
    faults = _rows(directory / "faults.csv", fault_id=str, cause=Cause, starts_at=_moment,
                   ends_at=_moment)  # fmt: skip
    holes = _rows(directory / "holes.csv", hole_id=str)
    known = {
        **{
            row["fault_id"]: Behind(row["cause"], row["starts_at"], row["ends_at"])
            for row in faults
        },
        **{row["hole_id"]: Behind(Cause.NO_COVERAGE, first, None) for row in holes},
    }
    behind_of = {
        row["external_id"]: row["fault_id"] or row["hole_id"]
        for row in _rows(directory / "truth.csv", external_id=str, fault_id=str, hole_id=str)
        if row["fault_id"] or row["hole_id"]
    }
    return Truth(told_at, behind_of, known)


def _rows(path: Path, **columns: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Give the named columns of a file, each read by its function."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return [{name: read(row[name]) for name, read in columns.items()} for row in rows]
    except OSError as error:
        message = (
            f"{path} cannot be read ({error.strerror}); "
            "make the folder with `heatmaps simulate` first."
        )
        raise FileError(message) from error
    except (ValueError, TypeError, KeyError, csv.Error) as error:
        why = "no UTF-8 text" if isinstance(error, UnicodeDecodeError) else error
        message = f"{path} is not as a simulation writes it ({why}); run `heatmaps simulate` again."
        raise FileError(message) from error


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
