"""Commands about the store itself, and what is wrong with it or its settings."""

from __future__ import annotations

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, result
from heatmaps.cli.provider_account import provider_faults
from heatmaps.errors import HeatmapsError
from heatmaps.geocoding.online.account import without_path
from heatmaps.settings import load_settings, unknown_variables
from heatmaps.store import schema
from heatmaps.store.engine import place_of
from heatmaps.store.policies import current_policy
from pipelines.set_up import set_up_store

database = typer.Typer(help="The store and its schema.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(database, name="db")
    app.command()(doctor)


@database.command()
def upgrade(*, as_json: AsJson = False) -> None:
    """Create the store, or migrate it to this version's schema.

    Example: heatmaps db upgrade
    """
    store = set_up_store(load_settings().database_url, clock())
    place = _place()
    store.close()
    result(as_json, f"The store at {place} is at schema {schema.head()}.",
           store=place, schema=schema.head())  # fmt: skip


@database.command()
def check(*, as_json: AsJson = False) -> None:
    """Say whether the store is at this version's schema; exit 1 where it is not.

    Example: heatmaps db check
    """
    with opened():
        result(as_json, f"The store at {_place()} is current, schema {schema.head()}.",
               store=_place(), schema=schema.head(), current=True)  # fmt: skip


def doctor(*, as_json: AsJson = False) -> None:
    """List every setting with its value, and say what is wrong and how to mend it.

    Example: heatmaps doctor
    """
    settings = load_settings()
    values = {
        f"HEATMAPS_{name.upper()}": getattr(settings, name) for name in type(settings).model_fields
    }
    if settings.provider_url:
        values["HEATMAPS_PROVIDER_URL"] = without_path(settings.provider_url)
    faults = [*unknown_variables(), *_faults(), *provider_faults(settings)]
    if not any("no database URL" in fault for fault in faults):
        values["HEATMAPS_DATABASE_URL"] = _place()
    lines = [f"{name} = {value}" for name, value in values.items()]
    lines += faults or ["Nothing is wrong."]
    result(as_json, "\n".join(lines), settings=values, faults=faults)
    if faults:
        raise typer.Exit(1)


def _faults() -> list[str]:
    try:
        with opened() as store, store.reading() as connection:
            current_policy(connection)
    except HeatmapsError as error:
        return [str(error)]
    return []


def _place() -> str:
    return place_of(load_settings().database_url)
