"""Commands by which people decide what addresses in doubt mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, result
from heatmaps.errors import UsageError
from heatmaps.geocoding.aliases import POINT_M, Decision
from heatmaps.settings import load_settings
from heatmaps.store import aliases, review_queue
from pipelines.check_address import GeocoderOfStore
from pipelines.review_addresses import (
    Signed,
    decision_named,
    examine,
    far_off,
    named_form,
    place_gone,
    resolve,
    undo,
)

if TYPE_CHECKING:
    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.store.aliases import Decided
    from heatmaps.store.engine import Store
    from heatmaps.store.review_queue import DoubtfulForm
    from pipelines.place_complaints import PlacedAgain
    from pipelines.review_addresses import Examined

review = typer.Typer(help="Addresses in doubt, for a person to decide.", no_args_is_help=True)

MAX_LISTED = 1000
METRES_A_KM = 1000.0

By = Annotated[str, typer.Option(help="Who decides; it stands beside the decision.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(review, name="review")


@review.command("list")
def list_queue(
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=MAX_LISTED)] = 20,
    skip: Annotated[int, typer.Option(help="How many to leave out before.", min=0)] = 0,
    *,
    decided: Annotated[
        bool, typer.Option("--decided", help="Show the last decisions instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List addresses that wait for a decision, those with the most complaints first.

    Each with its number, its normal form, why it is in doubt, and the places it may mean.

    Example: heatmaps review list --limit 5
    """
    with opened() as store:
        if decided:
            _list_decisions(store, limit, as_json=as_json)
        else:
            _list_queue(store, limit, skip, as_json=as_json)


