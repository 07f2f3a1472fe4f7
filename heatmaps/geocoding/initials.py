"""Initials before a name: ``К. Маркса`` is Карла Маркса, ``А. Толстого`` hardly Льва Толстого."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from heatmaps.geocoding import shares
from heatmaps.geocoding.name_words import RANKS, LikeName, aside_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.street_types import FoundStreet

_MISSING = "word_missing:"
_ADDED = "word_added:"
_EXPLAINED = "initial:"
_OF_RANK = "initial_or_rank:"
_DIFFERENT = "initials:"


def weighed_by_initials(initials: str, found: Sequence[LikeName]) -> list[LikeName]:
    """Give names that lack words of the query's, weighed by its initials; the likeliest first.

    `initials` as in `StreetName.initials`, ``а.с.``; a name that lacks nothing stays as it is.
    """
    letters = _letters(initials)
    weighed = [_weighed(letters, one) for one in found] if letters else list(found)
    return sorted(weighed, key=lambda one: (-one.share, one.row))


def explained_by_initials(initials: str, found: Sequence[LikeName]) -> list[LikeName]:
    """Give of names to the letter those in whose words the initials of the query stand."""
    weighed = [_weighed(_letters(initials), one) for one in found]
    return [one for one in weighed if _is_explained(one.changes)]


def with_initials(
    written: str, known: str, share: float, changes: tuple[str, ...]
) -> tuple[float, tuple[str, ...]]:
    """Give how surely a name is meant whose initials are not those written, and why.

    Either may have none, or fewer than the other, which contradicts nothing; a name may be written
    out of which but the initial is known.
    """
    if any(change.startswith(_EXPLAINED) for change in changes):
        return share, changes
    added = [change.removeprefix(_ADDED) for change in changes if change.startswith(_ADDED)]
    if added and known and not written and all(word[0] in _letters(known) for word in added):
        others = [change for change in changes if not change.startswith(_ADDED)]
        share = share / aside_share((), added) * shares.INITIAL
        return share, (*others, *(_explaining(word) for word in added))
    change = f"{_DIFFERENT}{written.upper()}→{known.upper()}"
    alike = written.startswith(known) or known.startswith(written)
    return share * (shares.INITIALS_UNTOLD if alike else shares.OTHER_INITIAL), (*changes, change)


_Found = TypeVar("_Found", bound="FoundStreet")


def chosen_by_initials(found: Sequence[_Found]) -> list[_Found]:
    """Give streets found for a name with initials; those that have just these go before others.

    They go before those with the name written out, these before those that tell neither. An
    initial that may stand for a rank (``М. Жукова``) tells nothing.
    """
    told = [_told(one.changes) for one in found]
    best = min(told, default=0)
    if any(change.startswith(_OF_RANK) for one in found for change in one.changes):
        most = shares.RANK_ASIDE if best else 1.0
        found = [one._replace(confidence=min(one.confidence, most)) for one in found]
    return [
        one if told_here == best else one._replace(confidence=one.confidence * shares.OTHER_PERSON)
        for one, told_here in zip(found, told, strict=True)
    ]


def _told(changes: Sequence[str]) -> int:
    if any(change.startswith(_EXPLAINED) for change in changes):
        return 1
    return 2 if any(change.startswith((_DIFFERENT, _OF_RANK)) for change in changes) else 0


def _letters(initials: str) -> set[str]:
    return set(initials.split(".")) - {""}


def _weighed(letters: set[str], one: LikeName) -> LikeName:
    """Give a name weighed by whether the words that it has more begin with these letters."""
    missing = [c.removeprefix(_MISSING) for c in one.changes if c.startswith(_MISSING)]
    names = [word for word in missing if word not in RANKS]
    ranks = [word for word in missing if word in RANKS]
    if not all(word[0] in letters for word in names):
        return one._replace(share=one.share * shares.OTHER_INITIAL)
    others = [change for change in one.changes if not change.startswith(_MISSING)]
    if names:
        share = one.share / aside_share(missing, ()) * aside_share(ranks, ()) * shares.INITIAL
        left_out = [f"{_MISSING}{word}" for word in ranks]
        return LikeName(one.row, share, (*others, *left_out, *map(_explaining, names)))
    if ranks and all(word[0] in letters for word in ranks):
        told = [f"{_OF_RANK}{word[0].upper()}.→{word.capitalize()}" for word in ranks]
        return one._replace(changes=(*others, *told))
    return one


def _explaining(word: str) -> str:
    return f"{_EXPLAINED}{word[0].upper()}.→{word.capitalize()}"


def _is_explained(changes: Sequence[str]) -> bool:
    """Tell whether nothing but initials, and ranks left out, is between a name and the query."""
    told = [change for change in changes if not change.startswith(_MISSING)]
    return bool(told) and all(change.startswith((_EXPLAINED, _OF_RANK)) for change in told)
