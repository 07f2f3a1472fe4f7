"""What online providers answered, how much they were asked, and the addresses to ask them about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, null, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from heatmaps.geocoding.default_point import DEFAULT_POINT
from heatmaps.geocoding.location import DISAGREE, PROVIDER, Source
from heatmaps.geocoding.normal_form import street_key
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT, PERSONAL
from heatmaps.store.customers import CUSTOMER_ADDRESS
from heatmaps.store.tables import (
    PLACED_BY_PROVIDER,
    ProviderAnswer,
    ProviderRun,
    ProviderUsage,
    Settlement,
    Street,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

ANSWER: Table = ProviderAnswer.__table__  # type: ignore[assignment]  # a mapped table is a Table
USAGE: Table = ProviderUsage.__table__  # type: ignore[assignment]


def recall(connection: Connection, asked: str, now: datetime) -> list[dict[str, Any]] | None:
    """Give the places kept as the answer to a fingerprint; None where none is kept any more."""
    a = ANSWER.c
    fresh = or_(a.expires_at.is_(None), a.expires_at > now)
    answer = connection.scalar(select(a.answer).where(a.question == asked, fresh))
    return None if answer is None else list(answer["findings"])


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer to be kept; `findings` as JSON holds them."""

    asked: str
    provider: str
    findings: Sequence[dict[str, Any]]
    asked_at: datetime
    expires_at: datetime | None


def keep(connection: Connection, kept: Kept) -> None:
    """Keep an answer in the place of an earlier one, and drop those that have expired."""
    connection.execute(delete(ProviderAnswer).where(ANSWER.c.expires_at <= kept.asked_at))
    row = {
        "provider": kept.provider,
        "asked_at": kept.asked_at,
        "expires_at": kept.expires_at,
        "answer": {"findings": list(kept.findings)},
    }
    statement = _insert(connection, ANSWER).values(question=kept.asked, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["question"], set_=row))


def take_request(connection: Connection, provider: str, day: str, limit: int) -> bool:
    """Count one request of a day (``2026-03-01``, UTC), or say that `limit` are spent.

    Counting and comparing are one statement, so that processes side by side never overdraw.
    """
    if limit < 1:
        return False
    u = USAGE.c
    statement = _insert(connection, USAGE).values(provider=provider, day=day, questions=1)
    counted = statement.on_conflict_do_update(
        index_elements=["provider", "day"],
        set_={"questions": u.questions + 1},
        where=u.questions < limit,
    ).returning(u.questions)
    return connection.scalar(counted) is not None


def requests_of(connection: Connection, provider: str, day: str) -> int:
    """Give how many requests a provider got on a day."""
    u = USAGE.c
    spent = select(u.questions).where(u.provider == provider, u.day == day)
    return int(connection.scalar(spent) or 0)


def known_names(connection: Connection) -> tuple[set[str], set[str], set[str]]:
    """Give the names of all settlements, other names too, keys of streets' names, and regions."""
    settlements = connection.execute(select(Settlement.name, Settlement.aliases).distinct())
    keys = set(connection.scalars(select(Street.key).distinct()))
    aliases = connection.scalars(select(Street.aliases).where(Street.aliases != "").distinct())
    keys |= {street_key(name) for names in aliases for name in names.splitlines()}
    names = {name for main, others in settlements for name in (main, *others.splitlines()) if name}
    regions = connection.scalars(
        select(Settlement.region).where(Settlement.region != "").distinct()
    )
    return names, keys, set(regions)


@dataclass(frozen=True, slots=True)
class Said:
    """A doubtful address as it was said, the city beside it, and where it was placed so far."""

    address: str
    city: str | None
    placed: GeocodeResult


def said(connection: Connection, form_keys: Sequence[int]) -> dict[int, Said]:
    """Give one address for each normal form that waits, a complaint's where there is one."""
    c, a, p = COMPLAINT.c, CUSTOMER_ADDRESS.c, PERSONAL.c
    told: dict[int, Said] = {}
    for part in bulk.in_parts(form_keys):
        for table, whose in (
            (a, p.customer_address_id == a.id),
            (c, and_(p.complaint_id == c.id, p.revision == c.revision)),
        ):
            query = (
                select(table.form_key, p.address, p.city, table.location_level, table.lat,
                       table.lon, table.uncertainty_m, table.confidence)
                .where(whose, table.doubtful, table.form_key.in_(part), p.address.is_not(None))
                .order_by(table.id.desc())
            )  # fmt: skip
            for row in connection.execute(query):
                key, address, city, level, lat, lon, uncertainty_m, confidence = row
                known = GeocodeResult(Level(level), lat, lon, uncertainty_m, confidence or 0.0)
                told[key] = Said(address, city, known)
    return told


def placed_forms(connection: Connection, form_keys: Sequence[int]) -> dict[int, GeocodeResult]:
    """Give where providers placed addresses of these normal forms, the surest for each.

    ``provider:`` and its name is the last of its `changes`. Read by an index of such places alone.
    """
    found: dict[int, GeocodeResult] = {}
    if not form_keys or connection.scalar(select(ProviderRun.id).limit(1)) is None:
        return found
    for table, noted in ((COMPLAINT, COMPLAINT.c.location_faults), (CUSTOMER_ADDRESS, null())):
        c = table.c
        for part in bulk.in_parts(form_keys):
            query = (
                select(c.form_key, c.location_level, c.lat, c.lon, c.uncertainty_m, c.confidence,
                       c.location_source, noted)
                .where(c.form_key.in_(part), text(PLACED_BY_PROVIDER))
                .order_by(c.form_key, c.confidence.desc(), c.id.desc())
            )  # fmt: skip
            for key, level, lat, lon, uncertainty_m, confidence, source, said in connection.execute(
                query
            ):
                best = found.get(key)
                if best is None or confidence > best.confidence:
                    faults = [f for f in (said or "").split() if f not in (DISAGREE, DEFAULT_POINT)]
                    found[key] = GeocodeResult(Level(level), lat, lon, uncertainty_m, confidence,
                                               changes=(source,), faults=tuple(faults))  # fmt: skip
    return found


def note_source(connection: Connection, provider: str, form_keys: Sequence[int]) -> None:
    """Say of what was just placed under these normal forms that a provider placed it."""
    source = provider_source(provider)
    for table in (COMPLAINT, CUSTOMER_ADDRESS):
        c = table.c
        for part in bulk.in_parts(form_keys):
            placed = and_(c.form_key.in_(part), c.location_source == Source.ADDRESS,
                          c.match_key.is_(None), c.lat.is_not(None))  # fmt: skip
            connection.execute(update(table).where(placed).values(location_source=source))


def provider_source(provider: str) -> str:
    """Give what `location_source` says of a place that a provider gave."""
    return f"{PROVIDER}{provider}"


def note_run(connection: Connection, provider: str, at: datetime, counts: dict[str, int]) -> int:
    """Note that doubtful addresses were placed by a provider's answers; gives the run's number."""
    row = insert(ProviderRun).values(provider=provider, at=at, **counts)
    return int(connection.execute(row.returning(ProviderRun.id)).scalar_one())


def _insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401 - either dialect's insert
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
