"""Addresses that wait for a person's decision, grouped by normal form, and what stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, func, literal, null, select, union_all
from sqlalchemy import cast as as_type

from heatmaps.geocoding.fingerprints import form_of_key
from heatmaps.geocoding.location import Source
from heatmaps.store import complaints, customers
from heatmaps.store.complaints import COMPLAINT, PERSONAL
from heatmaps.store.customers import CUSTOMER_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Subquery, Table

NUMBER_DIGITS = 8
"""Hexadecimal digits of a fingerprint that people are shown; they may type more, or fewer."""

_KEY_BITS, _DIGIT_BITS = 64, 4


@dataclass(frozen=True, slots=True)
class DoubtfulForm:
    """A normal form that waits for a decision, and how many complaints and customers do with it.

    `faults` are those that intake noted of the first complaint, as short words.
    """

    normal_form: str
    form_key: int
    complaints: int
    customers: int
    faults: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The beginning of its fingerprint: whoever decides others, it stays its name."""
        return number_of(self.form_key)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: normal forms, complaints and customers' addresses."""

    forms: int
    complaints: int
    customers: int


def number_of(form_key: int) -> str:
    """Give the number by which people name a normal form, from its fingerprint."""
    return f"{form_key % (1 << _KEY_BITS):016x}"[:NUMBER_DIGITS]


def count_waiting(connection: Connection) -> Waiting:
    """Give how much waits for a decision."""
    g = _groups().c
    totals = select(func.count(g.form_key.distinct()), func.sum(g.told), func.sum(g.held))
    return Waiting(*(int(total or 0) for total in connection.execute(totals).one()))


def doubtful_forms(connection: Connection, limit: int, skip: int = 0) -> list[DoubtfulForm]:
    """Give the normal forms that wait, those with the most complaints first."""
    return _read(connection, _groups(), limit, skip)


def doubtful_form(connection: Connection, form_key: int) -> DoubtfulForm | None:
    """Give what waits under a fingerprint, None where nothing does."""
    return next(iter(_read(connection, _groups(form_key, form_key), 1, 0)), None)


def forms_numbered(connection: Connection, number: str, limit: int) -> list[DoubtfulForm]:
    """Give normal forms that wait and whose fingerprint begins with these hexadecimal digits."""
    free = _KEY_BITS - _DIGIT_BITS * len(number)
    low = int(number, 16) << free
    low -= (1 << _KEY_BITS) if low >= 1 << (_KEY_BITS - 1) else 0
    return _read(connection, _groups(low, low + (1 << free) - 1), limit, 0)


def complaints_of(connection: Connection, form_keys: Sequence[int]) -> complaints.Replaceable:
    """Give all complaints whose address reads like one of these, placed ones too, by id."""
    same = _reads_like(COMPLAINT, form_keys)
    return complaints.replaceable(connection, and_(same, PERSONAL.c.address.is_not(None)))


def customers_of(connection: Connection, form_keys: Sequence[int]) -> customers.Unplaced:
    """Give all customers' addresses that read so, but those that coordinates placed, by id."""
    same = _reads_like(CUSTOMER_ADDRESS, form_keys)
    source = CUSTOMER_ADDRESS.c.location_source
    by_address = func.coalesce(source, Source.NONE) != Source.COORDINATES
    return customers.replaceable(
        connection, and_(same, by_address, PERSONAL.c.address.is_not(None))
    )


def _reads_like(table: Table, form_keys: Sequence[int]) -> ColumnElement[bool]:
    # Told both ways, since the index has the doubtful ones apart.
    return and_(table.c.doubtful.in_([True, False]), table.c.form_key.in_(form_keys))


def _groups(low: int | None = None, high: int | None = None) -> Subquery:
    """Count per fingerprint, of those from `low` to `high`, complaints and customers' addresses."""
    c, a = COMPLAINT.c, CUSTOMER_ADDRESS.c
    none, nobody = literal(0, BigInteger), as_type(null(), BigInteger)
    told = select(c.form_key, func.count().label("told"), none.label("held"),
                  func.min(c.id).label("first_told"), nobody.label("first_held"))  # fmt: skip
    held = select(a.form_key, none, func.count(), nobody, func.min(a.id))
    return union_all(
        told.where(_waits(COMPLAINT, low, high)).group_by(c.form_key),
        held.where(_waits(CUSTOMER_ADDRESS, low, high)).group_by(a.form_key),
    ).subquery()


def _waits(table: Table, low: int | None, high: int | None) -> ColumnElement[bool]:
    key = table.c.form_key
    within = key.is_not(None) if low is None else key.between(low, high)
    return and_(table.c.doubtful, within)


def _read(connection: Connection, groups: Subquery, limit: int, skip: int) -> list[DoubtfulForm]:
    """Give groups with their text, but those whose text was erased: nobody can judge them."""
    g = groups.c
    told, held = func.sum(g.told), func.sum(g.held)
    query = (
        select(g.form_key, told, held, func.min(g.first_told), func.min(g.first_held))
        .group_by(g.form_key)
        .order_by(told.desc(), held.desc(), g.form_key)
        .limit(limit)
        .offset(skip)
    )
    rows = connection.execute(query).all()
    of_complaint = _complaint_texts(connection, [row[3] for row in rows if row[3] is not None])
    of_customer = _customer_texts(connection, [row[4] for row in rows if row[4] is not None])
    found = []
    for form_key, complaints_told, customers_held, complaint, customer in rows:
        text, faults = of_complaint.get(complaint) or (of_customer.get(customer), None)
        if text:
            counts = int(complaints_told), int(customers_held)
            form = form_of_key(text, form_key)
            found.append(DoubtfulForm(form, form_key, *counts, tuple((faults or "").split())))
    return found


def _complaint_texts(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, Any]]:
    c, p = COMPLAINT.c, PERSONAL.c
    query = (
        select(c.id, p.normal_form, c.location_faults)
        .join(PERSONAL, and_(p.complaint_id == c.id, p.revision == c.revision))
        .where(c.id.in_(ids), p.normal_form.is_not(None))
    )
    return {number: (text, faults) for number, text, faults in connection.execute(query)}


def _customer_texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    p = PERSONAL.c
    query = select(p.customer_address_id, p.normal_form).where(p.customer_address_id.in_(ids))
    return {number: text for number, text in connection.execute(query) if text}
