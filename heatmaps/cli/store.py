"""Commands about the store itself, its policy, and what is wrong with either."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, result
from heatmaps.cli.provider_account import provider_faults
from heatmaps.errors import ConfigError, HeatmapsError
from heatmaps.geocoding.online.account import without_path
from heatmaps.policy import parse_policy
from heatmaps.settings import load_settings, unknown_variables
from heatmaps.store import schema
from heatmaps.store.engine import place_of
from heatmaps.store.policies import current_policy, policy_versions, save_policy
from pipelines.set_up import set_up_store

database = typer.Typer(help="The store and its schema.", no_args_is_help=True)
policy = typer.Typer(help="Weights, thresholds, routes and terms.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(database, name="db")
    app.add_typer(policy, name="policy")
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


@policy.command()
def show(*, as_json: AsJson = False) -> None:
    """Print the policy that rules, as TOML.

    Example: heatmaps policy show > my-policy.toml
    """
    with opened() as store, store.reading() as connection:
        ruling = current_policy(connection)
    facts = ruling.policy.model_dump(mode="json")
    result(as_json, ruling.body.rstrip(), version=ruling.version, policy=facts)


@policy.command()
def load(
    file: Annotated[Path, typer.Argument(help="A policy in TOML, whole.")],
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a file the policy that rules from now on; past spots keep what they were given.

    Example: heatmaps policy load my-policy.toml
    """
    try:
        body = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"Policy {file} cannot be read: {reason}; name a TOML file in UTF-8."
        raise ConfigError(message) from error
    parse_policy(body, str(file))
    with opened() as store, store.writing(keep=not dry_run) as connection:
        version, is_new = save_policy(connection, body, str(file), clock())
    said = f"Policy version {version} rules." if is_new else f"Version {version} says this already."
    result(as_json, said + (" Nothing was kept: dry run." if dry_run else ""),
           version=version, new=is_new, dry_run=dry_run)  # fmt: skip


@policy.command()
def history(*, as_json: AsJson = False) -> None:
    """List the versions of the policy, the ruling one last.

    Example: heatmaps policy history
    """
    with opened() as store, store.reading() as connection:
        versions = policy_versions(connection)
    said = "\n".join(
        f"{v.version:>4}  {v.loaded_at:%Y-%m-%d %H:%M} UTC  {v.origin}" for v in versions
    )
    result(as_json, said, versions=versions)


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
