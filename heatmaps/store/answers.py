"""The answers that complaints and customers' addresses were placed by, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, select

from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT, LOCATION_FIELDS, PERSONAL
from heatmaps.store.customers import CUSTOMER_ADDRESS, LOCATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Select, Table

PAGE = 50_000


@dataclass(frozen=True, slots=True)
class Answers:
    """What addresses were understood as and found as, a list each.

    `form` is the normal form, `match` the fingerprint of what was found. An answer without
    `confidence` was given by a version that kept none.
    """

    id: Sequence[int]
    form: Sequence[str | None]
    match: Sequence[int | None]
    confidence: Sequence[float | None]


def complaint_answers(connection: Connection) -> Iterator[Answers]:
    """Give the answers of all complaints with an address, by pages."""
    c, p = COMPLAINT.c, PERSONAL.c
    query = select(c.id, p.normal_form, c.match_key, c.confidence).join(
        PERSONAL, and_(p.complaint_id == c.id, p.revision == c.revision)
    )
    return _pages(connection, query, COMPLAINT)


def customer_answers(connection: Connection) -> Iterator[Answers]:
    """Give the answers of all customers' addresses, by pages."""
    a, p = CUSTOMER_ADDRESS.c, PERSONAL.c
    query = select(a.id, p.normal_form, a.match_key, a.confidence).join(
        PERSONAL, p.customer_address_id == a.id
    )
    return _pages(connection, query, CUSTOMER_ADDRESS)


def places_of_complaints(connection: Connection, ids: Sequence[int]) -> dict[str, list[Any]]:
    """Give the columns that say where these complaints stand, in the order of their ids."""
    return _columns(connection, COMPLAINT, LOCATION_FIELDS, ids)


def places_of_customers(connection: Connection, ids: Sequence[int]) -> dict[str, list[Any]]:
    """Give the columns that say where these customers' addresses are, in the order of their ids."""
    return _columns(connection, CUSTOMER_ADDRESS, LOCATED, ids)


def _columns(
    connection: Connection, table: Table, names: Sequence[str], ids: Sequence[int]
) -> dict[str, list[Any]]:
    query = select(*(table.c[name] for name in names)).where(table.c.id.in_(ids))
    columns = bulk.read_columns(connection, query.order_by(table.c.id))
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _pages(connection: Connection, query: Select[Any], table: Table) -> Iterator[Answers]:
    of_page = query.where(PERSONAL.c.address.is_not(None)).order_by(table.c.id).limit(PAGE)
    last = -1
    while True:
        ids, form, match, confidence = bulk.read_columns(
            connection, of_page.where(table.c.id > last)
        )
        if not len(ids):
            return
        yield Answers(ids.tolist(), list(form), list(match), list(confidence))
        last = int(np.max(ids))
