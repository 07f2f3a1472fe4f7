"""The segments of an address, what stands between its commas, each read once and kept.

Towns, streets and houses come again in a batch, in whatever order, so most of an address has been
read before. Where a step has to see more than one segment the address is read as a whole: every
condition here names the step that it stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from heatmaps.geocoding.normal_form.corrections import may_correct
from heatmaps.geocoding.normal_form.draft import Draft
from heatmaps.geocoding.normal_form.house import NO_HOUSE, bear_on_house, is_part
from heatmaps.geocoding.normal_form.sides import Sides, names_in, sides_of
from heatmaps.geocoding.normal_form.steps import (
    LONGEST,
    WHOLE_STEPS,
    clean,
    clean_text,
    may_count_name,
    parted_at_capitals,
    read_chunk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack
    from heatmaps.geocoding.normal_form.sides import Name

_SEGMENTS_KEPT = 65_536
_SEEN_AS_ONE = re.compile(r"[^0-9a-z_\u0400-\u045f ./\-№\"«»']")
"""Characters that a step of the text may make a comma of, or takes what they enclose."""
_OF_ALL = sum(mark for mark, _ in WHOLE_STEPS)


class Segment(NamedTuple):
    """What a segment says by itself: what the steps noticed, its house, and the names beside it.

    `bears` tells whether any of its words may belong to a house number, `noticed` whether there is
    a change or a fault.
    """

    tokens: Sequence[str]
    marks: int
    noticed: bool
    changes: Sequence[str]
    faults: Sequence[str]
    bears: bool
    sides: Sides


class ReadText(NamedTuple):
    """What was read of a whole address, before its names are told apart."""

    sides: Sides
    marks: int
    changes: list[str]
    faults: list[str]


def read_text(address: str, pack: Pack) -> ReadText:
    """Read an address segment by segment where it can be, else as a whole."""
    if not pack.cuts and len(address) <= LONGEST:
        text = parted_at_capitals(address).lower().replace("ё", "е")
        segments = [_segment(written, pack) for written in text.replace(", ", ",").split(",")]
        if None not in segments:
            return _together(cast("list[Segment]", segments), pack)
    draft = clean(address, pack)
    return ReadText(sides_of(draft.tokens, pack), draft.marks, draft.changes, draft.faults)


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
    bears = bear_on_house(tokens)
    sides = sides_of(tokens, pack) if bears else Sides(NO_HOUSE, names_in(tokens, pack))
    if sides.several or (bears and any(map(is_part, tokens[: sides.house.start]))):
        return None
    return Segment(tokens, marks, bool(changes or faults), changes, faults, bears, sides)


def _together(segments: Sequence[Segment], pack: Pack) -> ReadText:
    """Join what the segments say: their marks, what was noticed, and the sides of the house."""
    marks = 0
    changes: list[str] = []
    faults: list[str] = []
    for segment in segments:
        marks |= segment.marks
        if segment.noticed:
            changes += (change for change in segment.changes if change not in changes)
            faults += segment.faults
    sides = _sides(segments, pack)
    if not sides.ahead and not any(segment.tokens for segment in segments):
        faults.append("junk")
    return ReadText(sides, marks, changes, faults)


def _sides(segments: Sequence[Segment], pack: Pack) -> Sides:
    """Give the sides of the house; where several segments bear on it all words are read at once."""
    bearing = [i for i, segment in enumerate(segments) if segment.bears]
    if len(bearing) > 1:
        return sides_of(_tokens(segments), pack)
    at = bearing[0] if bearing else 0
    house, own_ahead, own_behind, _ = segments[at].sides
    ahead: tuple[Name, ...] = ()
    for segment in segments[:at]:
        ahead += segment.sides.ahead
    behind = own_behind
    for segment in segments[at + 1 :]:
        behind += segment.sides.ahead
    if house.number:
        return Sides(house, ahead + own_ahead, behind)
    return Sides(house, ahead + own_ahead + behind)


def _tokens(segments: Sequence[Segment]) -> list[str]:
    """Give the words of all segments, with the commas between them."""
    tokens: list[str] = []
    for segment in segments:
        if segment.tokens:
            tokens += (",", *segment.tokens) if tokens else segment.tokens
    return tokens
