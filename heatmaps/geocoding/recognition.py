"""Which settlements of a file are known already, whatever the file tells of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.identity import identity_of, point_text
from heatmaps.geocoding.namesakes import reach_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Settlements
    from heatmaps.geocoding.identity import Identity


class _Pair(NamedTuple):
    """A row and a known settlement that may be one, the likelier the smaller."""

    is_beside: bool
    tells_less: bool
    apart_m: float
    row: int
    known: int


def recognised(rows: Settlements, known: Settlements, own: NDArray[np.bool_]) -> Settlements:
    """Give settlements under the name, kind and region, so the lasting key, they are known by.

    Files tell more or less of a settlement: one is taken for a known one of its name where nothing
    that both tell contradicts and they stand within the larger one's radius of each other, or, the
    same being told of both, no farther apart than one settlement reaches; each for one only, the
    nearest first. One that is `own`, known from earlier deliveries of the file alone, may have
    moved any way. A new one that bears the key of another has its point put behind its region.
    """
    told, names = _identities(rows), _identities(known)
    of_name: dict[str, list[int]] = {}
    for position, identity in enumerate(names):
        of_name.setdefault(identity.name, []).append(position)
    pairs = [
        pair
        for row, identity in enumerate(told)
        if identity.name in of_name
        for pair in _pairs(rows, row, identity, known, names, of_name[identity.name])
    ]
    found = _paired(pairs)
    taken, of_key = set(found.values()), {identity.key: at for at, identity in enumerate(names)}
    name, kind, region = rows.name.copy(), rows.kind.copy(), rows.region.copy()
    used = set(of_key)
    for row, identity in enumerate(told):
        same = of_key.get(identity.key)
        if row not in found and same is not None and own[same] and same not in taken:
            found[row] = same
            taken.add(same)
        at = found.get(row)
        if at is not None:
            name[row], kind[row], region[row] = known.name[at], known.kind[at], known.region[at]
        elif identity.key in used:
            point = point_text(float(rows.lat[row]), float(rows.lon[row]))
            region[row] = f"{region[row]}, {point}" if region[row] else point
        else:
            used.add(identity.key)
    return replace(rows, name=name, kind=kind, region=region)


def _identities(settlements: Settlements) -> list[Identity]:
    rows = zip(settlements.name, settlements.kind, settlements.region, strict=True)
    return [identity_of(*row) for row in rows]


def _pairs(  # noqa: PLR0913, PLR0917 - two tables, each with what it tells
    rows: Settlements,
    row: int,
    identity: Identity,
    known: Settlements,
    names: Sequence[Identity],
    others: list[int],
) -> Iterator[_Pair]:
    apart = distance_m(known.lat[others], known.lon[others], rows.lat[row], rows.lon[row])
    for at, apart_m in zip(others, apart.tolist(), strict=True):
        other = names[at]
        if not identity.may_be(other):
            continue
        radius_m = max(known.uncertainty_m[at], rows.uncertainty_m[row])
        least_m = known.uncertainty_m[at] + rows.uncertainty_m[row]
        tells_less = replace(identity, point="") != replace(other, point="")
        if apart_m <= radius_m or (not tells_less and apart_m <= least_m + reach_m(identity)):
            yield _Pair(apart_m > radius_m, tells_less, apart_m, row, at)


def _paired(pairs: list[_Pair]) -> dict[int, int]:
    """Give each row its likeliest partner, each partner to one row."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for pair in sorted(pairs):
        if pair.row not in found and pair.known not in taken:
            found[pair.row] = pair.known
            taken.add(pair.known)
    return found
