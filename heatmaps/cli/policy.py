"""Commands about the policy: what rules, what ruled before, and what a change would do."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result
from heatmaps.cli.policy_preview import preview_in_words
from heatmaps.errors import ConfigError
from heatmaps.policy import parse_policy
from heatmaps.settings import load_settings
from heatmaps.store.policies import current_policy, policy_versions, roll_back, save_policy

policy = typer.Typer(help="Weights, thresholds, routes and terms.", no_args_is_help=True)

By = Annotated[
    str | None,
    typer.Option("--by", help="Who does it, for the history; the user of this machine if absent."),
]
NewPolicy = Annotated[Path, typer.Argument(help="A policy in TOML, whole.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(policy, name="policy")


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
    file: NewPolicy, by: By = None, *, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Make a file the policy that rules from now on; past spots keep what they were given.

    Example: heatmaps policy load my-policy.toml
    """
    body = _body(file)
    with opened() as store, store.writing(keep=not dry_run) as connection:
        version, is_new = save_policy(connection, body, str(file), clock(), by=_name(by))
    _tell_saved(version, as_json, is_new=is_new, dry_run=dry_run)


@policy.command()
def preview(
    file: NewPolicy,
    days: Annotated[
        int,
        typer.Option("--days", min=1, max=3660, help="How far back to look, from the last hour."),
    ] = 90,
    *,
    as_json: AsJson = False,
) -> None:
    """Show what a file would change, by replaying history under it and under the ruling policy.

    Example: heatmaps policy preview my-policy.toml --days 90
    """
    from pipelines.find_spots import Clockwork
    from pipelines.preview_policy import preview_policy

    body, settings = _body(file), load_settings()
    with opened() as store, progress("Replaying, hours") as advance:
        now = Clockwork(clock(), settings.zone, settings.cache_dir)
        seen = preview_policy(store, body, str(file), now, advance, days=days)
    told = (name for name in seen.__slots__ if name != "known")
    facts: dict[str, Any] = {name: getattr(seen, name) for name in told}
    result(as_json, preview_in_words(seen), **facts)


@policy.command()
def history(*, as_json: AsJson = False) -> None:
    """List the versions of the policy, the ruling one last: who, when, from what, what differs.

    Example: heatmaps policy history
    """
    with opened() as store, store.reading() as connection:
        versions = policy_versions(connection)
    said: list[str] = []
    for each in versions:
        by = f"  by {each.by}" if each.by else ""
        when = f"{each.loaded_at:%Y-%m-%d %H:%M} UTC"
        said += [f"{each.version:>4}  {when}  {each.origin}{by}"]
        said += [f"        {change}" for change in each.changes]
    result(as_json, "\n".join(said), versions=versions)


@policy.command()
def rollback(
    version: Annotated[int, typer.Argument(help="The version whose text shall rule again.")],
    by: By = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make the text of an older version the newest one; no version is lost.

    Example: heatmaps policy rollback 3
    """
    with opened() as store, store.writing(keep=not dry_run) as connection:
        number, is_new = roll_back(connection, version, clock(), by=_name(by))
    _tell_saved(number, as_json, is_new=is_new, dry_run=dry_run)


def _tell_saved(version: int, as_json: bool, *, is_new: bool, dry_run: bool) -> None:  # noqa: FBT001 - as `result` takes it
    said = f"Policy version {version} rules." if is_new else f"Version {version} says this already."
    result(as_json, said + (" Nothing was kept: dry run." if dry_run else ""),
           version=version, new=is_new, dry_run=dry_run)  # fmt: skip


def _body(file: Path) -> str:
    """Give the text of a policy; ConfigError where it cannot be read or is no valid one."""
    try:
        body = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"Policy {file} cannot be read: {reason}; name a TOML file in UTF-8."
        raise ConfigError(message) from error
    parse_policy(body, str(file))
    return body


def _name(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return ""
