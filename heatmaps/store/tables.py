"""The tables, in the order of the journey.

H3 cells are signed 64-bit integers. Times are `UtcTime`. Everything that tells who a customer is
(name, contact, raw address, text, raw rows) stands in `Personal` alone, so that masking and
erasing are one operation. Tables that are written in bulk get their ids from the writer, alike in
both stores (`heatmaps.store.bulk`). A spot's columns fall into two groups that are never written
together: what the detector sees and what people and rules did.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from heatmaps.store.types import UtcTime, geometry

Json = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself


class Base(DeclarativeBase):
    """What all tables share: how constraints are named, and which types stand for which."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        int: BigInteger(),
        str: Text(),
        datetime: UtcTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


GIVEN_PLACE = ("given_lat", "given_lon", "address_key")


def _gist(name: str, column: str) -> Index:
    return Index(name, column, postgresql_using="gist").ddl_if(dialect="postgresql")


def _where(name: str, columns: str | tuple[str, ...], condition: str) -> Index:
    of = (columns,) if isinstance(columns, str) else columns
    return Index(name, *of, postgresql_where=text(condition), sqlite_where=text(condition))


PLACED_BY_PROVIDER = "substr(location_source, 1, 9) = 'provider:'"
"""Of complaints and customers' addresses; queries say it in these words to have its index."""


class Located:
    """Where an address stands and how sure that is, of a complaint or of a customer's address.

    `confidence` is that of the address's answer, `form_key` a fingerprint of its normal form,
    `match_key` one of what it was found as; a `doubtful` one waits for a person's decision.
    `cell` is at `resolution`, the finest that `uncertainty_m` allows.
    """

    location_level: Mapped[str]
    location_source: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    uncertainty_m: Mapped[float | None]
    cell: Mapped[int | None]
    resolution: Mapped[int | None]
    confidence: Mapped[float | None]
    form_key: Mapped[int | None]
    match_key: Mapped[int | None]
    doubtful: Mapped[bool] = mapped_column(default=False, server_default=false())


# --- region ---------------------------------------------------------------------------------


class StoredTerritory(Base):
    """A part of the operator's land; the one without a parent is the region."""

    __tablename__ = "territory"
    __table_args__ = (_gist("ix_territory_boundary", "boundary"),)

    territory_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("territory.territory_id"), index=True)
    level: Mapped[int]
    timezone: Mapped[str]
    boundary: Mapped[bytes] = mapped_column(geometry("MULTIPOLYGON"))


class SubscriberCount(Base):
    """Subscribers as delivered: a cell of any resolution up to 9."""

    __tablename__ = "subscriber_count"

    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subscribers: Mapped[float]


class CellExposure(Base):
    """Subscribers per cell of resolution 9: what detection divides by."""

    __tablename__ = "cell_exposure"
    __table_args__ = (_gist("ix_cell_exposure_outline", "outline"),)

    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subscribers: Mapped[float]
    outline: Mapped[bytes] = mapped_column(geometry("POLYGON"))


class Sector(Base):
    """A sector of a site as the network side delivers it: one antenna face of one technology.

    `loaded_at` is the load that named it last, here and below.
    """

    __tablename__ = "sector"
    __table_args__ = (Index("ix_sector_cell", "cell"), _gist("ix_sector_point", "point"))

    sector_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str | None]
    technology: Mapped[str]
    band: Mapped[str | None]
    azimuth: Mapped[float | None]
    status: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    cell: Mapped[int]
    point: Mapped[bytes] = mapped_column(geometry("POINT"))
    loaded_at: Mapped[datetime]


