"""A row that could not be used, and why: what every reader of rows gives back beside the good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """One row left out of the load and kept for a person to mend and replay.

    `line` is the row's first physical line in its file, counted from 1; `reason` one sentence
    with the value at fault and the remedy; `raw` the row as the file gave it, the text of a JSON
    object under the file's own column names. `identity` is a hash of what the row names, None
    where it does not say.
    """

    line: int
    reason: str
    raw: str
    identity: int | None = None