@review.command("resolve")
def resolve_address(
    address: Annotated[str, typer.Argument(help="A number of the queue, or a normal form.")],
    by: By,
    pick: Annotated[
        int | None, typer.Option(help="The candidate of this number, as `list` shows them.", min=1)
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="LAT,LON", help="A point, in degrees WGS 84.")
    ] = None,
    uncertainty_m: Annotated[
        float | None, typer.Option(help=f"How exact the point is, metres; default: {POINT_M:.0f}.")
    ] = None,
    *,
    far: Annotated[
        bool, typer.Option("--far", help="Also a point far from the settlement named.")
    ] = False,
    junk: Annotated[bool, typer.Option("--junk", help="It names no place.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where somebody has decided it already.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Decide what an address means: all complaints and customers with it are placed at once.

    The decision answers from then on, also after the gazetteer is loaded anew.

    Example: heatmaps review resolve 9f3a2c7b --pick 1 --by Анна

    Example: heatmaps review resolve "химки, улица лениня, 5" --at 55.89,37.43 --by Анна
    """
    if (pick is not None) + (at is not None) + junk != 1:
        message = "Give one of --pick N, --at LAT,LON and --junk."
        raise UsageError(message)
    if uncertainty_m is not None and at is None:
        message = "--uncertainty-m belongs to a point; use it with --at LAT,LON."
        raise UsageError(message)
    with opened() as store:
        geocoder = GeocoderOfStore(store, load_settings().default_city, load_settings().cache_dir)
        normal_form, before = _meant(store, address, geocoder.current().default_city)
        if junk:
            decision = Decision.junk(normal_form)
        elif at is not None:
            decision = Decision.pointed(
                normal_form, *_point(at), POINT_M if uncertainty_m is None else uncertainty_m
            )
            if not far:
                _require_near(geocoder, decision, at)
        else:
            decision = _picked(normal_form, pick or 0, examine(geocoder, normal_form).candidates)
        seen = before.decision.number if before is not None and replace else 0
        done = resolve(store, geocoder, decision, Signed(by, clock()), seen=seen, keep=not dry_run)
    said = f"{normal_form}: {_meaning(done.decision)} (decision {done.number}).\n  "
    said += _account(done.placed) if done.is_new else "So it was decided before; nothing to do."
    result(as_json, said + _dry(dry_run=dry_run), decision=done.number, is_new=done.is_new,
           normal_form=normal_form, level=done.decision.level, label=done.decision.label,
           lat=done.decision.lat, lon=done.decision.lon, **_counts(done.placed),
           replaced=seen or None, dry_run=dry_run)  # fmt: skip


@review.command("undo")
def undo_decision(
    decision: Annotated[int, typer.Argument(help="Its number, as `list --decided` shows it.")],
    by: By,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take a decision back: what it placed is placed by the gazetteer again.

    What is in doubt then waits in the queue.

    Example: heatmaps review undo 12 --by Анна
    """
    with opened() as store:
        geocoder = GeocoderOfStore(store, load_settings().default_city, load_settings().cache_dir)
        done = undo(store, geocoder, decision, Signed(by, clock()), keep=not dry_run)
    said = f"Decision {decision} on {done.decided.decision.normal_form} no longer holds.\n  "
    said += _account(done.placed) if done.is_new else "It was undone before; nothing to do."
    result(as_json, said + _dry(dry_run=dry_run), decision=decision, is_new=done.is_new,
           normal_form=done.decided.decision.normal_form, **_counts(done.placed),
           dry_run=dry_run)  # fmt: skip


def _list_queue(store: Store, limit: int, skip: int, *, as_json: bool) -> None:
    geocoder = GeocoderOfStore(store, load_settings().default_city, load_settings().cache_dir)
    with store.reading() as connection:
        forms = review_queue.doubtful_forms(connection, limit, skip)
        waiting = review_queue.count_waiting(connection)
    examined = [examine(geocoder, form.normal_form) for form in forms]
    lines = [_entry(form, found) for form, found in zip(forms, examined, strict=True)]
    lines.append(
        f"{waiting.forms:,} addresses wait with {waiting.complaints:,} complaints and "
        f"{waiting.customers:,} addresses of customers; {len(forms):,} shown."
    )
    rows = [_facts(form, found) for form, found in zip(forms, examined, strict=True)]
    result(as_json, "\n".join(lines), addresses=waiting.forms, complaints=waiting.complaints,
           customers=waiting.customers, rows=rows)  # fmt: skip


def _list_decisions(store: Store, limit: int, *, as_json: bool) -> None:
    geocoder = GeocoderOfStore(store, load_settings().default_city, load_settings().cache_dir)
    with store.reading() as connection:
        known = aliases.last_decisions(connection, limit)
        made, in_force = aliases.count_decisions(connection)
    gone = [each.in_force and place_gone(geocoder, each.decision) for each in known]
    lines = [
        _decision_line(each) + ("; its place is no longer in the gazetteer" if went else "")
        for each, went in zip(known, gone, strict=True)
    ]
    lines.append(f"{made:,} decisions, {in_force:,} in force; {len(known):,} shown.")
    rows = [
        {"decision": each.decision.number, "normal_form": each.decision.normal_form,
         "level": each.decision.level, "label": each.decision.label, "lat": each.decision.lat,
         "lon": each.decision.lon, "uncertainty_m": each.decision.uncertainty_m, "by": each.by,
         "at": each.at, "complaints": each.complaints, "customers": each.customers,
         "in_force": each.in_force, "ended_by": each.ended_by, "ended_at": each.ended_at,
         "replaced_by": each.replaced_by, "default_city": each.decision.default_city,
         "decided_place_gone": went}
        for each, went in zip(known, gone, strict=True)
    ]  # fmt: skip
    result(as_json, "\n".join(lines), decisions=made, in_force=in_force, rows=rows)


def _meant(store: Store, named: str, default_city: str) -> tuple[str, Decided | None]:
    """Give the normal form a user names, and the decision in force on it."""
    with store.reading() as connection:
        form = named_form(connection, named)
        if form is not None:
            before = aliases.decision_on(connection, form.normal_form, default_city)
            return form.normal_form, before
        before = decision_named(connection, named, default_city)
    if before is None:
        message = (
            f"No address in the queue has the number or the normal form {named!r}; "
            "see `heatmaps review list`."
        )
        raise UsageError(message)
    return before.decision.normal_form, before


def _picked(normal_form: str, pick: int, offered: list[Candidate]) -> Decision:
    if pick > len(offered):
        have = f"has {len(offered)} candidates" if offered else "has no candidates"
        message = f"--pick {pick}: {normal_form!r} {have}; use one of them, or --at LAT,LON."
        raise UsageError(message)
    return Decision.picked(normal_form, offered[pick - 1])


def _point(text: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError as error:
        message = f"--at {text!r} is no point; write latitude and longitude like 55.75,37.61."
        raise UsageError(message) from error
    return lat, lon


def _require_near(geocoder: GeocoderOfStore, decision: Decision, at: str) -> None:
    away = far_off(geocoder, decision)
    if away is not None:
        message = (
            f"--at {at} lies {away.metres / METRES_A_KM:,.0f} km from {away.settlement}, which "
            "the address names; perhaps latitude and longitude are swapped, else give --far."
        )
        raise UsageError(message)


def _entry(form: DoubtfulForm, found: Examined) -> str:
    answer = found.answer
    behind = f"{form.complaints:,} complaints"
    behind += f", {form.customers:,} addresses of customers" if form.customers else ""
    why = _why(form, found) or "not sure enough"
    lines = [f"{form.number}  {form.normal_form}  ({behind})",
             f"    {answer.level}, confidence {answer.confidence:.2f}: {why}"]  # fmt: skip
    lines += [
        f"    {number}. {one.label}  [{one.level}, ±{one.uncertainty_m:,.0f} m]"
        for number, one in enumerate(found.candidates, start=1)
    ]
    return "\n".join(lines)


def _why(form: DoubtfulForm, found: Examined) -> str:
    words = (*form.faults, *found.answer.faults, *found.answer.changes)
    return ", ".join(dict.fromkeys(words))


def _facts(form: DoubtfulForm, found: Examined) -> dict[str, Any]:
    answer = found.answer
    offered = [
        {"pick": number, "label": one.label, "level": one.level, "lat": one.lat, "lon": one.lon,
         "uncertainty_m": one.uncertainty_m}
        for number, one in enumerate(found.candidates, start=1)
    ]  # fmt: skip
    return {
        "number": form.number,
        "normal_form": form.normal_form,
        "complaints": form.complaints,
        "customers": form.customers,
        "level": answer.level,
        "confidence": answer.confidence,
        "faults": list(dict.fromkeys((*form.faults, *answer.faults))),
        "changes": answer.changes,
        "candidates": offered,
    }


def _decision_line(each: Decided) -> str:
    one = each.decision
    said = (
        f"{one.number}: {one.normal_form} → {_meaning(one)}; {each.complaints:,} complaints, "
        f"{each.customers:,} addresses of customers; {each.by}, {each.at:%Y-%m-%d %H:%M} UTC"
    )
    if each.ended_at is None:
        return said
    how = f"replaced by {each.replaced_by}" if each.replaced_by is not None else "undone"
    return f"{said}; {how}, {each.ended_by}, {each.ended_at:%Y-%m-%d %H:%M} UTC"


def _meaning(decision: Decision) -> str:
    return "junk" if decision.is_junk else f"{decision.label} [{decision.level}]"


def _account(placed: PlacedAgain) -> str:
    return (
        f"{placed.complaints:,} complaints placed = {placed.moved:,} moved + "
        f"{placed.complaints - placed.moved:,} in the cell they were in; "
        f"{placed.customers:,} addresses of customers placed."
    )


def _counts(placed: PlacedAgain) -> dict[str, int]:
    return {
        "complaints": placed.complaints,
        "moved": placed.moved,
        "customers": placed.customers,
    }


def _dry(*, dry_run: bool) -> str:
    return "\n  Nothing was kept: dry run." if dry_run else ""
