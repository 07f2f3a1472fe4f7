"""Decisions on addresses in the store: every one stays, those in force answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, or_, select, update

from heatmaps.geocoding.aliases import Aliases, Decision
from heatmaps.geocoding.normal_form import NORM_VERSION
from heatmaps.geocoding.result import Level
from heatmaps.store.tables import AddressAlias

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select, Table

ALIAS: Table = AddressAlias.__table__  # type: ignore[assignment]  # a mapped table is a Table

_IN_FORCE = ALIAS.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and its history: who made it, how many it placed then, what ended it.

    `replaced_by` is the number of the later decision on the same address, if that ended it.
    """

    decision: Decision
    by: str
    at: datetime
    complaints: int
    customers: int
    ended_by: str | None = None
    ended_at: datetime | None = None
    replaced_by: int | None = None

    @property
    def in_force(self) -> bool:
        """Tell whether it still answers."""
        return self.ended_at is None


def load_aliases(connection: Connection) -> Aliases:
    """Give the decisions in force."""
    rows = connection.execute(select(ALIAS).where(_IN_FORCE).order_by(ALIAS.c.id))
    return Aliases(_decision(row) for row in rows)


def aliases_version(connection: Connection) -> int:
    """Give a number that rises with every decision that is made or ends."""
    made, ended = connection.execute(
        select(func.max(ALIAS.c.id), func.count(ALIAS.c.ended_at))
    ).one()
    return int(made or 0) + int(ended)


def decided(connection: Connection, number: int) -> Decided | None:
    """Give a decision by its number, None where there is none."""
    return next(iter(_read(connection, select(ALIAS).where(ALIAS.c.id == number))), None)


def decision_on(connection: Connection, normal_form: str, default_city: str) -> Decided | None:
    """Give the decision in force on an address in that default city, None where there is none."""
    may_be = or_(ALIAS.c.normal_form == normal_form, ALIAS.c.norm_version != NORM_VERSION)
    known = _read(connection, select(ALIAS).where(_IN_FORCE, may_be).order_by(ALIAS.c.id))
    of_number = {one.decision.number: one for one in known}
    found = Aliases(one.decision for one in known).get(normal_form, default_city)
    return of_number[found.number] if found is not None else None


def decisions_in_force(connection: Connection) -> list[Decided]:
    """Give the decisions in force, the newest first."""
    return _read(connection, select(ALIAS).where(_IN_FORCE).order_by(ALIAS.c.id.desc()))


def last_decisions(connection: Connection, limit: int) -> list[Decided]:
    """Give the newest decisions, ended ones too, the newest first."""
    return _read(connection, select(ALIAS).order_by(ALIAS.c.id.desc()).limit(limit))


def count_decisions(connection: Connection) -> tuple[int, int]:
    """Give how many decisions there are, and how many of them are in force."""
    made, ended = connection.execute(
        select(func.count(), func.count(ALIAS.c.ended_at)).select_from(ALIAS)
    ).one()
    return made, made - ended


def save_decision(connection: Connection, decision: Decision, by: str, at: datetime) -> int:
    """Put a decision in force; gives its number."""
    row = insert(ALIAS).values(
        normal_form=decision.normal_form, norm_version=decision.norm_version,
        level=str(decision.level), key=decision.key, label=decision.label, lat=decision.lat,
        lon=decision.lon, uncertainty_m=decision.uncertainty_m, complaints=0, customers=0,
        decided_at=at, decided_by=by, default_city=decision.default_city,
    )  # fmt: skip
    return int(connection.execute(row.returning(ALIAS.c.id)).scalar_one())


def note_moved(connection: Connection, number: int, lat: float, lon: float) -> None:
    """Note where the place of a decision stands now, WGS 84 degrees."""
    connection.execute(update(ALIAS).where(ALIAS.c.id == number).values(lat=lat, lon=lon))


def note_placed(connection: Connection, number: int, complaints: int, customers: int) -> None:
    """Note how many complaints and customers' addresses a decision placed."""
    placed = {"complaints": complaints, "customers": customers}
    connection.execute(update(ALIAS).where(ALIAS.c.id == number).values(**placed))


def end_decision(
    connection: Connection, number: int, by: str, at: datetime, replaced_by: int | None = None
) -> None:
    """End a decision in force: it is undone, or another replaces it."""
    ended = {"ended_by": by, "ended_at": at, "replaced_by": replaced_by}
    connection.execute(update(ALIAS).where(ALIAS.c.id == number).values(**ended))


def _read(connection: Connection, query: Select[Any]) -> list[Decided]:
    return [
        Decided(_decision(row), row.decided_by, row.decided_at, row.complaints, row.customers,
                row.ended_by, row.ended_at, row.replaced_by)
        for row in connection.execute(query)
    ]  # fmt: skip


def _decision(row: Row[Any]) -> Decision:
    return Decision(row.normal_form, Level(row.level), row.label, row.key, row.lat, row.lon,
                    row.uncertainty_m, row.id, row.norm_version, row.default_city)  # fmt: skip
