"""Rows of sites, events, objects and customers into the store, a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from heatmaps.complaints.identity import Seen, identities, stored_before
from heatmaps.complaints.profiles import Kind
from heatmaps.complaints.validate_customers import validate_customers
from heatmaps.complaints.validate_events import Places, validate_events
from heatmaps.complaints.validate_objects import validate_objects
from heatmaps.complaints.validate_sites import validate_sectors
from heatmaps.store import customers, events, network, objects
from heatmaps.store.default_points import default_points
from heatmaps.store.region import Saved, load_territories
from pipelines.keep_provider_places import with_places
from pipelines.place_complaints import placed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from heatmaps.complaints.rows import RowBatch
    from heatmaps.complaints.validation import Intake
    from heatmaps.geocoding.result import Geocoder
    from heatmaps.quarantine import Refused


class Taken(NamedTuple):
    """What became of a batch of rows."""

    saved: Saved
    refused: list[Refused]
    identity: list[int | None]


class Circumstances(NamedTuple):
    """What rows are held against; a `replay` overwrites nothing that came after its rows.

    `at` is when the rows were loaded, in a replay for the first time. A file that is `whole` names
    all there is, so what it does not name goes.
    """

    intake: Intake
    geocoder: Callable[[], Geocoder]
    at: datetime
    replay: bool = False
    whole: bool = False


class Taker(Protocol):
    """Takes in the rows of one file, batch by batch."""

    def take(self, connection: Connection, rows: RowBatch) -> Taken:
        """Take in the next batch, within a transaction that holds the lock ``intake``."""
        ...

    def finish(self, connection: Connection) -> int:
        """Remove what the file no longer names; give how much went."""
        ...

    def notes(self) -> list[str]:
        """Give what was noticed without refusing a row."""
        ...


class TakeSites:
    """Takes in sectors."""

    def __init__(self, connection: Connection, given: Circumstances) -> None:
        self._given = given
        later = network.sectors_since(connection, given.at) if given.replay else set[str]()
        self._seen = stored_before(later) if given.replay else Seen()
        self._outside = 0

    def take(self, connection: Connection, rows: RowBatch) -> Taken:
        """Take in the next batch."""
        good = validate_sectors(rows, self._given.intake.bounds, self._seen)
        self._outside += good.outside
        saved = network.save_sectors(connection, good.sectors, self._given.at)
        return Taken(saved, good.refused, identities(good.sectors.sector_id))

    def finish(self, connection: Connection) -> int:  # noqa: ARG002 - sectors stay until switched off
        """Remove nothing: a site that is gone is told by its status."""
        return 0

    def notes(self) -> list[str]:
        """Give how many sectors lie outside the region."""
        if not self._outside:
            return []
        return [f"{self._outside:,} sectors lie outside the territories loaded; check them."]


class TakeEvents:
    """Takes in planned works, outages and mass events."""

    def __init__(self, connection: Connection, given: Circumstances) -> None:
        self._given = given
        later = events.events_since(connection, given.at) if given.replay else set[str]()
        self._seen = stored_before(later) if given.replay else Seen()
        territories = frozenset(each.territory_id for each in load_territories(connection))
        self._known = Places(territories, network.site_ids(connection))

    def take(self, connection: Connection, rows: RowBatch) -> Taken:
        """Take in the next batch."""
        good = validate_events(rows, self._given.intake, self._known, self._seen)
        saved = events.save_events(connection, good.events, self._given.at)
        return Taken(saved, good.refused, identities([each.event_id for each in good.events]))

    def finish(self, connection: Connection) -> int:  # noqa: ARG002 - events end by themselves
        """Remove nothing: an event that was called off is told by its end."""
        return 0

    def notes(self) -> list[str]:
        """Give nothing: what is doubtful about an event is refused."""
        return []


class TakeObjects:
    """Takes in vulnerable objects; of a whole file, those that it does not name go."""

    def __init__(self, connection: Connection, given: Circumstances) -> None:
        self._given = given
        later = objects.objects_since(connection, given.at) if given.replay else set[str]()
        self._seen = stored_before(later) if given.replay else Seen()
        self._named = self._outside = self._not_taken = 0

    def take(self, connection: Connection, rows: RowBatch) -> Taken:
        """Take in the next batch."""
        good = validate_objects(rows, self._given.intake.bounds, self._seen)
        self._outside += good.outside
        self._not_taken += len(good.refused) + rows.left_out
        self._named += len(good.objects)
        saved = objects.save_objects(connection, good.objects, self._given.at)
        return Taken(saved, good.refused, identities([each.object_id for each in good.objects]))

    def finish(self, connection: Connection) -> int:
        """Remove what a whole file does not name; nothing where it names none or not all."""
        if not self._given.whole or self._not_taken or not self._named:
            return 0
        return objects.forget_unnamed(connection, self._given.at)

    def notes(self) -> list[str]:
        """Give how many objects lie outside the region, and whether any were kept unnamed."""
        told = []
        if self._outside:
            told.append(
                f"{self._outside:,} objects lie outside the territories loaded; check them."
            )
        if self._given.whole and self._not_taken:
            told.append(
                f"Nothing was removed, since {self._not_taken:,} rows of the file were refused or "
                "left out; load a file whose every row is taken with --replace."
            )
        elif self._given.whole and not self._named:
            told.append("Nothing was removed, since the file names no object at all.")
        return told


class TakeCustomers:
    """Takes in customers at their addresses; whom a file names, it names with all addresses."""

    def __init__(self, connection: Connection, given: Circumstances) -> None:  # noqa: ARG002 - as the others
        self._given = given
        self._replacement = customers.Replacement(given.at)
        self._unlocated = 0

    def take(self, connection: Connection, rows: RowBatch) -> Taken:
        """Take in the next batch."""
        given = self._given
        ids = [text for text in rows.column("customer_id") if text] if given.replay else []
        later = customers.owners_after(connection, ids, given.at)
        batch, refused = validate_customers(rows, given.intake, later)
        compared = self._replacement.compare(connection, batch)
        located = placed(
            batch.take(compared.to_write),
            with_places(connection, given.geocoder),
            default_points(connection),
        )
        customers.write(connection, batch, compared, located, given.at)
        self._unlocated += sum(cell is None for cell in located.cell)
        saved = Saved(len(compared.new), len(compared.updated), compared.unchanged)
        return Taken(saved, refused, identities(batch.customer_id, batch.address_kind))

    def finish(self, connection: Connection) -> int:
        """Remove the addresses that named customers no longer have."""
        return self._replacement.finish(connection)

    def notes(self) -> list[str]:
        """Give how many addresses were not found."""
        if not self._unlocated:
            return []
        return [f"{self._unlocated:,} addresses written have no usable place."]


TAKERS: dict[Kind, Callable[[Connection, Circumstances], Taker]] = {
    Kind.SITES: TakeSites,
    Kind.EVENTS: TakeEvents,
    Kind.OBJECTS: TakeObjects,
    Kind.CUSTOMERS: TakeCustomers,
}
"""What takes in the rows of each kind, in the order in which they refer to each other."""
