"""The segments of an address, what stands between its commas, each read once and kept.

Towns, streets and houses come again in a batch, in whatever order, so most of an address has been
read before. Where a step has to see more than one segment the address is read as a whole: every
condition here names the step that it stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.corrections import may_correct
from heatmaps.geocoding.normal_form.draft import Draft
from heatmaps.geocoding.normal_form.house import FoundHouse, bear_on_house, is_part
from heatmaps.geocoding.normal_form.sides import Sides, sides_of
from heatmaps.geocoding.normal_form.steps import (
    LONGEST,
    WHOLE_STEPS,
    clean,
    clean_text,
    may_count_name,
    part_capitals,
    read_chunk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.names import Span
    from heatmaps.geocoding.normal_form.pack import Pack

_SEGMENTS_KEPT = 65_536
_SEEN_AS_ONE = re.compile(r"[^0-9a-z_\u0400-\u045f ./\-№\"«»']")
"""Characters that a step of the text may make a comma of, or takes what they enclose."""
_OF_ALL = sum(mark for mark, _ in WHOLE_STEPS)


class Segment(NamedTuple):
    """The words of a segment, what the steps noticed, and its house and names by itself.

    `bears` tells whether any of its words may belong to a house number.
    """

    tokens: Sequence[str]
    marks: int
    changes: Sequence[str]
    faults: Sequence[str]
    sides: Sides
    bears: bool


class ReadText(NamedTuple):
    """What was read of a whole address, before its names are told apart."""

    sides: Sides
    marks: int
    changes: list[str]
    faults: list[str]


def read_text(address: str, pack: Pack) -> ReadText:
    """Read an address segment by segment where it can be, else as a whole."""
    segments = None if pack.cuts else _segments(address, pack)
    if segments is None:
        draft = clean(address, pack)
        return ReadText(sides_of(draft.tokens, pack), draft.marks, draft.changes, draft.faults)
    return _together(segments, pack)


def _segments(address: str, pack: Pack) -> list[Segment] | None:
    """Give the segments that hold a word, None where a step has to see the whole text."""
    if len(address) > LONGEST:
        return None
    draft = Draft(address)
    part_capitals(draft, pack)
    segments: list[Segment] = []
    for written in draft.text.lower().replace("ё", "е").split(","):
        segment = _segment(written.strip(" "), pack)
        if segment is None:
            return None
        segments.append(segment)
    return segments


@lru_cache(maxsize=_SEGMENTS_KEPT)
def _segment(written: str, pack: Pack) -> Segment | None:
    """Give a segment by itself, None where its address has to be read as a whole."""
    if _SEEN_AS_ONE.search(written) or may_correct(written):
        return None
    draft = Draft(written)
    clean_text(draft, pack)
    if draft.faults or may_count_name(draft.text, pack):
        return None
    tokens, marks, changes, faults = read_chunk(draft.text, pack)
    if marks & _OF_ALL:
        return None
    sides = sides_of(tokens, pack)
    if sides.several or any(map(is_part, tokens[: sides.house.start])):
        return None
    return Segment(tokens, marks, changes, faults, sides, bear_on_house(tokens))


def _together(segments: Sequence[Segment], pack: Pack) -> ReadText:
    """Join what the segments say: their marks, what was noticed, and the sides of the house."""
    marks = 0
    changes: list[str] = []
    faults: list[str] = []
    for segment in segments:
        marks |= segment.marks
        if segment.changes:
            changes += (c for c in segment.changes if c not in changes)
        if segment.faults:
            faults += segment.faults
    if not any(segment.tokens for segment in segments):
        faults.append("junk")
    return ReadText(_sides(segments, pack), marks, changes, faults)


def _sides(segments: Sequence[Segment], pack: Pack) -> Sides:
    """Give the sides of an address's house, which one segment has by itself."""
    if sum(segment.bears for segment in segments) > 1:
        return sides_of(_tokens(segments), pack)
    house = FoundHouse()
    ahead: tuple[Span, ...] = ()
    behind: tuple[Span, ...] = ()
    for segment in segments:
        if segment.bears:
            house = segment.sides.house
            ahead += segment.sides.ahead
            behind = segment.sides.behind
        elif house.number:
            behind += segment.sides.ahead
        else:
            ahead += segment.sides.ahead
    return Sides(house, ahead, behind)


def _tokens(segments: Sequence[Segment]) -> list[str]:
    """Give the words of all segments, with the commas between them."""
    tokens: list[str] = []
    for segment in segments:
        if segment.tokens:
            tokens += (",", *segment.tokens) if tokens else segment.tokens
    return tokens