class CoverageArea(Base):
    """Where one technology is predicted to work, as a polygon of the planning tool."""

    __tablename__ = "coverage_area"
    __table_args__ = (_gist("ix_coverage_area_shape", "shape"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    technology: Mapped[str] = mapped_column(index=True)
    name: Mapped[str | None]
    content_hash: Mapped[int]
    shape: Mapped[bytes] = mapped_column(geometry("MULTIPOLYGON"))


class CoverageCell(Base):
    """The same coverage as H3 cells of resolution 9, seven siblings packed into their parent."""

    __tablename__ = "coverage_cell"

    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    technology: Mapped[str] = mapped_column(primary_key=True)


class NetworkEvent(Base):
    """Planned work, an outage or a mass event, and where: a circle, a territory or a site."""

    __tablename__ = "network_event"
    __table_args__ = (Index("ix_network_event_time", "ends_at", "starts_at"),)

    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    radius_m: Mapped[float | None]
    territory_id: Mapped[str | None]
    site_id: Mapped[str | None]
    text: Mapped[str | None]
    loaded_at: Mapped[datetime]


class StoredObject(Base):
    """A place that must not be without connection: a hospital, a school, a fire station."""

    __tablename__ = "vulnerable_object"

    object_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    lat: Mapped[float]
    lon: Mapped[float]
    loaded_at: Mapped[datetime]


class CustomerAddress(Located, Base):
    """A customer at one of their addresses; who they are and how to reach them is in `Personal`."""

    __tablename__ = "customer_address"
    __table_args__ = (
        UniqueConstraint("customer_id", "address_kind", "number"),
        Index("ix_customer_address_cell", "cell"),
        Index("ix_customer_address_doubtful", "doubtful", "form_key"),
        _where("ix_customer_address_provider", "form_key", PLACED_BY_PROVIDER),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    customer_id: Mapped[str]
    address_kind: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[int]
    segment: Mapped[str | None]
    ltv: Mapped[float | None]
    language: Mapped[str | None]
    channel: Mapped[str | None]
    consent_until: Mapped[datetime | None]
    loaded_at: Mapped[datetime]


# --- gazetteer ------------------------------------------------------------------------------


class Settlement(Base):
    """A city, town or village; `uncertainty_m` is the radius that holds its houses.

    `aliases` are its other names, `datasets` the files that name it, each on a line.
    """

    __tablename__ = "settlement"
    __table_args__ = (_gist("ix_settlement_boundary", "boundary"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    region: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    uncertainty_m: Mapped[float]
    aliases: Mapped[str] = mapped_column(default="", server_default="")
    datasets: Mapped[str] = mapped_column(default="", server_default="")
    boundary: Mapped[bytes | None] = mapped_column(geometry("MULTIPOLYGON"))


class Street(Base):
    """A street of a settlement.

    `aliases` are its other names, `datasets` the files that name it, each on a line.
    """

    __tablename__ = "street"
    __table_args__ = (UniqueConstraint("settlement_id", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"))
    key: Mapped[str]
    name: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    uncertainty_m: Mapped[float]
    aliases: Mapped[str] = mapped_column(default="", server_default="")
    datasets: Mapped[str] = mapped_column(default="", server_default="")


class House(Base):
    """A house; in villages and planned cities it may stand on no street.

    `datasets` are the files that name it, whatever their date, each on a line; the first, which
    named it first, says where it is. Its line is empty where it no longer names it.
    """

    __tablename__ = "house"
    __table_args__ = (Index("ix_house_settlement_id", "settlement_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(unique=True)
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"), index=True)
    number: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    postcode: Mapped[str | None]
    source: Mapped[str]
    source_id: Mapped[str | None]
    datasets: Mapped[str] = mapped_column(default="", server_default="")


class GazetteerLoad(Base):
    """One load of the gazetteer; its number is the data version of the index.

    `norm_version` is that of the normal form its keys were written in.
    """

    __tablename__ = "gazetteer_load"

    version: Mapped[int] = mapped_column(Id, primary_key=True)
    loaded_at: Mapped[datetime]
    file: Mapped[str]
    report: Mapped[dict[str, Any]]
    norm_version: Mapped[int] = mapped_column(default=0, server_default="0")


class AddressAlias(Base):
    """What a person decided that an address means; a later decision or an undoing ends it.

    Level ``none`` says that it is no place at all. A candidate picked from the gazetteer is kept by
    its lasting `key` and moves with it; a point of the map stays where it was put. WGS 84 degrees.
    `complaints` and `customers` are how many it placed when it was made; `replaced_by` names the
    later decision on the same address, if that ended it.
    """

    __tablename__ = "address_alias"
    __table_args__ = (_where("ix_address_alias_in_force", "normal_form", "ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    normal_form: Mapped[str]
    norm_version: Mapped[int]
    default_city: Mapped[str | None]
    level: Mapped[str]
    key: Mapped[str | None]
    label: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    uncertainty_m: Mapped[float | None]
    complaints: Mapped[int]
    customers: Mapped[int]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("address_alias.id"))


class ProviderAnswer(Base):
    """What an online provider said of an address; `question` is a fingerprint, never the text."""

    __tablename__ = "provider_answer"

    question: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any]]


class ProviderUsage(Base):
    """How many questions a provider was asked on a day (UTC), for its daily budget."""

    __tablename__ = "provider_usage"

    provider: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    questions: Mapped[int]


class ProviderRun(Base):
    """Doubtful addresses asked of a provider: asked = found + not_found + failed + left_over.

    `complaints` and `customers` are how many complaints and customers' addresses it placed.
    """

    __tablename__ = "provider_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str]
    at: Mapped[datetime]
    asked: Mapped[int]
    found: Mapped[int]
    not_found: Mapped[int]
    failed: Mapped[int]
    left_over: Mapped[int]
    complaints: Mapped[int]
    customers: Mapped[int]


# --- complaints -----------------------------------------------------------------------------


class IntakeRun(Base):
    """One file taken in: rows = left_out + new + updated + unchanged + quarantined."""

    __tablename__ = "intake_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file: Mapped[str]
    profile: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows: Mapped[int]
    left_out: Mapped[int]
    new: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    quarantined: Mapped[int]


class StoredComplaint(Located, Base):
    """A complaint and where it stands; who made it and what was said is in `Personal`.

    `available_at` is the moment from which detection may know it: its own time when it came
    promptly, right after the last tick when it came late. `received_at` is the clock when it came.
    `given_*` is what the CRM itself said of the place. `address_key` is a fingerprint of the
    house, its upper half that of the street; `likeness` one of place, topic and words of a
    complaint that names no customer: equal where the same thing was entered again.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_complaint_cell_time", "cell", "created_at"),
        Index("ix_complaint_created_at", "created_at"),
        _where("ix_complaint_given", GIVEN_PLACE, "given_lat IS NOT NULL"),
        Index("ix_complaint_doubtful", "doubtful", "form_key"),
        _where("ix_complaint_provider", "form_key", PLACED_BY_PROVIDER),
        _gist("ix_complaint_point", "point"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    source: Mapped[str]
    external_id: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    available_at: Mapped[datetime]
    state: Mapped[str]
    closed_at: Mapped[datetime | None]
    owner: Mapped[str | None]
    transferred_to: Mapped[str | None]
    customer_id: Mapped[str | None] = mapped_column(index=True)
    address_kind: Mapped[str]
    place: Mapped[str | None]
    technology: Mapped[str | None]
    serving_cell: Mapped[str | None]
    roaming: Mapped[bool | None]
    brand: Mapped[str | None]
    channel: Mapped[str | None]
    language: Mapped[str | None]
    segment: Mapped[str | None]
    topic: Mapped[str]
    ltv: Mapped[float | None]
    critical: Mapped[bool]
    flags: Mapped[str | None]
    location_faults: Mapped[str | None]
    point: Mapped[bytes | None] = mapped_column(geometry("POINT"))
    given_lat: Mapped[float | None]
    given_lon: Mapped[float | None]
    given_accuracy_m: Mapped[float | None]
    address_key: Mapped[int | None]
    likeness: Mapped[int | None]


class DefaultPoint(Base):
    """A coordinate that stands for "unknown": addresses of more streets share it than a place has.

    `addresses` is how many different ones did when it was found.
    """

    __tablename__ = "default_point"

    lat: Mapped[float] = mapped_column(primary_key=True)
    lon: Mapped[float] = mapped_column(primary_key=True)
    addresses: Mapped[int]
    found_at: Mapped[datetime]


class ComplaintRevision(Base):
    """What an update replaced: the earlier values of the fields that changed, none personal."""

    __tablename__ = "complaint_revision"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    replaced_at: Mapped[datetime]
    earlier: Mapped[dict[str, Any]]


class QuarantinedRow(Base):
    """A row that could not be used, kept until it can; the row itself is in `Personal`.

    `kind` is what the row would have become: complaints, customers, sites, events.
    """

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("source", "row_hash"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    source: Mapped[str]
    row_hash: Mapped[int]
    file: Mapped[str]
    profile: Mapped[str]
    line: Mapped[int]
    reason: Mapped[str]
    quarantined_at: Mapped[datetime]
    replayed_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(default="complaints", server_default="complaints")
    identity: Mapped[int | None] = mapped_column(index=True)


class Personal(Base):
    """The one private place: of a complaint's revision, a quarantined row or a customer's address.

    `extra` holds the foreign columns that an intake profile keeps, as a JSON object; `normal_form`
    the address as it was understood, without flat.
    """

    __tablename__ = "personal"
    __table_args__ = (
        UniqueConstraint("complaint_id", "revision"),
        CheckConstraint(
            "(CASE WHEN complaint_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN quarantine_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN customer_address_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_owner",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    revision: Mapped[int | None]
    quarantine_id: Mapped[int | None] = mapped_column(ForeignKey("quarantine.id"), unique=True)
    name: Mapped[str | None]
    contact: Mapped[str | None]
    address: Mapped[str | None]
    city: Mapped[str | None]
    text: Mapped[str | None]
    raw_row: Mapped[str | None]
    extra: Mapped[str | None]
    normal_form: Mapped[str | None]
    customer_address_id: Mapped[int | None] = mapped_column(
        ForeignKey("customer_address.id"), unique=True
    )


# --- policy ---------------------------------------------------------------------------------


class PolicyVersion(Base):
    """One version of the policy, as the TOML that was loaded; the highest number rules."""

    __tablename__ = "policy_version"

    version: Mapped[int] = mapped_column(Id, primary_key=True)
    loaded_at: Mapped[datetime]
    origin: Mapped[str]
    body: Mapped[str]


# --- spots ----------------------------------------------------------------------------------


class Tick(Base):
    """An hour that detection has done; never done again."""

    __tablename__ = "tick"

    tick_at: Mapped[datetime] = mapped_column(primary_key=True, autoincrement=False)
    done_at: Mapped[datetime]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy_version.version"))


class Spot(Base):
    """A gathering of complaints beyond what its places normally produce."""

    __tablename__ = "spot"
    __table_args__ = (
        Index("ix_spot_open", "closed_at", "priority"),
        _gist("ix_spot_outline", "outline"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    # what the detector sees
    opened_at: Mapped[datetime]
    signal: Mapped[str]
    quiet_since: Mapped[datetime | None]
    last_tick: Mapped[datetime]
    topic: Mapped[str]
    resolution: Mapped[int]
    window_h: Mapped[int]
    observed: Mapped[int]
    expected: Mapped[float]
    score: Mapped[float]
    recurrence_days: Mapped[float]
    observed_last: Mapped[int]
    expected_last: Mapped[float]
    score_last: Mapped[float]
    observed_peak: Mapped[int]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("spot.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("spot.id"))
    technology: Mapped[str | None]
    territory_id: Mapped[str | None] = mapped_column(ForeignKey("territory.territory_id"))
    lat: Mapped[float]
    lon: Mapped[float]
    outline: Mapped[bytes] = mapped_column(geometry("MULTIPOLYGON"))
    customers_complained_opened: Mapped[int]
    customers_silent_opened: Mapped[int]
    customers_complained: Mapped[int]
    customers_silent: Mapped[int]
    priority_opened: Mapped[float]
    priority: Mapped[float]
    priority_parts: Mapped[list[Any]]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy_version.version"))
    # what people and rules did
    status: Mapped[str]
    status_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    queue: Mapped[str]
    owner: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    cause: Mapped[str | None]
    eta: Mapped[datetime | None]
    eta_first: Mapped[datetime | None]
    done: Mapped[str | None]


class SpotCell(Base):
    """The zone of a spot: the cells at opening and the cells now."""

    __tablename__ = "spot_cell"
    __table_args__ = (Index("ix_spot_cell_cell", "cell"),)

    spot_id: Mapped[int] = mapped_column(ForeignKey("spot.id"), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened: Mapped[bool]
    current: Mapped[bool]


class SpotComplaint(Base):
    """Which complaints were ever counted in a spot."""

    __tablename__ = "spot_complaint"

    spot_id: Mapped[int] = mapped_column(ForeignKey("spot.id"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(
        ForeignKey("complaint.id"), primary_key=True, index=True
    )


class SpotEvent(Base):
    """What happened to a spot, who did it and when; never changed, only added to."""

    __tablename__ = "spot_event"
    __table_args__ = (Index("ix_spot_event_spot_id_at", "spot_id", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    spot_id: Mapped[int] = mapped_column(ForeignKey("spot.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    detail: Mapped[dict[str, Any]]


# --- planning -------------------------------------------------------------------------------


class GapSearch(Base):
    """The last search for coverage gaps, over the complaints from `since` up to `until`."""

    __tablename__ = "gap_search"

    until: Mapped[datetime] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    period_days: Mapped[int]
    cells: Mapped[int]
    complaints: Mapped[int]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy_version.version"))


class CoverageGap(Base):
    """A place that keeps coming back: months of complaints and spots where the network falls short.

    The list is made anew by detection, once a day; `gap_id` survives as long as the places overlap.
    A gap that is no longer found stays with the search that missed it first (`gone_at`), so that
    its number is never given to another place and comes back with the gap.
    """

    __tablename__ = "coverage_gap"
    __table_args__ = (_gist("ix_coverage_gap_outline", "outline"),)

    gap_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None] = mapped_column(index=True)
    gap_class: Mapped[str]
    topic: Mapped[str]
    technology: Mapped[str | None]
    territory_id: Mapped[str | None] = mapped_column(ForeignKey("territory.territory_id"))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    months: Mapped[int]
    per_period: Mapped[list[Any]]
    usual: Mapped[list[Any]] = mapped_column(server_default="[]")
    pattern: Mapped[str] = mapped_column(server_default="untold")
    since: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    complaints: Mapped[int]
    customers_complained: Mapped[int]
    expected: Mapped[float]
    chance: Mapped[float]
    subscribers: Mapped[float]
    ltv_sum: Mapped[float | None]
    predicted_coverage: Mapped[str | None]
    nearest_site_m: Mapped[float | None]
    spots: Mapped[int]
    rank: Mapped[int]
    lat: Mapped[float]
    lon: Mapped[float]
    cells: Mapped[list[Any]]
    outline: Mapped[bytes] = mapped_column(geometry("MULTIPOLYGON"))
