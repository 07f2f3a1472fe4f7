"""Commands that ask an online provider; nothing else ever does."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result, warn
from heatmaps.cli.provider_account import account_of, said_of
from heatmaps.errors import UsageError
from heatmaps.geocoding.online.question import question
from heatmaps.geocoding.online.verdict import judged
from heatmaps.settings import load_settings
from heatmaps.store.provider_answers import requests_of
from pipelines.ask_providers import (
    GeocoderWithProvider,
    ask_about_queue,
    names_of,
    open_enquiry,
)
from pipelines.check_address import GeocoderOfStore

if TYPE_CHECKING:
    from heatmaps.geocoding.result import GeocodeResult

provider = typer.Typer(help="Online providers of geocoding; off by default.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(provider, name="provider")


@provider.command()
def status(*, as_json: AsJson = False) -> None:
    """Say which provider may be asked, how often, and how much of today's requests are spent.

    Example: heatmaps provider status
    """
    account = account_of(load_settings())
    with opened() as store, store.reading() as connection:
        spent = requests_of(connection, account.provider, clock().date().isoformat())
    keeps = "kept" if account.keeps else "not kept beyond a session"
    result(as_json, f"{account.provider} at {account.shown_url}: {account.per_second:g} a second, "
           f"{spent:,} of {account.per_day:,} requests of today spent, answers are {keeps}.",
           provider=account.provider, url=account.shown_url, per_second=account.per_second,
           per_day=account.per_day, spent=spent, keeps=account.keeps)  # fmt: skip


@provider.command()
def check(
    address: Annotated[str, typer.Argument(help="One address to ask about.")],
    city: Annotated[str | None, typer.Option(help="City, where the address names none.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask about one address, and show what would be sent, our own answer and the provider's.

    Example: heatmaps provider check "Химки, улица Мира, 5"
    """
    settings = load_settings()
    account = account_of(settings)
    with opened() as store:
        ours = (
            GeocoderOfStore(store, settings.default_city, settings.cache_dir)
            .current()
            .geocode(address, city)
        )
        asked = question(address, city, settings.default_city, names_of(store), ours.normal_form)
        if asked is None:
            message = (
                "Nothing of this address may be asked: write its settlement, or give --city, and "
                "the type of its street, such as улица."
            )
            raise UsageError(message)
        enquiry = open_enquiry(store, account)
        theirs = judged(asked, enquiry.answer(asked), account.provider, ours)
    lines = [f"asked: {asked.text}", f"ours: {_told(ours)}", f"{account.provider}: {_told(theirs)}"]
    lines += [f"  or: {other.label}  [{other.level}]" for other in theirs.alternatives]
    result(as_json, "\n".join(lines), asked=asked.text, ours=ours, theirs=theirs,
           provider=account.provider, requests=enquiry.requests)  # fmt: skip


@provider.command()
def ask(
    limit: Annotated[int, typer.Option(help="How many addresses at most.", min=1)] = 1_000,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Ask about the doubtful addresses of the review queue, those with most complaints first.

    Only the normal form without flat leaves the house. Better answers place the complaints and
    customers; what is still doubtful stays in the queue. A dry run asks nobody.

    Example: heatmaps provider ask --limit 200
    """
    settings = load_settings()
    account = account_of(settings)
    with opened() as store, progress(f"Asking {account.provider}, addresses") as advance:
        online = GeocoderWithProvider(
            GeocoderOfStore(store, settings.default_city, settings.cache_dir).current(),
            open_enquiry(store, account),
            names_of(store),
            settings.default_city,
            asks=not dry_run,
        )
        asked = ask_about_queue(store, online, limit, advance)
    if asked.why:
        warn(asked.why)
    counts, placed = asked.counts, asked.placed
    said = f"{said_of(counts, account.provider, asked.requests)} "
    said += f"{placed.complaints:,} complaints and {placed.customers:,} customers' addresses placed"
    said += "." if not dry_run else "; nobody was asked and nothing kept: dry run."
    result(as_json, said, provider=account.provider, requests=asked.requests, **asdict(counts),
           placed=asdict(placed), dry_run=dry_run)  # fmt: skip
    if counts.failed and not (counts.found or counts.not_found):
        raise typer.Exit(1)


def _told(answer: GeocodeResult) -> str:
    if answer.lat is None or answer.uncertainty_m is None:
        return f"nothing sure  [{answer.level}]"
    return (
        f"{answer.matched or answer.normal_form}  [{answer.level}] {answer.lat:.6f}, "
        f"{answer.lon:.6f} ± {answer.uncertainty_m:,.0f} m, {answer.confidence:.2f}"
    )
