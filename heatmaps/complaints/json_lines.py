"""Rows of a JSON Lines file: one object a line, which may differ in their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heatmaps.complaints.delimited import open_text
from heatmaps.complaints.encoding import Scan, read_start, scan_file
from heatmaps.complaints.objects import (
    broken_line,
    flattened,
    leaf_names,
    object_rows,
    read_object,
)
from heatmaps.complaints.profiles import folded
from heatmaps.complaints.sources import BATCH_CHARACTERS, MAX_COLUMNS
from heatmaps.errors import FileError
from heatmaps.quarantine import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from heatmaps.complaints.objects import ObjectRows
    from heatmaps.complaints.profiles import Profile

_START = 1 << 16


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A sound text file whose lines are to be objects; `header` has every name they use.

    What lies in an object within an object has a dotted name: ``via.channel``.
    """

    path: Path
    profile: Profile
    scan: Scan
    header: tuple[str, ...]

    @property
    def rows(self) -> int:
        """About how many rows the file has."""
        return self.scan.lines

    def read(self, size: int) -> Iterator[ObjectRows]:
        """Give the rows in the file's order, `size` lines at a time.

        Refused are lines that are no object, and rows with a list or an object in a column that
        the profile reads.
        """
        with open_text(self.path, self.scan.encoding, "\n") as stream:
            batch = _Batch()
            for number, line in _lines(stream):
                batch.add(number, line)
                if batch.count >= size or batch.characters >= BATCH_CHARACTERS:
                    yield batch.rows(self.profile, self.header)
                    batch = _Batch()
            if batch.count:
                yield batch.rows(self.profile, self.header)


class _Batch:
    """Lines read so far: those that are objects, and those that are none."""

    def __init__(self) -> None:
        self.count = self.characters = 0
        self._line: list[int] = []
        self._objects: list[dict[str, Any]] = []
        self._raw: list[str] = []
        self._refused: list[Refused] = []

    def add(self, number: int, line: str) -> None:
        self.count += 1
        self.characters += len(line)
        found = read_object(line)
        if isinstance(found, str):
            self._refused.append(Refused(number, found, broken_line(line)))
            return
        self._line.append(number)
        self._objects.append(found)
        self._raw.append(line)

    def rows(self, profile: Profile, header: tuple[str, ...]) -> ObjectRows:
        rows = object_rows(profile, self._line, self._objects, header, self._raw)
        rows.refused.extend(self._refused)
        return rows


def open_json_lines(path: Path, profile: Profile) -> JsonLines:
    """Read a whole file of JSON Lines (plain or gzip) once, and gather the names its objects use.

    FileError for every fault of a text file, see `scan_file`; where the file is one JSON array or
    one object over many lines; where no line is an object; and where the names never end.
    """
    scan = scan_file(path, profile.encoding)
    _check_lines(path)
    names: dict[str, str] = {}
    known: set[str] = set()
    with open_text(path, scan.encoding, "\n") as stream:
        for _, line in _lines(stream):
            found = read_object(line)
            if isinstance(found, dict) and not (known >= found.keys()):
                leaves = leaf_names([flattened(found)])
                known.update(leaves)
                for name in leaves:
                    names.setdefault(folded(name), name)
            if len(names) > MAX_COLUMNS:
                message = (
                    f"The objects of file {path} have more than {MAX_COLUMNS:,} different names; "
                    "export the values that serve as names as values."
                )
                raise FileError(message)
    if not names:
        message = (
            f"File {path} has no line that is a JSON object; write one object a line, or rename it "
            "if it is no JSON Lines file."
        )
        raise FileError(message)
    return JsonLines(path, profile, scan, tuple(names.values()))


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Give the lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(stream, start=1):
        text = line.strip()
        if text:
            yield number, text


def _check_lines(path: Path) -> None:
    start = read_start(path, _START).removeprefix(b"\xef\xbb\xbf").lstrip()
    first = start.split(b"\n", 1)[0].strip()
    if start.startswith(b"[") and not isinstance(read_object(first.decode(errors="replace")), dict):
        what, how = "one JSON array", "jq -c '.[]'"
    elif first == b"{":
        what, how = "one JSON object over many lines", "jq -c"
    else:
        return
    message = (
        f"File {path} is {what}, not JSON Lines; write one object a line, such as with: "
        f"{how} {path.name} > {path.stem}.jsonl."
    )
    raise FileError(message)
