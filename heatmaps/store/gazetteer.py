"""The gazetteer in the store: loads merge by lasting keys and say what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, insert, select

from heatmaps.geocoding.changes import known_names, street_words
from heatmaps.geocoding.gazetteer import NO_STREET, Gazetteer, Houses, Streets
from heatmaps.geocoding.normal_form import NORM_VERSION
from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.merging import HOUSE, SETTLEMENT, STREET, Merging, settlements_of
from heatmaps.store.rekeying import rekey
from heatmaps.store.tables import GazetteerLoad

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.geocoding.changes import Changes
    from heatmaps.geocoding.gazetteer import Settlements
    from heatmaps.store.staging import Staged


@dataclass(frozen=True, slots=True)
class Load:
    """One file to be merged: its name, the dataset it is a delivery of, its reader's account.

    One that may `shrink` may lack any number of the dataset's houses; with `moved` it may put any
    number of them far off.
    """

    file: str
    dataset: str
    report: Mapping[str, Any]
    at: datetime
    shrink: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """What a load did: houses in = houses added + moved + unchanged; gone are those removed.

    `houses_elsewhere` are those unchanged that another dataset puts more than a metre off.
    """

    version: int
    settlements_added: int
    streets_added: int
    houses_added: int
    houses_moved: int
    houses_unchanged: int
    houses_gone: int = 0
    streets_gone: int = 0
    settlements_gone: int = 0
    houses_elsewhere: int = 0


def merge_staged(
    connection: Connection,
    staged: Staged,
    settlements: Settlements,
    settled: NDArray[np.bool_],
    load: Load,
) -> tuple[Merge, Changes]:
    """Merge a staged and settled file into the store; gives what it did and what that changed.

    A house that is known at another place (more than a metre away) is moved, unless another
    dataset named it first and still does; one that the dataset brought and no longer has is
    removed, unless another dataset has it. Makes a new data version, so that indexes are rebuilt,
    only where anything changed. Raises FileError where too much of the dataset would go or move.
    """
    lock(connection, "gazetteer")
    version = data_version(connection)
    rewritten = bool(version) and _norm_version(connection) != NORM_VERSION
    if rewritten:
        rekey(connection)
    merging = Merging(connection, staged, load.dataset)
    if not load.moved:
        merging.require_unswapped(load.file, settlements, settled)
    towns = merging.settlements(settlements, settled)
    streets = merging.streets()
    houses = merging.houses(load.file, shrink=load.shrink, moved=load.moved)
    streets_gone, towns_gone = merging.remove_gone()
    changes = merging.changes
    changes.everything = changes.everything or rewritten or not version
    _tell_others(connection, changes)
    counts = {
        "settlements_added": towns.added,
        "streets_added": streets.added,
        "houses_added": houses.added,
        "houses_moved": houses.moved,
        "houses_unchanged": houses.unchanged,
        "houses_gone": houses.gone,
        "streets_gone": streets_gone,
        "settlements_gone": towns_gone,
        "houses_elsewhere": houses.elsewhere,
    }
    if changes:
        row = insert(GazetteerLoad).values(
            loaded_at=load.at, file=load.file, report={**load.report, **counts},
            norm_version=NORM_VERSION,
        )  # fmt: skip
        version = int(connection.execute(row.returning(GazetteerLoad.version)).scalar_one())
    return Merge(version=version, **counts), changes


def data_version(connection: Connection) -> int:
    """Give the number of the newest load that changed anything; 0 where nothing is loaded."""
    return int(connection.scalar(select(func.max(GazetteerLoad.version))) or 0)


def settlement_names(connection: Connection) -> set[str]:
    """Give the normal forms of all settlements' names, other names among them."""
    rows = connection.execute(select(SETTLEMENT.c.name, SETTLEMENT.c.aliases).distinct())
    return known_names((name, others) for name, others in rows)


def street_words_but(connection: Connection, changed: Container[str]) -> set[str]:
    """Give the words that streets bear, leaving out the streets of the keys in `changed`."""
    t = STREET.c
    rows = connection.execute(
        select(t.key, t.aliases).execution_options(yield_per=bulk.KEYS_A_QUERY)
    )
    return street_words((key, others) for key, others in rows if key not in changed)


def load_gazetteer(connection: Connection) -> Gazetteer:
    """Give the whole gazetteer, ordered by id, so that its index is the same every time."""
    t, h = STREET.c, HOUSE.c
    settlement_id, settlements = _load_settlements(connection)
    street_id, street_settlement, name, at_lat, at_lon, radius, aliases = bulk.read_columns(
        connection,
        select(t.id, t.settlement_id, t.name, t.lat, t.lon, t.uncertainty_m, t.aliases)
        .order_by(t.id),
    )  # fmt: skip
    house_settlement, house_street, number, lat, lon, postcode, source, source_id = (
        bulk.read_columns(
            connection,
            select(h.settlement_id, func.coalesce(h.street_id, NO_STREET), h.number, h.lat, h.lon,
                   h.postcode, h.source, h.source_id).order_by(h.id),
        )
    )  # fmt: skip
    return Gazetteer(
        settlements,
        Streets(
            _positions(street_settlement, settlement_id), name,
            _floats(at_lat), _floats(at_lon), _floats(radius), aliases,
        ),
        Houses(
            _positions(house_settlement, settlement_id),
            _positions(house_street, street_id),
            number, _floats(lat), _floats(lon), postcode, source, source_id,
        ),
    )  # fmt: skip


def house_points(connection: Connection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give latitude and longitude of every house, for spreading coarse exposure."""
    lat, lon = bulk.read_columns(connection, select(HOUSE.c.lat, HOUSE.c.lon))
    return _floats(lat), _floats(lon)


def _norm_version(connection: Connection) -> int:
    newest = select(GazetteerLoad.norm_version).order_by(GazetteerLoad.version.desc()).limit(1)
    return int(connection.scalar(newest) or 0)


def _tell_others(connection: Connection, changes: Changes) -> None:
    """Note the other names of settlements: an address may call one so in which much changed."""
    s = SETTLEMENT.c
    rows = connection.execute(select(s.key, s.aliases).where(s.aliases != ""))
    changes.others.update((key, others) for key, others in rows)
    changes.others.update(changes.settlements)


def _load_settlements(connection: Connection) -> tuple[NDArray[np.object_], Settlements]:
    s = SETTLEMENT.c
    names = ("id", "name", "kind", "region", "lat", "lon", "uncertainty_m", "boundary", "aliases")
    query = select(*(s[name] for name in names)).order_by(s.id)
    columns = dict(zip(names, bulk.read_columns(connection, query), strict=True))
    return columns["id"], settlements_of(columns)


def _floats(column: NDArray[np.object_]) -> NDArray[np.float64]:
    return column.astype(np.float64)


def _positions(ids: NDArray[np.object_], of: NDArray[np.object_]) -> NDArray[np.int32]:
    """Give where each id stands among the sorted `of`; NO_STREET stays."""
    wanted = ids.astype(np.int64)
    found = np.searchsorted(of.astype(np.int64), wanted).astype(np.int32)
    return np.where(wanted == NO_STREET, NO_STREET, found).astype(np.int32)
