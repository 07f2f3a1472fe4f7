"""A simulated region's past weeks: detection hour by hour, and engineers who work its spots.

Only a store of simulated complaints is played with: nobody real is ever told what a simulated
engineer did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from heatmaps.errors import UsageError
from heatmaps.simulation.engineers import Engineers
from heatmaps.simulation.telling import SOURCE
from heatmaps.simulation.truth import Truth, read_truth
from heatmaps.store import policies, region, simulated
from pipelines import find_spots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from heatmaps.simulation.handling import Behind
    from heatmaps.store.engine import Store
    from pipelines.find_spots import Clockwork, Detected

HELD = 0.5
"""At least this share of a folder's complaints is in the store, the rest perhaps in quarantine."""


def play(  # noqa: PLR0913 - what `detect` needs, the folder, the seed and whether it is kept
    store: Store,
    directory: Path,
    until: datetime,
    clock: Clockwork,
    progress: Callable[[int, int], None],
    *,
    seed: int = 1,
    keep: bool = True,
) -> Detected:
    """Advance detection to `until` while engineers of a seed work on what it finds.

    `directory` tells the truth of the complaints in the store. Hours that are done stay as they
    are. UsageError where the store holds others' complaints, or few of the folder's.
    """
    truth = read_truth(directory)
    with store.reading() as connection:
        engineers = _engineers(connection, truth, directory, clock, seed)
    advance = find_spots.detect if keep else find_spots.rehearse
    return advance(store, until, clock, progress, engineers)


def _engineers(
    connection: Connection, truth: Truth, directory: Path, clock: Clockwork, seed: int
) -> Engineers:
    ids = _simulated_ids(connection, truth, directory)
    name = region.region_timezone(connection)

    def behind(numbers: Sequence[int]) -> Behind | None:
        return truth.behind([ids[number] for number in numbers])

    return Engineers(
        seed=seed,
        zone=ZoneInfo(name) if name else clock.zone,
        usual_h=policies.current_policy(connection).policy.eta_h,
        truth=behind,
    )


def _simulated_ids(connection: Connection, truth: Truth, directory: Path) -> dict[int, str]:
    """Give the CRM's id of every complaint in the store by its number there."""
    counts = simulated.complaints_by_source(connection)
    real = {source: count for source, count in counts.items() if source != SOURCE}
    if real:
        told = ", ".join(f"{count} of {source!r}" for source, count in real.items())
        message = (
            f"The store holds complaints that are not simulated ({told}), and engineers are "
            "played on simulated ones alone; point HEATMAPS_DATABASE_URL at a store of its own."
        )
        raise UsageError(message)
    stored = simulated.complaints_of(connection, SOURCE)
    held = {external_id for _, external_id, at in stored if truth.told_at.get(external_id) == at}
    if len(held) < HELD * len(truth.told_at):
        message = (
            f"The store holds only {len(held)} of the {len(truth.told_at)} complaints in "
            f"{directory}; load them with `heatmaps ingest {directory / 'complaints.csv'}`."
        )
        raise UsageError(message)
    return {number: external_id for number, external_id, _ in stored}
