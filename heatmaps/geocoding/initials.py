"""Initials before a name: ``К. Маркса`` is Карла Маркса, ``А. Толстого`` hardly Льва Толстого."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding import shares
from heatmaps.geocoding.name_words import LikeName, aside_share

if TYPE_CHECKING:
    from collections.abc import Sequence

_MISSING = "word_missing:"
_EXPLAINED = "initial:"


def weighed_by_initials(initials: str, found: Sequence[LikeName]) -> list[LikeName]:
    """Give names that lack words of the query's, weighed by its initials; the likeliest first.

    `initials` as in `StreetName.initials`, ``а.с.``; a name that lacks nothing stays as it is.
    """
    letters = set(initials.split(".")) - {""}
    weighed = [_weighed(letters, one) for one in found] if letters else list(found)
    return sorted(weighed, key=lambda one: (-one.share, one.row))


def with_initials(
    written: str, known: str, share: float, changes: tuple[str, ...]
) -> tuple[float, tuple[str, ...]]:
    """Give how surely a name is meant whose initials are not those written, and why.

    Either may have none, or fewer than the other, which contradicts nothing.
    """
    if any(change.startswith(_EXPLAINED) for change in changes):
        return share, changes
    change = f"initials:{written.upper()}→{known.upper()}"
    alike = written.startswith(known) or known.startswith(written)
    return share * (shares.INITIALS_UNTOLD if alike else shares.OTHER_INITIAL), (*changes, change)


def _weighed(letters: set[str], one: LikeName) -> LikeName:
    missing = [c.removeprefix(_MISSING) for c in one.changes if c.startswith(_MISSING)]
    if not missing:
        return one
    if not all(word[0] in letters for word in missing):
        return one._replace(share=one.share * shares.OTHER_INITIAL)
    known = [f"{_EXPLAINED}{word[0].upper()}.→{word.capitalize()}" for word in missing]
    others = [change for change in one.changes if not change.startswith(_MISSING)]
    share = one.share / aside_share(missing, ()) * shares.INITIAL
    return LikeName(one.row, share, (*others, *known))
